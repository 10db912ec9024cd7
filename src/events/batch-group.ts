// Writes one group of lines in a transaction that runs: those that cannot be written are found and told, and the others
// are written all the same.
import { remedyOfEnded } from '../contract/ended.js';
import { problemOf } from '../database/failures.js';
import type { Transaction, Why, Write } from '../database/write.js';
import { type Fault, Problem, RejectedRows } from '../errors.js';
import type { Located, Made } from '../resources/store.js';
import type { LineResult } from './batch.js';
import type { EventDocument, EventInput } from './schema.js';
import type { EventService } from './service.js';

/** A line that fits the schema. */
export interface Item {
  line: number;
  input: EventInput;
  why: Why;
  bytes: number;
}

export interface Outcome {
  item: Item;
  result: LineResult;
  /** Events that it names and that are not there yet; nothing else is at fault with it. */
  missing?: string[];
}

export type GroupWriter = (running: Write, items: Item[], upsert: boolean) => Promise<Outcome[]>;

type There = Map<string, Located<EventDocument>>;

/** The lines of a set that are at fault. */
class RejectedItems extends Error {
  constructor(readonly faults: Map<Item, Fault[]>) {
    super(`${faults.size} lines are at fault`);
  }
}

/** @param items no two of one slug */
export const createGroupWriter = (events: EventService): GroupWriter =>
  async function writeGroup(running, items, upsert) {
    const there = await events.store.locate(
      running.tx,
      items.flatMap(({ input }) => input.slug ?? []),
    );
    const taken = items.flatMap((item) => refusalOf(item, there, upsert) ?? []);
    const refused = new Set(taken.map(({ item }) => item));
    const written = await attempt(
      running.tx,
      items.filter((item) => !refused.has(item)),
      (rest) => save(events, running, rest, there),
    );
    return [...taken, ...written];
  };

/** Why a line whose slug is taken is not written; undefined where it may be. */
function refusalOf(item: Item, there: There, upsert: boolean): Outcome | undefined {
  const { slug } = item.input;
  const located = slug === undefined ? undefined : there.get(slug);
  if (located === undefined || (upsert && located.deleted_at === null)) return undefined;
  const remedy =
    located.deleted_at !== null
      ? remedyOfEnded(located.document, `/v1/events/${slug}`)
      : 'send upsert=true to replace it, or choose another slug';
  return { item, result: faulty(item, 'conflict', [{ pointer: '/slug', detail: `There is an event ${slug} already; ${remedy}.` }]) };
}

/** Writes what can be written: who is at fault is taken out, or found by halves where nobody says who. */
async function attempt(tx: Transaction, items: Item[], write: (items: Item[]) => Promise<Outcome[]>): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let rest = items;
  while (rest.length > 0) {
    await tx.query('savepoint lines');
    try {
      outcomes.push(...(await write(rest)));
      await tx.query('release savepoint lines');
      break;
    } catch (error) {
      if (!isOfLines(error)) throw error;
      await tx.query('rollback to savepoint lines; release savepoint lines');
      if (error instanceof RejectedItems) {
        outcomes.push(...[...error.faults].map(([item, faults]) => rejected(item, faults)));
        rest = rest.filter((item) => !error.faults.has(item));
      } else if (rest.length === 1) {
        outcomes.push({ item: rest[0]!, result: faulty(rest[0]!, 'conflict', faultsOf(error)) });
        break;
      } else {
        const middle = Math.ceil(rest.length / 2);
        outcomes.push(...(await attempt(tx, rest.slice(0, middle), write)), ...(await attempt(tx, rest.slice(middle), write)));
        break;
      }
    }
  }
  return outcomes;
}

async function save(events: EventService, running: Write, items: Item[], there: There): Promise<Outcome[]> {
  const fresh = items.filter(({ input }) => !there.has(input.slug ?? ''));
  const changes = items.flatMap((item) => {
    const located = there.get(item.input.slug ?? '');
    return located === undefined ? [] : [{ ...item, item, located }];
  });
  const created = await placed(fresh, () => events.createAll(running, fresh));
  const changed = await placed(
    changes.map(({ item }) => item),
    () => events.replaceAll(running, changes),
  );
  return [
    ...createdAs(fresh, created),
    ...changes.map(({ item, located: { id, slug, version } }): Outcome => {
      const isChanged = changed.includes(id);
      const status = isChanged ? 'updated' : 'unchanged';
      return { item, result: { line: item.line, status, id, slug: slug!, version: isChanged ? version + 1 : version } };
    }),
  ];
}

export const createdAs = (items: Item[], created: Made<EventDocument>[]): Outcome[] =>
  created.map(({ id, key }, index) => {
    const item = items[index]!;
    return { item, result: { line: item.line, status: 'created', id, slug: key!, version: 1 } };
  });

/** Tells faults of rows by the lines that they came from. */
async function placed<Result>(items: Item[], work: () => Promise<Result[]>): Promise<Result[]> {
  if (items.length === 0) return [];
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RejectedRows)) throw error;
    const faults = new Map<Item, Fault[]>();
    for (const { row, fault } of error.faults) faults.set(items[row]!, [...(faults.get(items[row]!) ?? []), fault]);
    throw new RejectedItems(faults);
  }
}

/** The most faults that are told of a line. */
const TOLD = 20;

export const faulty = ({ line }: { line: number }, status: 'invalid' | 'conflict', faults: Fault[]): LineResult => ({
  line,
  status,
  errors: faults.slice(0, TOLD),
});

function rejected(item: Item, faults: Fault[]): Outcome {
  const result = faulty(item, 'invalid', faults);
  const missing = faults.map(({ pointer }) => missingEvent(item.input, pointer ?? ''));
  return missing.every((slug) => slug !== undefined) ? { item, result, missing } : { item, result };
}

/** The event that a fault at this place says is not there. */
function missingEvent({ slug, related }: EventInput, pointer: string): string | undefined {
  const position = /^\/related\/(\d+)\/event$/.exec(pointer)?.[1];
  const named = position === undefined ? undefined : related[Number(position)]?.event;
  return named === slug ? undefined : named;
}

/** Values that the database does not take (SQLSTATE classes 22, 23 and 54): what the checks before it let through. */
const OF_VALUES = /^(22|23|54)/;

/** Whether an error is the fault of what was sent, so that other lines may be written. */
export function isOfLines(error: unknown): boolean {
  if (error instanceof RejectedItems || (error instanceof Problem && error.status < 500)) return true;
  return OF_VALUES.test(String((error as { code?: unknown }).code));
}

function faultsOf(error: unknown): Fault[] {
  const problem = error instanceof Problem ? error : problemOf(error);
  if (problem === undefined)
    return [{ pointer: '', detail: 'The database does not take what this line says; send it alone to find out more.' }];
  return problem.errors.length > 0 ? problem.errors : [{ pointer: '', detail: problem.detail }];
}
