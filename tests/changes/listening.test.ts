// How soon a stream hears of a write: by a hint of the database, also of another process; without any hint, by looking.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createChangeHub, type Sink } from '../../src/changes/hub.js';
import { createChangeStore } from '../../src/changes/store.js';
import { connectDatabase, type Database } from '../../src/database/connect.js';
import { readMigrations } from '../../src/database/migrate.js';
import { openDatabase } from '../../src/database/open.js';
import { MIGRATIONS } from '../../src/files.js';
import { openAppOn, useDatabase } from '../support/app.js';
import { listen } from './reader.js';
import { topicChange, writeChanges } from './writing.js';

const used = useDatabase('empty');
const stops: (() => void)[] = [];
// A listener that is still leaving would be taken for that of the next test.
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await expect.poll(listeners).toEqual([]);
});

/** A listener that counts. */
const count = (database: Database) => {
  const heard = { times: 0 };
  stops.push(database.onChange(() => heard.times++));
  return heard;
};
const LISTENERS = `select pid from pg_stat_activity where application_name = 'demarche listener' and datname = current_database() and query ilike 'listen%'`;
const listeners = async (): Promise<number[]> => (await used.database.pool.query<{ pid: number }>(LISTENERS)).rows.map(({ pid }) => pid);
const oneListens = async () => {
  await expect.poll(listeners).toHaveLength(1);
  return (await listeners())[0]!;
};
const write = (database: Database = used.database) => writeChanges(database, [topicChange('written')]);

describe('on a server', () => {
  test('a write of another pool is heard, on one connection for all who listen, which ends with the last of them', async () => {
    const [first, second] = [count(used.database), count(used.database)];
    await oneListens();
    const other = await connectDatabase({ databaseUrl: used.url, dataDir: '', databasePool: 1 });
    const before = [first.times, second.times];
    await write(other);
    await other.close();
    await expect.poll(() => [first.times, second.times]).toEqual(before.map((times) => times + 1));
    for (const stop of stops.splice(0)) stop();
    await expect.poll(listeners).toEqual([]);
  });

  test('connections that are lost again and again leave nothing behind', async () => {
    const warnings: string[] = [];
    const collect = ({ name }: Error) => warnings.push(name);
    process.on('warning', collect);
    count(used.database);
    for (let times = 0; times < 12; times++) {
      const pid = await oneListens();
      await used.database.pool.query('select pg_terminate_backend($1)', [pid]);
      await expect.poll(listeners).not.toContain(pid);
    }
    await oneListens();
    process.off('warning', collect);
    expect(warnings).toEqual([]);
  });

  test('a connection that is lost is opened again, and who listens is told to look', async () => {
    const heard = count(used.database);
    const pid = await oneListens();
    await expect.poll(() => heard.times).toBeGreaterThan(0);
    const before = heard.times;
    await used.database.pool.query('select pg_terminate_backend($1)', [pid]);
    await expect.poll(listeners).not.toContain(pid);
    await oneListens();
    await expect.poll(() => heard.times).toBeGreaterThan(before);
    const again = heard.times;
    await write();
    await expect.poll(() => heard.times).toBeGreaterThan(again);
  });

  test('who stops and listens again at once is heard', async () => {
    for (let n = 0; n < 5; n++) used.database.onChange(() => {})();
    const heard = count(used.database);
    await oneListens();
    const before = heard.times;
    await write();
    await expect.poll(() => heard.times).toBeGreaterThan(before);
  });
});

describe('a reader', () => {
  /** Takes all, and tells the numbers. */
  const createSink = () => {
    const seqs: number[] = [];
    let close = () => {};
    const sink: Sink = {
      isOpen: true,
      isFull: false,
      position: undefined,
      send: (_event, seq) => seqs.push(seq),
      taken: async () => {},
      onClose: (closed) => {
        close = closed;
      },
      end: () => close(),
    };
    stops.push(() => close());
    return { sink, seqs };
  };
  const follow = (onChange: Database['onChange'], store = createChangeStore(used.database)) => {
    const failures: unknown[] = [];
    const hub = createChangeHub({ store, onChange, onFailure: (error) => failures.push(error) });
    return { hub, failures };
  };

  test('who is never told of a write hears of it all the same', async () => {
    const { hub } = follow(() => () => {});
    const { sink, seqs } = createSink();
    const since = await createChangeStore(used.database).last();
    hub.join(sink, { since, filters: {}, seesHidden: false });
    await write();
    await expect.poll(() => seqs.length, { interval: 10, timeout: 8_000 }).toBe(1);
  });

  test('what is new is read once, however many they are', async () => {
    const store = createChangeStore(used.database);
    const read = { all: 0, one: 0 };
    let tell = () => {};
    const { hub } = follow(
      (listener) => {
        tell = listener;
        return () => {};
      },
      {
        ...store,
        readAll: (...asked) => {
          read.all++;
          return store.readAll(...asked);
        },
        read: (...asked) => {
          read.one++;
          return store.read(...asked);
        },
      },
    );
    const since = await store.last();
    const sinks = Array.from({ length: 50 }, createSink);
    for (const { sink } of sinks) hub.join(sink, { since, filters: {}, seesHidden: false });
    await write();
    tell();
    for (const { seqs } of sinks) await expect.poll(() => seqs.length).toBe(1);
    const before = { ...read };
    await write();
    tell();
    for (const { seqs } of sinks) await expect.poll(() => seqs.length).toBe(2);
    expect(read.one).toBe(before.one);
    expect(read.all - before.all).toBeLessThan(4);
  });

  test('goes on after an outage, which is told once', async () => {
    const store = createChangeStore(used.database);
    let isOut = false;
    const { hub, failures } = follow(used.database.onChange, {
      ...store,
      readAll: async (...asked) => {
        if (isOut) throw new Error('out');
        return store.readAll(...asked);
      },
    });
    const { sink, seqs } = createSink();
    hub.join(sink, { since: await store.last(), filters: {}, seesHidden: false });
    await write();
    await expect.poll(() => seqs.length).toBe(1);
    isOut = true;
    await write();
    await write();
    await expect.poll(() => failures.length).toBe(1);
    isOut = false;
    await expect.poll(() => seqs.length).toBe(3);
    expect(failures).toHaveLength(1);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
  });
});

describe('on the embedded database', () => {
  const directory = mkdtempSync(join(tmpdir(), 'demarche-changes-'));
  let database: Database;
  let api: Awaited<ReturnType<typeof openAppOn>>;
  beforeAll(async () => {
    const settings = { databaseUrl: undefined, dataDir: directory, databasePool: 10 };
    ({ database } = await openDatabase(settings, readMigrations(MIGRATIONS)));
    api = await openAppOn(database);
  }, 120_000);
  afterAll(async () => {
    await api.app.close();
    await database.close();
    rmSync(directory, { recursive: true });
  });

  test('a stream hears each write once, and none that was not kept', async () => {
    const { address } = await listen(api);
    const reader = address.read({ since: 0 });
    const slugs = Array.from({ length: 8 }, (_, n) => `embedded-${n}`);
    await Promise.all(slugs.map((slug) => api.post('/v1/topics', { name: slug, slug })));
    await api.post('/v1/topics?validate_only=true', { name: 'Not kept' });
    await expect.poll(() => reader.entries.map(({ slug }) => slug).sort()).toEqual(slugs);
    await address.close();
  });

  test('who listens is told, before anybody looks', async () => {
    const heard = count(database);
    await write(database);
    await expect.poll(() => heard.times).toBe(1);
    const refused = writeChanges(database, [topicChange('undone')], async () => {
      throw new Error('undone');
    });
    await expect(refused).rejects.toThrow('undone');
    await write(database);
    await expect.poll(() => heard.times).toBe(2);
  });
});
