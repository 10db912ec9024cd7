// Makes all that is derived again: the tables and the cards are a projection of the revisions, so each revision is written
// down once more, in order, by the code that wrote it first. It changes nothing unless something was wrong.
import { itemStore, planStore } from './action-plans/store.js';
import { actorStore } from './actors/store.js';
import { refreshCards } from './cards.js';
import { ENDINGS, type Recorded } from './contract/write.js';
import type { Database } from './database/connect.js';
import { prepared } from './database/statement.js';
import { type Write, write } from './database/write.js';
import { eventStore } from './events/store.js';
import { initiativeStore } from './initiatives/store.js';
import { proposalStore } from './proposals/store.js';
import type { ResourceStore, Row } from './resources/store.js';
import { sourceStore } from './sources/store.js';
import { topicStore } from './topics/store.js';

const STORES = {
  topic: topicStore,
  actor: actorStore,
  source: sourceStore,
  initiative: initiativeStore,
  action_plan: planStore,
  action_item: itemStore,
  event: eventStore,
  proposal: proposalStore,
} as Record<Recorded, Pick<ResourceStore<object>, 'save'>>;

/** In an order in which each can be emptied. */
const EMPTY = [
  'delete from proposals',
  'delete from event_counts',
  'delete from event_days',
  'delete from event_postings',
  'delete from event_cards',
  'delete from resource_cards',
  'delete from event_relations',
  'delete from events',
  'delete from action_item_topics',
  'delete from action_items',
  'delete from action_plans',
  'delete from initiatives',
  'delete from sources',
  'update actors set affiliation_id = null',
  'delete from actors',
  'update topics set broader_id = null',
  'delete from topics',
];

/** How many revisions are read at once. */
const CHUNK = 1000;

interface RevisionRow {
  seq: string;
  entity: Recorded;
  entity_id: string;
  version: number;
  operation: string;
  recorded_at: Date;
  created_at: Date;
  state: object;
}

const READ = `
  select r.seq, r.entity, r.entity_id, r.version, r.operation, r.recorded_at, r.state,
    (select f.recorded_at from revisions f where f.entity_id = r.entity_id and f.version = 1) as created_at
  from revisions r where r.seq > $1::bigint order by r.seq limit ${CHUNK}`;

/** What one write wrote of one kind, and the number of the last change before that write. */
interface Group {
  before: number;
  rows: RevisionRow[];
  ids: Set<string>;
}

type Progress = (done: number, all: number) => void;

const AUTHORSHIP = { author_id: null, author_name: 'rebuild', statement_timeout_ms: 0 };

/**
 * @param progress told how many revisions are done, of how many
 * @returns how many there are
 */
export const rebuild = (database: Pick<Database, 'pool' | 'state'>, progress?: Progress): Promise<number> =>
  write(database, AUTHORSHIP, (running) => rebuildWithin(running, progress));

/** The same within a write that does more. */
export async function rebuildWithin(running: Write, progress: Progress = () => {}): Promise<number> {
  for (const statement of EMPTY) await running.tx.query(statement);
  const { rows } = await running.tx.query<{ all: number }>('select count(*)::int as all from revisions');
  const { all } = rows[0]!;
  let done = 0;
  for await (const group of readGroups(running)) {
    await replay(running, group);
    done += group.rows.length;
    progress(done, all);
  }
  return all;
}

/** All that one write wrote of one kind, one after another. No two writes bear one instant. */
async function* readGroups({ tx }: Write): AsyncGenerator<Group> {
  let group: Group = { before: 0, rows: [], ids: new Set() };
  for (let last = 0; ; ) {
    const { rows } = await tx.query<RevisionRow>(prepared(READ, [last]));
    for (const row of rows) {
      const [first] = group.rows;
      const isOfSameWrite = first?.recorded_at.getTime() === row.recorded_at.getTime();
      if (first !== undefined && !(isOfSameWrite && first.entity === row.entity && !group.ids.has(row.entity_id))) {
        yield group;
        group = { before: isOfSameWrite ? group.before : last, rows: [], ids: new Set() };
      }
      group.rows.push(row);
      group.ids.add(row.entity_id);
      last = Number(row.seq);
    }
    if (rows.length < CHUNK) break;
  }
  if (group.rows.length > 0) yield group;
}

async function replay({ tx, authorship }: Write, { before, rows }: Group): Promise<void> {
  const [{ entity, recorded_at }] = rows as [RevisionRow];
  const then: Write = { tx, now: recorded_at, since: before + 1, authorship, isReplay: true };
  const saved = rows.map(
    ({ entity_id, version, operation, created_at, state }): Row<object> => ({
      id: entity_id,
      version,
      created_at,
      updated_at: recorded_at,
      deleted_at: ENDINGS.includes(operation) ? recorded_at : null,
      is_new: version === 1,
      document: state,
    }),
  );
  await STORES[entity].save(then, saved);
  // What is proposed is answered from its revision.
  if (entity === 'proposal') return;
  const ids = saved.map(({ id }) => id);
  await refreshCards(
    then,
    entity,
    ids,
    saved.every(({ is_new }) => is_new),
  );
}

const LACKS_CARDS = `
  select exists (select from revisions where entity = 'event') and not exists (select from event_cards)
    or exists (select from revisions where entity not in ('event', 'proposal')) and not exists (select from resource_cards) as lacks_cards`;

/**
 * Makes everything again where there are revisions and no cards: a migration that changes what cards hold deletes them.
 * Of processes that start together one does it, and the others wait for it.
 * @returns how many revisions were written down again; null where the cards are there
 */
export async function ensureCards(database: Pick<Database, 'pool' | 'state'>, progress?: Progress): Promise<number | null> {
  const lacksCards = async (on: Pick<Write['tx'], 'query'>) => (await on.query<{ lacks_cards: boolean }>(LACKS_CARDS)).rows[0]!.lacks_cards;
  if (!(await lacksCards(database.pool))) return null;
  return write(database, AUTHORSHIP, async (running) => ((await lacksCards(running.tx)) ? rebuildWithin(running, progress) : null));
}
