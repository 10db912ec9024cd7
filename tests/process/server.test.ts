// The program on a server: how it starts, stops and refuses to start.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { useDatabase } from '../support/app.js';
import { type Program, post, runToEnd, startProgram } from './program.js';

const empty = useDatabase('template0');
const seeded = useDatabase('seeded');
const ADMIN_KEY = 'a-secret-of-at-least-thirty-two-characters';
let program: Program;
const start = async (settings: Record<string, string> = {}) => {
  program = await startProgram({ DATABASE_URL: seeded.url, ADMIN_KEY, ...settings });
  return program;
};
afterEach(async () => {
  program?.process.kill('SIGKILL');
  await program?.ended();
});

/** A request that is under way: its body has not arrived whole. */
const begin = async ({ address }: Program) => {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  const body = JSON.stringify({ name: 'In flight' });
  let answer = '';
  socket.on('data', (data) => (answer += data));
  const head = [
    'POST /v1/topics HTTP/1.1',
    'Host: x',
    `Authorization: Bearer ${ADMIN_KEY}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Expect: 100-continue',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  await expect.poll(() => answer).toContain('100 Continue');
  return { socket, finish: () => socket.write(body), answer: () => answer };
};

describe('starting', () => {
  test('an empty database is brought up to date and stays empty with SEED=false; ADMIN_KEY is the key, and is not shown', async () => {
    const { address, output } = await start({ DATABASE_URL: empty.url, SEED: 'false' });
    expect(output()).toMatch(/running on PostgreSQL \d+/);
    expect(output()).not.toContain(ADMIN_KEY);
    expect(output()).not.toContain('Admin key');
    const timeline = (await (await fetch(`${address}/v1/timeline`)).json()) as { data: unknown[] };
    expect(timeline.data).toEqual([]);
    expect((await post(address, ADMIN_KEY, '/v1/topics', { name: 'First' })).status).toBe(201);
  });
});

describe('stopping', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s finishes what is in flight, takes nothing new, and ends with 0', async (signal) => {
    const running = await start();
    const request = await begin(running);
    running.process.kill(signal);
    await expect.poll(() => running.output()).toContain('"stopping"');
    await expect(fetch(`${running.address}/v1/topics`)).rejects.toThrow();
    request.finish();
    await expect.poll(request.answer).toMatch(/HTTP\/1.1 201/);
    expect(await running.ended()).toBe(0);
    expect(running.output()).toContain('"stopped"');
  });

  test('gives up at its deadline, and says so', async () => {
    const running = await start({ SHUTDOWN_TIMEOUT_MS: '200' });
    const { socket } = await begin(running);
    running.process.kill('SIGTERM');
    expect(await running.ended()).toBe(1);
    expect(running.output()).toContain('not stopped after 200 ms');
    socket.destroy();
  });

  test('SIGKILL loses no write that was acknowledged', async () => {
    const running = await start();
    const { slug } = (await (await post(running.address, ADMIN_KEY, '/v1/topics', { name: 'Kept' })).json()) as { slug: string };
    running.process.kill('SIGKILL');
    await running.ended();
    const { rows } = await seeded.database.pool.query('select 1 from topics where slug = $1', [slug]);
    expect(rows).toHaveLength(1);
  });
});

describe('refusing to start, in one sentence, with a code that is not 0', () => {
  const refused = async (settings: Record<string, string>): Promise<string> => {
    const { code, output } = await runToEnd('main.js', [], { DATABASE_URL: seeded.url, ADMIN_KEY, PORT: '0', ...settings });
    expect(code).toBe(1);
    expect(output).not.toMatch(/^\s+at /m);
    const said = output.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
    expect(said).toHaveLength(1);
    return said[0]!;
  };

  test('a port that is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    expect(await refused({ PORT: String(port) })).toMatch(new RegExp(`^The port ${port} on 127\\.0\\.0\\.1 is in use; .+PORT.+\\.$`));
    other.close();
  });

  test('a host that is not of this machine', async () => {
    expect(await refused({ HOST: '192.0.2.1' })).toMatch(/^HOST \(192\.0\.2\.1\) is not an address of this machine/);
  });

  test('a database that cannot be reached', async () => {
    expect(await refused({ DATABASE_URL: 'postgresql://user:canary@127.0.0.1:1/news' })).toMatch(
      /^The database "news" on 127\.0\.0\.1:1 cannot be reached .+check DATABASE_URL\.$/,
    );
  });

  test('a setting that is wrong', async () => {
    expect(await refused({ LOG_LEVEL: 'loud' })).toMatch(/^LOG_LEVEL is not valid: it takes fatal, error/);
  });

  test('a migration that was edited after it was applied, and nothing is changed', async () => {
    const query = (text: string) => seeded.database.pool.query(text);
    const before = (await query('select checksum from _prisma_migrations order by migration_name limit 1')).rows[0].checksum;
    await query(`update _prisma_migrations set checksum = 'edited'`);
    expect(await refused({})).toMatch(/^The migration \S+ was edited after it was applied/);
    expect((await query('select count(*)::int as n from events')).rows[0].n).toBeGreaterThan(200);
    await query(`update _prisma_migrations set checksum = '${before}'`);
  });
});
