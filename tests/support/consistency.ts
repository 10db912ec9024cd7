// Whether what a database holds agrees with itself: nothing half-written, and what is derived as the revisions say.
import type { Database } from '../../src/database/connect.js';
import { bePatient } from '../../src/database/patience.js';
import { rebuild } from '../../src/rebuild.js';

const FOREVER = '9223372036854775807';

const TABLES: Record<string, string> = {
  topic: 'topics',
  actor: 'actors',
  source: 'sources',
  initiative: 'initiatives',
  action_plan: 'action_plans',
  action_item: 'action_items',
  event: 'events',
};

/** Tables with a row for each that is recorded; what is proposed is answered from its revision, and has no card. */
const RECORDED = { ...TABLES, proposal: 'proposals' };

/** Members of an event's document, and the tables of their links. */
const LINKS: Record<string, string> = {
  actors: 'event_actors',
  topics: 'event_topics',
  initiatives: 'event_initiatives',
  action_items: 'event_action_items',
  sources: 'event_citations',
  related: 'event_relations',
};

/** Each asks for what is wrong: nothing where all is well. */
const CHECKS: Record<string, string> = {
  ...Object.fromEntries(
    Object.entries(RECORDED).flatMap(([entity, table]) => [
      [
        `${table} without the revision in force`,
        `select t.id from ${table} t where not exists (select from revisions r where r.entity = '${entity}' and r.entity_id = t.id and r.version = t.version and r.superseded_seq is null)`,
      ],
      [
        `revisions without a row in ${table}`,
        `select r.entity_id from revisions r where r.entity = '${entity}' and not exists (select from ${table} t where t.id = r.entity_id)`,
      ],
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(LINKS).map(([member, table]) => [
      `events with other ${member} than their revision`,
      `select e.id from events e join revisions r on r.entity_id = e.id and r.superseded_seq is null
       where coalesce(jsonb_array_length(r.state -> '${member}'), 0) <> (select count(*) from ${table} l where l.event_id = e.id)`,
    ]),
  ),
  'versions that are missing': `select entity_id from revisions group by entity_id having count(*) <> max(version) or min(version) <> 1`,
  'entities with several versions in force': `select entity_id from revisions where superseded_seq is null group by entity_id having count(*) > 1`,
  'versions that were not superseded by the next':
    'select r.seq from revisions r join revisions n on n.entity_id = r.entity_id and n.version = r.version + 1 where r.superseded_seq is null or r.superseded_seq > n.seq or r.superseded_at <> n.recorded_at',
  'events without one card in force': `select e.id from events e where (select count(*) from event_cards c where c.event_id = e.id and c.known_to = ${FOREVER} and c.version = e.version) <> 1`,
  'cards of others without one in force': Object.entries(TABLES)
    .filter(([entity]) => entity !== 'event')
    .map(
      ([entity, table]) =>
        `select t.id from ${table} t where t.deleted_at is null and (select count(*) from resource_cards c where c.entity = '${entity}' and c.id = t.id and c.known_to = ${FOREVER} and c.version = t.version) <> 1`,
    )
    .join(' union all '),
  'keys of published cards without a posting': `select c.event_id from event_cards c cross join unnest(c.keys) k(key) where c.state = 'published' and c.known_to = ${FOREVER} and k.key not like 'year:%'
      and not exists (select from event_postings p where p.event_id = c.event_id and p.key = k.key and p.known_to = ${FOREVER})`,
  'postings without a published card': `select p.event_id from event_postings p where p.known_to = ${FOREVER} and not exists
      (select from event_cards c where c.event_id = p.event_id and c.known_to = ${FOREVER} and c.state = 'published' and p.key = any(c.keys))`,
  'keys counted wrongly': `select key from event_counts full join (select k.key, count(*) as n from event_cards c cross join unnest(c.keys) k(key)
      where c.state = 'published' and c.known_to = ${FOREVER} group by k.key) counted using (key) where coalesce(count, 0) <> coalesce(n, 0)`,
  'days counted wrongly': `select day from event_days full join (
      select case when isfinite(c.start_date) then c.start_date else c.end_date end as day, c.type, c.precision_rank, count(*) as n from event_cards c
      where c.state = 'published' and c.known_to = ${FOREVER} group by 1, 2, 3) counted using (day, type, precision_rank)
    where coalesce(count, 0) <> coalesce(n, 0)`,
};

/** Looks at everything, however long a busy machine takes for it. @returns what is wrong, in words; nothing where all is well */
export async function findFaults({ pool }: Pick<Database, 'pool'>): Promise<string[]> {
  const client = await pool.connect();
  try {
    bePatient(client, 0);
    await client.query('begin read only; set local statement_timeout = 0');
    const faults: string[] = [];
    for (const [name, text] of Object.entries(CHECKS)) {
      const { rowCount } = await client.query(text);
      if (rowCount !== 0) faults.push(`${rowCount} ${name}`);
    }
    return faults;
  } finally {
    await client.query('rollback');
    client.release();
  }
}

/**
 * All tables row by row, as text, by name.
 * @param without a column to leave out
 */
export async function dumpTables({ pool }: Pick<Database, 'pool'>, without = ''): Promise<Record<string, string[]>> {
  const { rows } = await pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_name <> '_prisma_migrations' order by 1`,
  );
  const dump: Record<string, string[]> = {};
  for (const { name } of rows) {
    // A key that no event bears any more counts none, nor does a day of no event.
    const where = name === 'event_counts' || name === 'event_days' ? 'where count > 0' : '';
    const found = await pool.query<{ row: string }>(`select (to_jsonb(t) - '${without}')::text as row from ${name} t ${where}`);
    dump[name] = found.rows.map(({ row }) => row).sort();
  }
  return dump;
}

/** Where two dumps differ: the tables, with the first row of each that the other has not; none where they are alike. */
export function differences(before: Record<string, string[]>, after: Record<string, string[]>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    const [one = [], other = []] = [before[name], after[name]];
    if (one.join('\n') === other.join('\n')) return [];
    const lost = one.find((row) => !other.includes(row));
    const added = other.find((row) => !one.includes(row));
    return [`${name}: ${one.length} and ${other.length} rows; ${firstDifference(lost ?? '', added ?? '')}`];
  });
}

function firstDifference(one: string, other: string): string {
  const at = [...one].findIndex((sign, index) => sign !== other[index]);
  return `…${one.slice(Math.max(0, at - 60), at + 60)}… and …${other.slice(Math.max(0, at - 60), at + 60)}…`;
}

/** What changes when all that is derived is made again: nothing where all is well. */
export async function findDerivedWrongly(database: Database): Promise<string[]> {
  const before = await dumpTables(database);
  await rebuild(database);
  return differences(before, await dumpTables(database));
}
