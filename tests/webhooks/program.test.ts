// The program delivers, on the embedded database as on a server: soon after the change, and on from where it was when it
// is started again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Program, post, startProgram } from '../process/program.js';
import { useDatabase } from '../support/app.js';
import { type Receiver, startReceiver } from './receiver.js';

const KEY = 'a-secret-of-at-least-thirty-two-characters';
const directory = mkdtempSync(join(tmpdir(), 'demarche-webhooks-'));
const used = useDatabase('template0');
const COMMON = { ADMIN_KEY: KEY, SEED: 'false' };

let receiver: Receiver;
let program: Program;
beforeAll(async () => {
  receiver = await startReceiver();
});
/** An orderly end, so that the next start need not wait until what this one holds has expired. */
afterEach(async () => {
  program.process.kill('SIGTERM');
  await program.ended();
});
afterAll(async () => {
  await receiver.close();
  rmSync(directory, { recursive: true });
});

describe.each([
  ['the embedded database', () => ({ DATA_DIR: directory })],
  ['a server', () => ({ DATABASE_URL: used.url })],
])('on %s', (_, place) => {
  let hook: string;
  const start = async (settings: Record<string, string> = {}) => {
    program = await startProgram({ ...COMMON, ...place(), ALLOW_PRIVATE_WEBHOOKS: 'true', ...settings });
  };
  const addTopic = async (name: string): Promise<void> =>
    expect((await post(program.address, KEY, '/v1/topics', { name })).status).toBe(201);
  const names = () => receiver.received.map(({ body }) => (JSON.parse(body) as { data: { slug: string } }).data.slug);

  test('changes arrive one by one as they are written, signed', async () => {
    receiver.received.length = 0;
    await start();
    const made = await post(program.address, KEY, '/v1/webhooks', { url: receiver.url });
    const webhook = (await made.json()) as { id: string; secret: string };
    hook = webhook.id;
    receiver.secret = webhook.secret;
    await addTopic('Warm up');
    await expect.poll(names).toEqual(['warm-up']);
    const delays: number[] = [];
    for (let index = 1; index <= 7; index++) {
      const before = Date.now();
      await addTopic(`Prompt ${index}`);
      await expect.poll(names, { interval: 10 }).toContain(`prompt-${index}`);
      delays.push(receiver.received.at(-1)!.at - before);
    }
    // Without a hint it would be told only when it looks by itself; how soon exactly depends on the machine.
    console.info(`from the request to the receiver: ${delays.join(', ')} ms`);
    expect(delays).toHaveLength(7);
    expect(receiver.received.every(({ verified }) => verified)).toBe(true);
  }, 60_000);

  test('an orderly stop ends in time while an endpoint hangs, and what was under way arrives after the next start', async () => {
    await start();
    const { answer } = receiver;
    receiver.answer = () => {};
    receiver.received.length = 0;
    await addTopic('Hanging');
    await expect.poll(names).toEqual(['hanging']);
    await addTopic('Behind it');
    program.process.kill('SIGTERM');
    expect(await program.ended()).toBe(0);
    expect(program.output()).toContain('"stopped"');
    receiver.answer = answer;
    await start();
    await expect.poll(names).toEqual(['hanging', 'hanging', 'behind-it']);
  }, 60_000);

  test('private addresses are refused unless the setting allows them, also those that are there already', async () => {
    receiver.received.length = 0;
    await start({ ALLOW_PRIVATE_WEBHOOKS: 'false' });
    expect((await post(program.address, KEY, '/v1/webhooks', { url: 'https://127.0.0.1/' })).status).toBe(422);
    await addTopic('Refused');
    const deliveries = async () => {
      const answer = await fetch(`${program.address}/v1/webhooks/${hook}/deliveries?limit=1`, {
        headers: { authorization: `Bearer ${KEY}` },
      });
      return ((await answer.json()) as { data: { error: string | null }[] }).data[0]!.error;
    };
    await expect.poll(deliveries).toBe('The url begins with http; use https.');
    expect(receiver.received).toEqual([]);
  }, 60_000);
});
