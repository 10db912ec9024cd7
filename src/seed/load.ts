// Loads a data set by the same services as the API, in one transaction.
//
// What the files said last is kept in `seed_records`. A later run compares the files with that and changes only the
// members that were edited in a file since; what somebody changed or deleted over the API stays as they left it.
import { isDeepStrictEqual } from 'node:util';
import type { Entity } from '../contract/write.js';
import type { Database } from '../database/connect.js';
import { type Transaction, type Write, write } from '../database/write.js';
import { Problem, RejectedRows } from '../errors.js';
import type { ResourceService } from '../resources/service.js';
import { saveRows } from '../resources/store.js';
import type { Services } from '../services.js';
import { type DataSet, type Entry, type Mistake, SeedMistakes } from './files.js';

/** How many entries of one kind were created, updated, or left as they are. */
export interface Tally {
  name: string;
  created: number;
  updated: number;
  unchanged: number;
}

interface Options {
  database: Pick<Database, 'pool' | 'state'>;
  services: Services;
  /** Told after each kind. */
  progress?: (tally: Tally) => void;
  /** Load nothing where anything was written before, be it by a process that started at the same time. */
  only_if_empty?: boolean;
}

/** @throws SeedMistakes where an entry names something that does not exist; nothing is written then */
export async function loadDataSet(
  data: DataSet,
  { database, services, progress = () => {}, only_if_empty = false }: Options,
): Promise<Tally[]> {
  const { topics, actors, sources, initiatives, plans, items, events } = services;
  return write(database, { author_id: null, author_name: 'seed', reason: 'import', statement_timeout_ms: 0 }, async (running) => {
    if (only_if_empty && running.since > 1) return [];
    const tallies: Tally[] = [];
    const load = async <Input, Document extends object, Query>(
      name: string,
      entity: Entity,
      service: ResourceService<Input, Document, Query>,
      entries: Entry<Input>[],
      keyOf: (input: Input) => string,
    ) => {
      const tally = await loadEntries(running, { name, entity, service, entries, keyOf });
      tallies.push(tally);
      progress(tally);
    };
    await load('topics', 'topic', topics, data.topics, ({ slug }) => slug!);
    await load('actors', 'actor', actors, data.actors, ({ slug }) => slug!);
    await load('sources', 'source', sources, data.sources, ({ slug, url }) => slug ?? url!);
    await load('initiatives', 'initiative', initiatives, data.initiatives, ({ slug }) => slug!);
    await load('action plans', 'action_plan', plans, data.plans, ({ slug }) => slug!);
    await load('action items', 'action_item', items, data.items, ({ plan, number }) => `${plan}/${number}`);
    await load('events', 'event', events, data.events, ({ slug }) => slug!);
    return tallies;
  });
}

interface Load<Input, Document extends object, Query> {
  name: string;
  entity: Entity;
  service: ResourceService<Input, Document, Query>;
  entries: Entry<Input>[];
  keyOf: (input: Input) => string;
}

async function loadEntries<Input, Document extends object, Query>(
  running: Write,
  { name, entity, service, entries, keyOf }: Load<Input, Document, Query>,
): Promise<Tally> {
  refuseUnnamed(entries, keyOf);
  const keys = entries.map(({ input }) => keyOf(input));
  const records = await readRecords(running.tx, entity);
  const existing = await service.store.locate(running.tx, keys);
  const fresh: Entry<Input>[] = [];
  const edited: { entry: Entry<Input>; located: NonNullable<ReturnType<typeof existing.get>>; input: Input }[] = [];
  const said: { key: string; document: Input }[] = [];
  for (const [index, entry] of entries.entries()) {
    const key = keys[index]!;
    const record = records.get(key);
    const located = existing.get(key);
    if (record === undefined && located === undefined) fresh.push(entry);
    else if (record === undefined || isDeepStrictEqual(record, plain(entry.input))) continue;
    else if (located !== undefined && located.deleted_at === null)
      edited.push({ entry, located, input: { ...located.document, ...changedMembers(record, entry.input) } as unknown as Input });
    said.push({ key, document: entry.input });
  }
  await placed(fresh, () => service.createAll(running, fresh));
  const updated = await placed(
    edited.map(({ entry }) => entry),
    () => service.replaceAll(running, edited),
  );
  await saveRecords(running.tx, entity, said);
  return { name, created: fresh.length, updated: updated?.length ?? 0, unchanged: entries.length - fresh.length - (updated?.length ?? 0) };
}

/** Without a slug of its own an entry would get another one at each run. */
function refuseUnnamed<Input>(entries: Entry<Input>[], keyOf: (input: Input) => string | undefined): void {
  const mistakes: Mistake[] = [];
  const seen = new Set<string>();
  for (const { input, mistake } of entries) {
    const key = keyOf(input);
    if (key === undefined) mistakes.push(mistake('/slug', 'The entry has no slug; in a file each one has its own.'));
    else if (seen.has(key)) mistakes.push(mistake('', `The entry ${key} is there twice.`));
    else seen.add(key);
  }
  if (mistakes.length > 0) throw new SeedMistakes(mistakes);
}

/** Tells faults of rows by where the rows stand in the files. */
async function placed<Input, Result>(entries: Entry<Input>[], work: () => Promise<Result>): Promise<Result | undefined> {
  if (entries.length === 0) return undefined;
  try {
    return await work();
  } catch (error) {
    if (error instanceof RejectedRows)
      throw new SeedMistakes(error.faults.map(({ row, fault }) => entries[row]!.mistake(fault.pointer ?? '', fault.detail)));
    if (error instanceof Problem) throw new SeedMistakes([{ ...entries[0]!.mistake('', error.detail), line: 1 }]);
    throw error;
  }
}

const plain = (input: unknown): unknown => JSON.parse(JSON.stringify(input));

/** The members in which the file differs from what it said before. */
function changedMembers<Input>(before: Record<string, unknown>, after: Input): Partial<Input> {
  const now = plain(after) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => !isDeepStrictEqual(value, before[name]))) as Partial<Input>;
}

async function readRecords(tx: Transaction, entity: Entity): Promise<Map<string, Record<string, unknown>>> {
  const { rows } = await tx.query<{ key: string; document: Record<string, unknown> }>(
    'select key, document from seed_records where entity = $1',
    [entity],
  );
  return new Map(rows.map(({ key, document }) => [key, document]));
}

async function saveRecords(tx: Transaction, entity: Entity, said: { key: string; document: unknown }[]): Promise<void> {
  await saveRows(tx, [{ table: 'seed_records', key: 'entity, key', rows: said.map((record) => ({ entity, ...record })) }]);
}
