// Initiatives in the database. The status follows from the latest published event that marks a step, unless one is set
// by hand.
import { Prisma } from '../database/client/client.js';
import {
  counted,
  instantOf,
  type ListedStore,
  listIds,
  listOfRows,
  locateBySlug,
  References,
  readBodies,
  type SortColumns,
  saveRows,
  stampsOf,
} from '../resources/store.js';
import type { InitiativeDocument, InitiativeQuery } from './schema.js';

const SORT: SortColumns = { name: 'text', created_at: 'timestamptz', updated_at: 'timestamptz' };

const ANSWERS = `
  select i.id, i.version, row_to_json(i)::text as body
  from (
    select i.id, i.slug, i.kind, i.name, i.summary,
      ${listOfRows(`
        select a.slug, a.name, a.kind, a.country_code
        from initiative_leads l join actors a on a.id = l.actor_id where l.initiative_id = i.id order by l.position`)} as lead_actors,
      coalesce(i.status, step.action) as status,
      case when i.status is null then step.date else i.status_since end as status_since,
      i.status_reason,
      case when i.status is not null then 'by_hand' when step.action is not null then 'events' end as status_origin,
      i.milestones, i.notes, i.version,
      ${instantOf('i.created_at')} as created_at, ${instantOf('i.updated_at')} as updated_at
    from initiatives i
    left join lateral (
      select e.action, e.date from event_initiatives l join events e on e.id = l.event_id
      where l.initiative_id = i.id and e.action is not null and e.state = 'published' and e.deleted_at is null
        and e.certainty <> 'scheduled'
      order by e.start_date desc nulls last, e.id desc limit 1
    ) step on true
    where i.id = any($1::uuid[])
  ) i`;

export const initiativeStore: ListedStore<InitiativeDocument, InitiativeQuery> = {
  locate: (tx, keys) => locateBySlug(tx, 'initiatives', keys),

  async save({ tx }, rows) {
    const references = new References(tx);
    const leads = rows.flatMap(({ document }, row) =>
      document.lead_actors.map((slug, position) => ({ row, slug, position, pointer: `/lead_actors/${position}` })),
    );
    for (const lead of leads)
      if (rows[lead.row]!.document.lead_actors.indexOf(lead.slug) < lead.position)
        references.reject(lead.row, lead.pointer, `The actor ${lead.slug} is there twice; name it once.`);
    const actors = await references.resolve('actors', 'actor', leads);
    references.check();
    const data = rows.map((row) => {
      const { lead_actors: _, ...columns } = row.document;
      return { ...stampsOf(row), ...columns };
    });
    await saveRows(
      rows,
      data,
      (data) => tx.initiative.createMany({ data }),
      (id, data) => tx.initiative.update({ where: { id }, data }),
    );
    await tx.initiativeLead.deleteMany({ where: { initiative_id: { in: rows.map((row) => row.id) } } });
    await tx.initiativeLead.createMany({
      data: leads.map(({ row, slug, position }) => ({ initiative_id: rows[row]!.id, position, actor_id: actors.get(slug)! })),
    });
  },

  async uses(tx, id) {
    const [counts] = await tx.$queryRaw<{ events: number }[]>`
      select count(*)::int as events from event_initiatives l join events e on e.id = l.event_id and e.deleted_at is null where l.initiative_id = ${id}::uuid`;
    return counted(counts!.events, 'event');
  },

  answers: (tx, ids) => readBodies(tx, ANSWERS, ids),

  async list(tx, { kind, lead_actor, ...query }) {
    const conditions = [
      ...(kind === undefined ? [] : [Prisma.sql`e.kind = any(${kind}::text[])`]),
      ...(lead_actor === undefined
        ? []
        : [
            Prisma.sql`exists (select 1 from initiative_leads l join actors a on a.id = l.actor_id where l.initiative_id = e.id and a.slug = ${lead_actor})`,
          ]),
    ];
    return listIds(tx, 'initiatives', SORT, conditions, query, { kind, lead_actor });
  },
};
