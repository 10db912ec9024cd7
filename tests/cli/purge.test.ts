// What caches are told to drop is told until they take it, and again a little later; who interrupts it is not told that all
// was done.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createPurges } from '../../src/cli/purge/purges.js';

const cache = { address: 'http://cache', form: 'surrogate-key', header: {} } as const;

test('a purge that fails is tried again, and one that is taken is done once more', async () => {
  const told: string[][] = [];
  const said: string[] = [];
  let failures = 1;
  const tell = async (_: unknown, keys: string[]) => {
    if (failures-- > 0) throw new Error('http://cache cannot be reached');
    told.push(keys);
  };
  const purges = createPurges(cache, { again_ms: 10, signal: new AbortController().signal, say: (line) => said.push(line), tell });
  purges.add(['topic/compute']);
  await expect.poll(() => told).toEqual([['topic/compute'], ['topic/compute']]);
  await purges.done();
  expect(said).toEqual(['http://cache cannot be reached; trying again.', 'http://cache takes purges again.']);
});

test('with more keys than are worth telling, everything is dropped', async () => {
  const told: string[][] = [];
  const tell = async (_: unknown, keys: string[]) => void told.push(keys);
  const purges = createPurges(cache, { again_ms: 60_000, signal: new AbortController().signal, say: () => {}, tell });
  purges.add(Array.from({ length: 1001 }, (_, n) => `topic/t-${n}`));
  await purges.done();
  expect(told).toEqual([['all']]);
});

test('whoever interrupts it before a cache took it is not told that it was done', async () => {
  const refusing = createServer((_, response) => void response.writeHead(503).end('busy')).listen(0, '127.0.0.1');
  await once(refusing, 'listening');
  const address = `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`;
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'purge', '--all', '--to', address]);
  const output = text(child.stdout);
  await once(refusing, 'request');
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  refusing.close();
  expect([code, await output]).toEqual([130, '']);
});
