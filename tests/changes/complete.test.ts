// The promise of the feed, held against what was really committed: 16 writers at once, some of them other processes, with
// long and short transactions and roll-backs, and readers that poll, follow and come back throughout.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createChangeStore } from '../../src/changes/store.js';
import { newId } from '../../src/contract/ids.js';
import { connectDatabase, type Database } from '../../src/database/connect.js';
import type { Change } from '../../src/database/write.js';
import { useApp } from '../support/app.js';
import { type createAddress, listen } from './reader.js';
import { topicChange, writeChanges } from './writing.js';

const WRITERS = { here: 12, elsewhere: 4 };
const WRITES = 24;

const api = useApp('empty');
let writing: Database;
let address: ReturnType<typeof createAddress>;

/** What the writers know to be committed, and what they know to be rolled back. */
const committed = new Set<string>();
const undone = new Set<string>();
const keyOf = ({ document, version }: Change) => `${(document as { slug: string }).slug} ${version}`;

beforeAll(async () => {
  writing = await connectDatabase({ databaseUrl: api.url, dataDir: '', databasePool: WRITERS.here });
  ({ address } = await listen(api));
});
afterAll(async () => {
  await address?.close();
  await writing?.close();
});

/** Numbers that look like chance and are the same each time. */
function createDice(seed: number): (sides: number) => number {
  let state = seed + 1;
  return (sides) => {
    state = (state * 48271) % 2147483647;
    return state % sides;
  };
}

async function writeHere(name: string, seed: number): Promise<void> {
  const roll = createDice(seed * 7919);
  let own = topicChange(`${name}-own`);
  for (let n = 0; n < WRITES; n++) {
    const fresh = Array.from({ length: 10 + roll(60) }, (_, index) => topicChange(`${name}-${n}-${index}`));
    const changes = [...fresh, own];
    const isKept = roll(5) > 0;
    const isLong = roll(6) === 0;
    await writeChanges(writing, changes, async ({ tx }) => {
      if (isLong) await tx.$executeRawUnsafe('select pg_sleep(0.04)');
      if (!isKept) throw new Error('undone');
    }).catch((error: Error) => {
      if (error.message !== 'undone') throw error;
    });
    for (const change of changes) (isKept ? committed : undone).add(keyOf(change));
    if (isKept) {
      own = { ...own, version: own.version + 1, operation: 'updated', previous: own.document, document: { ...own.document, name: `${n}` } };
      // What was undone before is tried again under the same name.
      undone.delete(keyOf({ ...own, version: own.version - 1 }));
    }
  }
}

function startWriter(name: string, writes: number, changes: number, held_ms: number) {
  const child: ChildProcess = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      fileURLToPath(new URL('writer.ts', import.meta.url)),
      api.url,
      name,
      String(writes),
      String(changes),
      String(held_ms),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout!.on('data', (data) => (output += data));
  const said = (word: string) =>
    output
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith(word))
      .map((line) => line.split(' ').filter((part) => part.startsWith(`${name}-`)));
  const ended = once(child, 'close');
  return { child, ended, began: () => said('began'), committed: () => said('committed') };
}

async function writeElsewhere(name: string): Promise<void> {
  const writer = startWriter(name, WRITES, 30, 2);
  await writer.ended;
  expect(writer.child.exitCode).toBe(0);
  for (const slugs of writer.committed()) for (const slug of slugs) committed.add(`${slug} 1`);
}

/** Polls until told to stop, and then to the end. @returns what it met, in order */
function startPolling(seed: number) {
  const store = createChangeStore(api.database);
  const roll = createDice(seed);
  const met: { seq: number; key: string }[] = [];
  let isStopping = false;
  const done = (async () => {
    for (let since = 0, more = true; more; ) {
      const isLast = isStopping;
      const { entries, position, hasMore } = await store.read({ since, limit: 1 + roll(400), filters: {}, seesHidden: seed % 2 === 0 });
      met.push(...entries.map(({ seq, slug, version }) => ({ seq, key: `${slug} ${version}` })));
      since = position;
      more = !isLast || hasMore;
    }
  })();
  return {
    met,
    finish: async () => {
      isStopping = true;
      await done;
    },
  };
}

/** Follows the stream, and breaks off again and again, to go on from the last event that it got. */
function startComingBack(until: () => number | null) {
  const met: { seq: number; key: string }[] = [];
  const roll = createDice(4711);
  let connections = 0;
  const done = (async () => {
    for (;;) {
      connections++;
      const last = met.at(-1)?.seq ?? 0;
      const reader = address.read(last === 0 ? { since: 0 } : { lastEventId: String(last), since: 0 });
      const enough = 1 + roll(900);
      const isAtEnd = () => until() !== null && (reader.entries.at(-1)?.seq ?? last) >= until()!;
      await expect.poll(() => reader.entries.length >= enough || isAtEnd(), { timeout: 60_000, interval: 5 }).toBe(true);
      reader.leave();
      await reader.ended;
      met.push(...reader.entries.map(({ seq, slug, version }) => ({ seq, key: `${slug} ${version}` })));
      if (until() !== null && met.at(-1)!.seq >= until()!) return;
    }
  })();
  return { met, done, connections: () => connections };
}

const inOrder = async (): Promise<{ seq: number; key: string }[]> =>
  (
    await api.database.pool.query<{ seq: string; key: string }>(
      `select seq, state ->> 'slug' || ' ' || version as key from revisions order by seq`,
    )
  ).rows.map(({ seq, key }) => ({ seq: Number(seq), key }));

test('each committed change is met once, in one order, and nothing that was rolled back', async () => {
  let end: number | null = null;
  const polling = [startPolling(1), startPolling(2)];
  const steady = address.read({ since: 0 });
  const comingBack = startComingBack(() => end);
  await Promise.all([
    ...Array.from({ length: WRITERS.here }, (_, n) => writeHere(`here-${n}`, n)),
    ...Array.from({ length: WRITERS.elsewhere }, (_, n) => writeElsewhere(`elsewhere-${n}`)),
  ]);
  const all = await inOrder();
  end = all.at(-1)!.seq;
  await Promise.all([...polling.map(({ finish }) => finish()), comingBack.done]);
  await expect.poll(() => steady.entries.at(-1)?.seq).toBe(end);

  expect(all.length).toBeGreaterThan(10_000);
  expect(undone.size).toBeGreaterThan(1_000);
  expect(new Set(all.map(({ key }) => key))).toEqual(committed);
  for (const { met } of [...polling, comingBack]) expect(met).toEqual(all);
  expect(steady.entries.map(({ seq, slug, version }) => ({ seq, key: `${slug} ${version}` }))).toEqual(all);
  expect(comingBack.connections()).toBeGreaterThan(5);
  const told = new Set(all.map(({ key }) => key));
  expect([...undone].filter((key) => told.has(key))).toEqual([]);
}, 120_000);

describe('a writer that is killed', () => {
  test('what it had committed is met, what it had not is never there, and the others write on', async () => {
    const store = createChangeStore(api.database);
    const start = await store.last();
    const reader = address.read({ since: start });
    const victim = startWriter('victim', 1000, 25, 150);
    await expect.poll(() => victim.committed().length, { interval: 5 }).toBeGreaterThan(2);
    const halfway = victim.began().length;
    await expect.poll(() => victim.began().length, { interval: 1 }).toBeGreaterThan(halfway);
    victim.child.kill('SIGKILL');
    await victim.ended;
    const kept = victim.committed().flat();
    const begun = victim.began().at(-1)!;
    expect(kept).not.toContain(begun[0]);

    const after = topicChange('after-the-kill', { id: newId() });
    await writeChanges(writing, [after]);
    await expect.poll(() => reader.entries.at(-1)?.slug).toBe('after-the-kill');
    const expected = [...kept, 'after-the-kill'];
    expect(reader.entries.map(({ slug }) => slug)).toEqual(expected);
    const polled: (string | null)[] = [];
    for (let since = start, more = true; more; ) {
      const { entries, position, hasMore } = await store.read({ since, limit: 20, filters: {}, seesHidden: true });
      polled.push(...entries.map(({ slug }) => slug));
      since = position;
      more = hasMore;
    }
    expect(polled).toEqual(expected);
  });
});
