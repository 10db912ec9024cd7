// What must hold however a primary is replaced: no acknowledged write is lost, the feed neither skips nor repeats, whether it
// is asked or streamed, and who was refused was told to come back.
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { connectDatabase } from '../../src/database/connect.js';
import { createAddress, type Reader } from '../changes/reader.js';
import { type Answered, type Load, slowest, startLoad, wronglyAnswered } from '../faults/load.js';
import { rounds, tell } from '../faults/rounds.js';
import type { Program } from '../process/program.js';
import { findFaults } from '../support/consistency.js';

/** Follows the feed by asking, as those do who do not hold a stream open. */
async function pull(address: string, key: string, seen: number[], isOver: () => boolean): Promise<void> {
  for (;;) {
    const isLast = isOver();
    const response = await fetch(`${address}/v1/changes?since=${seen.at(-1) ?? 0}&limit=200`, {
      headers: { authorization: `Bearer ${key}` },
    });
    if (response.ok) seen.push(...((await response.json()) as { data: { seq: number }[] }).data.map(({ seq }) => seq));
    else await response.arrayBuffer();
    if (isLast && response.ok) return;
  }
}

/** Follows the feed by a stream. That of one who bears a key lasts five minutes, and is taken up where it was, as any client does. */
async function stream(address: ReturnType<typeof createAddress>, key: string, readers: Reader[], isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const lastEventId = readers.flatMap(({ events }) => events).at(-1)?.id;
    const reader = address.read({ key, ...(lastEventId === undefined ? { since: 0 } : { lastEventId }) });
    readers.push(reader);
    await reader.ended;
    if (!isOver()) await pause(reader.retry ?? 0);
  }
}

interface FailingOver {
  program: Program;
  key: string;
  /** Of the primary, whichever it is. */
  databaseUrl: () => Promise<string>;
  /** Kills the primary, and lets another take over. @returns when it was dead, by performance.now() */
  failOver: () => Promise<number>;
  /** Waits until it could be done again. */
  recover: () => Promise<void>;
  /** What the figures are called. */
  what: string;
}

/** Fails over under load, FAULT_ROUNDS times or once, and holds what was acknowledged against what is there. */
export async function failOverUnderLoad({ program, key, databaseUrl, failOver, recover, what }: FailingOver): Promise<void> {
  const address = createAddress(program.address);
  const load: Load = startLoad(program.address, { key, readers: ['/v1/events?limit=5', '/v1/timeline?limit=5', '/v1/topics'], writers: 4 });
  let isOver = false;
  const pulled: number[] = [];
  const pulling = pull(program.address, key, pulled, () => isOver);
  const readers: Reader[] = [];
  void stream(address, key, readers, () => isOver);
  const streamed = (): number[] => readers.flatMap(({ entries }) => entries.map(({ seq }) => seq));
  const away: number[] = [];
  try {
    for (const _ of rounds(1)) {
      const before = load.answers.length;
      const written = () => load.answers.slice(before).filter(({ status }) => status === 201).length;
      await expect.poll(written, { timeout: 60_000 }).toBeGreaterThan(30);
      const killedAt = await failOver();
      const again = () => load.answers.find(({ status, at, ms }) => status === 201 && at - ms > killedAt);
      await expect.poll(again, { interval: 20, timeout: 90_000 }).toBeDefined();
      away.push(Math.round(again()!.at - killedAt));
      await recover();
    }
    const answers = await load.stop();
    const written = answers.filter(({ status }) => status === 201).map(({ slug }) => slug);

    const database = await connectDatabase({ databaseUrl: await databaseUrl(), dataDir: '', databasePool: 2 });
    const { rows } = await database.pool.query<{ slug: string }>('select slug from events');
    const kept = new Set(rows.map(({ slug }) => slug));
    const lost = written.filter((slug) => !kept.has(slug!));
    const { rows: revisions } = await database.pool.query<{ seq: string }>('select seq from revisions order by seq');
    const seqs = revisions.map(({ seq }) => Number(seq));
    const faults = await findFaults(database);
    await database.close();
    await expect.poll(() => streamed().length).toBe(seqs.length);
    isOver = true;
    await pulling;

    const refused = answers.filter(({ status }) => status === 503);
    tell(what, {
      failovers: away.length,
      written: written.length,
      lost: lost.length,
      feed_differs: [pulled, streamed()].filter((seen) => JSON.stringify(seen) !== JSON.stringify(seqs)).length,
      refused: refused.length,
      slowest_ms: slowest(answers),
      away_ms: away,
    });
    expect(lost).toEqual([]);
    expect(faults).toEqual([]);
    expect(pulled).toEqual(seqs);
    expect(streamed()).toEqual(seqs);
    expect(wronglyAnswered(answers) satisfies Answered[]).toEqual([]);
    expect(refused.length).toBeGreaterThan(0);
    expect(program.process.exitCode).toBeNull();
  } finally {
    isOver = true;
    await load.stop();
    await address.close();
  }
}
