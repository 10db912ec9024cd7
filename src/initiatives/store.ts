// Initiatives in the database. The status follows from the latest published event that marks a step, unless one is set
// by hand.
import { PRECISION_RANK } from '../events/sql.js';
import { type CardMaker, type CardTable, cardColumns, listCards, resourceCards, sortedBy } from '../resources/cards.js';
import {
  counted,
  instantOf,
  type ListedStore,
  listOfRows,
  locateBySlug,
  References,
  removeLinks,
  saveRows,
  stampsOf,
} from '../resources/store.js';
import { initiativeOnDay } from './on-day.js';
import type { InitiativeDocument, InitiativeQuery } from './schema.js';
import { initiativeCourse } from './sql.js';

const CARDS: CardTable = { ...resourceCards('initiative', sortedBy('name')), beside: initiativeCourse, onDay: initiativeOnDay };

const LEADS = listOfRows(`
  select a.slug, a.name, a.kind, a.country_code, country_name(a.country_code) as country_name
  from initiative_leads l join actors a on a.id = l.actor_id where l.initiative_id = i.id order by l.position`);

const KEYS = `array(
  select 'kind:' || i.kind
  union select 'lead_actor:' || a.slug from initiative_leads l join actors a on a.id = l.actor_id where l.initiative_id = i.id order by 1)`;

export const initiativeCards: CardMaker = {
  entity: 'initiative',
  select: `
    select ${cardColumns('i', { slug: 'i.slug', title: 'i.name', keys: KEYS })}, row_to_json(x)::text as card
    from initiatives i
    left join lateral (
      select e.action, e.date from event_initiatives l join events e on e.id = l.event_id
      where l.initiative_id = i.id and e.action is not null and e.state = 'published' and e.deleted_at is null
        and e.certainty <> 'scheduled'
      order by e.start_date desc nulls last, ${PRECISION_RANK} desc, e.id desc limit 1
    ) step on true
    cross join lateral (
      select i.id, i.slug, i.kind, i.name, i.summary,
        ${LEADS} as lead_actors,
        coalesce(i.status, step.action) as status,
        case when i.status is null then step.date else i.status_since end as status_since,
        i.status_reason,
        case when i.status is not null then 'by_hand' when step.action is not null then 'events' end as status_origin,
        i.milestones, i.notes, i.version,
        ${instantOf('i.created_at')} as created_at, ${instantOf('i.updated_at')} as updated_at
    ) x
    where i.id = any($1::uuid[]) and i.deleted_at is null`,
};

export const initiativeStore: ListedStore<InitiativeDocument, InitiativeQuery> = {
  cards: CARDS,
  locate: (tx, keys, as_of) => locateBySlug(tx, 'initiatives', keys, as_of),

  async save({ tx }, rows) {
    const references = new References(tx);
    const leads = rows.flatMap(({ document }, row) =>
      document.lead_actors.map((slug, position) => ({ row, slug, position, pointer: `/lead_actors/${position}` })),
    );
    for (const lead of leads)
      if (rows[lead.row]!.document.lead_actors.indexOf(lead.slug) < lead.position)
        references.reject(lead.row, lead.pointer, `The actor ${lead.slug} is there twice; name it once.`);
    const { actors } = await references.resolve({ actors: { noun: 'actor', named: leads } });
    references.check();
    await removeLinks(tx, ['initiative_leads'], 'initiative_id', rows);
    await saveRows(tx, [
      {
        table: 'initiatives',
        key: 'id',
        rows: rows.map((row) => {
          const { lead_actors: _, ...columns } = row.document;
          return { ...stampsOf(row), ...columns };
        }),
      },
      {
        table: 'initiative_leads',
        rows: leads.map(({ row, slug, position }) => ({ initiative_id: rows[row]!.id, position, actor_id: actors.get(slug)! })),
      },
    ]);
  },

  async uses(tx, id) {
    const { rows } = await tx.query<{ events: number }>(
      'select count(*)::int as events from event_initiatives l join events e on e.id = l.event_id and e.deleted_at is null where l.initiative_id = $1',
      [id],
    );
    return counted(rows[0]!.events, 'event');
  },

  list(tx, { kind, lead_actor, ...query }, as_of) {
    const groups = [kind?.map((value) => `kind:${value}`), lead_actor === undefined ? undefined : [`lead_actor:${lead_actor}`]];
    return listCards(tx, CARDS, { groups }, query, as_of, { kind, lead_actor });
  },
};
