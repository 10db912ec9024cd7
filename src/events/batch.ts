// Writes many events, as an import does: in groups of some hundreds, each of one transaction, so that other writers get
// their turn between them; or all or nothing. What is at fault is told by its line and takes nothing else along.
//
//   run(lines: AsyncIterable<BatchLine>, options: BatchOptions): AsyncGenerator<BatchResult>
//
// Each line is answered by one result, in the order in which lines are settled, and a summary comes last. A line may name
// (`related`) the event of any line before it or behind it: one that has to wait for a later line is settled after that one.
import { setImmediate as turn } from 'node:timers/promises';
import { check } from '../contract/check.js';
import type { Database } from '../database/connect.js';
import { type Authorship, type Once, type Write, write } from '../database/write.js';
import { type Fault, Problem } from '../errors.js';
import { createGroupWriter, faulty, type Item, type Outcome } from './batch-group.js';
import { createTurns, patiently, type Work, type WriteItems } from './batch-turns.js';
import { createWaiting } from './batch-waiting.js';
import { eventForms } from './schema.js';
import type { EventService } from './service.js';

/** A line as it was read: a value as `POST /v1/events` takes it, or why there is none. */
export interface BatchLine {
  /** How the results call it; from 1. */
  line: number;
  value?: unknown;
  /** Why it could not be read. */
  faults?: Fault[];
  /** How much text it was; groups are small in lines and in bytes. */
  bytes?: number;
}

export interface BatchOptions extends Authorship {
  /** All or nothing: one transaction, in which no other writer gets a turn. */
  atomic?: boolean | undefined;
  /** Do everything in one transaction, then roll it back. */
  validate_only?: boolean | undefined;
  /** A line with the slug of an event replaces it, as PUT does; one that would change nothing makes no revision. */
  upsert?: boolean | undefined;
  /** Of an atomic one: keeps what all its results are answered, in its transaction. */
  once?: Once | undefined;
  /** Ends it before the next group; what was written until then stays, unless it is atomic. */
  signal?: AbortSignal | undefined;
}

export type LineStatus = 'created' | 'updated' | 'unchanged' | 'invalid' | 'conflict';

export interface LineResult {
  line: number;
  status: LineStatus;
  /** Of what was written, or would have been with validate_only. */
  id?: string;
  slug?: string;
  version?: number;
  /** Of an invalid line, or one in conflict. */
  errors?: Fault[];
}

export interface BatchSummary {
  /** How many were settled. */
  lines: number;
  created: number;
  updated: number;
  unchanged: number;
  invalid: number;
  conflict: number;
  /** Whether what the results say was written is there: not with validate_only, nor after a fault in an atomic one. */
  kept: boolean;
  /** Whether all lines were settled: not where it was given up after FAULTS_MOST faults. */
  complete: boolean;
}

/** How much is written in one transaction. */
const GROUP = { lines: 250, bytes: 2 * 1024 * 1024 };

/** How much may wait for later lines. */
const WAITING = { lines: 2000, bytes: 8 * 1024 * 1024 };

/** Of how many lines at fault one that is kept whole or not at all is told; then it is given up. */
export const FAULTS_MOST = 1000;

/** After so many lines others get their turn in this process. */
const AT_A_STRETCH = 25;

/** After so many groups plans are made anew: the tables grow manyfold, and what was best while they were small is not any more. */
const PLANS_LAST = 16;

/**
 * An atomic batch is told of when it is over. One that failed tells of the lines at fault alone; it is given up, as is one
 * that is only validated, when FAULTS_MOST lines are.
 */
export type BatchResult = LineResult | { summary: BatchSummary };

export type BatchService = ReturnType<typeof createBatchService>;

/** Ends a transaction of which nothing is to be kept. */
class NothingKept extends Error {}

interface Group {
  items: Item[];
  refused: LineResult[];
}

export function createBatchService({ database, events }: { database: Pick<Database, 'pool' | 'state'>; events: EventService }) {
  const writeGroup = createGroupWriter(events);

  function workOf({ upsert = false, signal }: BatchOptions): Work {
    let groups = 0;
    const makePlansAnew = async ({ tx }: Write): Promise<void> => {
      // Two connections take turns.
      if (groups++ % PLANS_LAST < 2) await tx.query('discard plans');
    };
    return {
      async whole(running, items) {
        await makePlansAnew(running);
        return writeGroup(running, items, upsert);
      },
      async begin(running, items) {
        await makePlansAnew(running);
        return events.begin(running, items);
      },
      complete(running, begun) {
        signal?.throwIfAborted();
        return events.complete(running, begun);
      },
    };
  }

  async function* run(lines: AsyncIterable<BatchLine>, options: BatchOptions): AsyncGenerator<BatchResult> {
    const { atomic = false, validate_only = false } = options;
    const tally = createTally();
    if (atomic || validate_only) yield* inOneTransaction(lines, options, tally);
    else
      for await (const result of inTurns(lines, options)) {
        tally.count(result);
        yield result;
      }
    yield summaryOf(tally, options);
  }

  async function* inTurns(lines: AsyncIterable<BatchLine>, options: BatchOptions): AsyncGenerator<LineResult> {
    const turns = createTurns(database, options, workOf(options));
    try {
      yield* settle(lines, options, null, turns.write);
    } finally {
      await turns.ended();
    }
  }

  /** What there is to tell is told when it is over, so that whoever is told too slowly keeps no other writer waiting. */
  async function* inOneTransaction(lines: AsyncIterable<BatchLine>, options: BatchOptions, tally: Tally): AsyncGenerator<LineResult> {
    const { atomic = false } = options;
    const settled: LineResult[] = [];
    const { whole } = workOf(options);
    let isBegun = false;
    const work = () =>
      write(database, { ...options, validate_only: options.validate_only }, async (running) => {
        // The lines can be read once.
        if (isBegun)
          throw new Problem('unavailable', 'The batch collided with another write; send it again.', { headers: { 'retry-after': '1' } });
        isBegun = true;
        for await (const result of settle(lines, options, new Map(), (items) => whole(running, items))) {
          tally.count(result);
          settled.push(result);
          if (tally.faults === FAULTS_MOST) break;
        }
        if (atomic && tally.faults > 0) throw new NothingKept();
        return [...settled, summaryOf(tally, options)];
      });
    try {
      await patiently(work);
    } catch (error) {
      if (!(error instanceof NothingKept)) throw error;
    }
    yield* atomic && tally.faults > 0 ? settled.filter(({ errors }) => errors !== undefined) : settled;
  }

  return { run };
}

/** @param once of what is one transaction: at which line each slug stands, since no event changes twice in one */
async function* settle(
  lines: AsyncIterable<BatchLine>,
  { signal }: BatchOptions,
  once: Map<string, number> | null,
  writeItems: WriteItems,
): AsyncGenerator<LineResult> {
  const waiting = createWaiting(WAITING);
  for await (const { value, next } of ahead(groupsOf(lines, once))) {
    yield* value.refused;
    const stands = waiting.size === 0 && value.items.every(({ input }) => input.related.length === 0);
    let following = stands ? next.then((group) => group?.items ?? []) : undefined;
    for (let { items } = value; items.length > 0; following = undefined) {
      signal?.throwIfAborted();
      const { settled, ready } = waiting.step(await writeApart(items, writeItems, following));
      yield* settled;
      items = ready;
    }
  }
  signal?.throwIfAborted();
  // What still waits may wait for each other; else it waits in vain.
  for (const { result } of await writeApart(waiting.takeAll(), writeItems)) yield result;
}

/** Writes lines that may bear one slug: those that repeat one come after the others. */
async function writeApart(items: Item[], writeItems: WriteItems, next?: Promise<Item[]>): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let rest = items; rest.length > 0; ) {
    const slugs = new Set<string>();
    const isFirst = ({ input: { slug } }: Item) => slug === undefined || slugs.size < slugs.add(slug).size;
    const first = rest.filter(isFirst);
    if (first.length === rest.length) return [...outcomes, ...(await writeItems(rest, next))];
    outcomes.push(...(await writeItems(first)));
    const written = new Set(first);
    rest = rest.filter((item) => !written.has(item));
  }
  return outcomes;
}

async function* groupsOf(lines: AsyncIterable<BatchLine>, once: Map<string, number> | null): AsyncGenerator<Group> {
  let group: Group = { items: [], refused: [] };
  let bytes = 0;
  let count = 0;
  for await (const line of lines) {
    const read = readLine(line, once);
    if ('input' in read) group.items.push(read);
    else group.refused.push(read);
    bytes += line.bytes ?? 0;
    if (++count % AT_A_STRETCH === 0) await turn();
    if (group.items.length + group.refused.length < GROUP.lines && bytes < GROUP.bytes) continue;
    yield group;
    group = { items: [], refused: [] };
    bytes = 0;
  }
  if (group.items.length + group.refused.length > 0) yield group;
}

function readLine({ line, value, faults, bytes = 0 }: BatchLine, once: Map<string, number> | null): Item | LineResult {
  if (faults !== undefined) return faulty({ line }, 'invalid', faults);
  const checked = check(eventForms.body, value, 'body');
  if (checked.faults !== undefined) return faulty({ line }, 'invalid', checked.faults);
  const { input, reason, comment } = checked.value;
  const before = once?.get(input.slug ?? '');
  if (before !== undefined) {
    const detail = `The event ${input.slug} stands in line ${before} already; in one transaction each stands once.`;
    return faulty({ line }, 'conflict', [{ pointer: '/slug', detail }]);
  }
  if (input.slug !== undefined) once?.set(input.slug, line);
  return { line, input, why: { ...(reason !== undefined && { reason }), ...(comment !== undefined && { comment }) }, bytes };
}

/** How many groups are read ahead, while the one before them is written. */
const AHEAD = 2;

/** Reads ahead. @returns each with the one after it, as soon as that is read; nothing where there is none, or it cannot be read */
async function* ahead<Value>(values: AsyncGenerator<Value>): AsyncGenerator<{ value: Value; next: Promise<Value | undefined> }> {
  const coming: Promise<IteratorResult<Value>>[] = [];
  const read = () => {
    const one = values.next();
    // Whoever waits for it is told of what goes wrong; nobody may.
    one.catch(() => {});
    coming.push(one);
  };
  while (coming.length < AHEAD) read();
  try {
    for (;;) {
      const { value, done } = await coming.shift()!;
      if (done) return;
      read();
      yield { value, next: coming[0]!.then((one) => one.value as Value | undefined).catch(() => undefined) };
    }
  } finally {
    await Promise.allSettled(coming);
    await values.return(undefined);
  }
}

function summaryOf(tally: Tally, { atomic = false, validate_only = false }: BatchOptions): { summary: BatchSummary } {
  const isFailed = atomic && tally.faults > 0;
  const complete = !(atomic || validate_only) || tally.faults < FAULTS_MOST;
  return { summary: { ...(isFailed ? tally.failed() : tally.counts), kept: !validate_only && !isFailed, complete } };
}

type Tally = ReturnType<typeof createTally>;

/** Counts results by their status. */
export function createTally() {
  const counts = { lines: 0, created: 0, updated: 0, unchanged: 0, invalid: 0, conflict: 0 };
  return {
    counts,
    get faults(): number {
      return counts.invalid + counts.conflict;
    },
    count({ status }: LineResult): void {
      counts.lines++;
      counts[status]++;
    },
    /** Nothing was written after all. */
    failed: () => ({ ...counts, created: 0, updated: 0, unchanged: 0 }),
  };
}
