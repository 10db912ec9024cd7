// Actors in the database.
import { Prisma } from '../database/client/client.js';
import {
  counted,
  instantOf,
  type ListedStore,
  listIds,
  locateBySlug,
  References,
  readBodies,
  type SortColumns,
  saveRows,
  stampsOf,
} from '../resources/store.js';
import type { ActorDocument, ActorQuery } from './schema.js';

const SORT: SortColumns = { name: 'text', created_at: 'timestamptz', updated_at: 'timestamptz' };

const ANSWERS = `
  select a.id, a.version, row_to_json(a)::text as body
  from (
    select a.id, a.slug, a.kind, a.name, a.native_name, a.aliases, a.country_code, p.slug as affiliation, a.office, a.wikidata_id, a.version,
      ${instantOf('a.created_at')} as created_at, ${instantOf('a.updated_at')} as updated_at
    from actors a left join actors p on p.id = a.affiliation_id
    where a.id = any($1::uuid[])
  ) a`;

export const actorStore: ListedStore<ActorDocument, ActorQuery> = {
  locate: (tx, keys) => locateBySlug(tx, 'actors', keys),

  async save({ tx }, rows) {
    const references = new References(tx);
    const ids = new Map(rows.map((row) => [row.document.slug, row.id]));
    const known = await references.resolve(
      'actors',
      'actor',
      rows.flatMap(({ document: { affiliation } }, row) =>
        affiliation === null || ids.has(affiliation) ? [] : [{ row, slug: affiliation, pointer: '/affiliation' }],
      ),
    );
    for (const [row, { document }] of rows.entries()) {
      if (document.affiliation === document.slug)
        references.reject(row, '/affiliation', 'An actor cannot be affiliated with itself; name another one, or null.');
    }
    references.check();
    const data = rows.map((row) => {
      const { affiliation, ...columns } = row.document;
      return {
        ...stampsOf(row),
        ...columns,
        affiliation_id: affiliation === null ? null : (ids.get(affiliation) ?? known.get(affiliation)!),
      };
    });
    await saveRows(
      rows,
      data,
      (data) => tx.actor.createMany({ data }),
      (id, data) => tx.actor.update({ where: { id }, data }),
    );
  },

  async uses(tx, id) {
    const [counts] = await tx.$queryRaw<{ events: number; initiatives: number; plans: number; affiliates: number }[]>`
      select (select count(distinct e.id)::int from event_actors l join events e on e.id = l.event_id and e.deleted_at is null where l.actor_id = ${id}::uuid) as events,
        (select count(*)::int from initiative_leads l join initiatives i on i.id = l.initiative_id and i.deleted_at is null where l.actor_id = ${id}::uuid) as initiatives,
        (select count(*)::int from action_plans where issuer_id = ${id}::uuid and deleted_at is null) as plans,
        (select count(*)::int from actors where affiliation_id = ${id}::uuid and deleted_at is null) as affiliates`;
    const { events, initiatives, plans, affiliates } = counts!;
    return [
      ...counted(events, 'event'),
      ...counted(initiatives, 'initiative'),
      ...counted(plans, 'action plan'),
      ...counted(affiliates, 'affiliated actor'),
    ];
  },

  answers: (tx, ids) => readBodies(tx, ANSWERS, ids),

  async list(tx, { kind, country, affiliation, ...query }) {
    const conditions = [
      ...(kind === undefined ? [] : [Prisma.sql`e.kind = any(${kind}::text[])`]),
      ...(country === undefined ? [] : [Prisma.sql`e.country_code = any(${country}::text[])`]),
      ...(affiliation === undefined ? [] : [Prisma.sql`e.affiliation_id = (select id from actors where slug = ${affiliation})`]),
    ];
    return listIds(tx, 'actors', SORT, conditions, query, { kind, country, affiliation });
  },
};
