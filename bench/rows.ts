// A page of the timeline as most programs make it: the rows of the events, then those of what belongs to them, one
// statement for each kind, put together and written as JSON in Node.
import type pg from 'pg';

/** Of the events there is no index in the order of the timeline, so the order is taken from the cards: the kinder comparison. */
const EVENTS = `
  select e.* from (select event_id from event_cards where state = 'published' order by start_date, precision_rank, event_id limit 50) p
  join events e on e.id = p.event_id`;
const LINKED = {
  actors: `select l.event_id, a.slug, a.name, a.kind, a.country_code, l.role, l.response from event_actors l join actors a on a.id = l.actor_id
    where l.event_id = any($1::uuid[]) order by l.event_id, l.position`,
  topics: `select l.event_id, t.slug, t.name from event_topics l join topics t on t.id = l.topic_id where l.event_id = any($1::uuid[]) order by l.event_id, l.position`,
  initiatives: `select l.event_id, t.slug, t.name from event_initiatives l join initiatives t on t.id = l.initiative_id where l.event_id = any($1::uuid[]) order by l.event_id, l.position`,
  action_items: `select l.event_id, p.slug as plan, i.number as item, i.title, l.effect, l.note from event_action_items l
    join action_items i on i.id = l.action_item_id join action_plans p on p.id = i.action_plan_id where l.event_id = any($1::uuid[]) order by l.event_id, l.position`,
  sources: `select l.event_id, s.id, s.url, s.title, s.publisher, s.kind, s.language, s.published_on, l.claim, l.quote, l.stance from event_citations l
    join sources s on s.id = l.source_id where l.event_id = any($1::uuid[]) order by l.event_id, l.position`,
  related: `select l.event_id, r.slug as event, r.title, l.relation from event_relations l join events r on r.id = l.related_event_id
    where l.event_id = any($1::uuid[]) order by l.event_id, l.position`,
};

export async function readRowsPage(pool: pg.Pool): Promise<string> {
  const { rows: events } = await pool.query({ name: 'events', text: EVENTS });
  const ids = events.map(({ id }) => id);
  const linked = await Promise.all(
    Object.entries(LINKED).map(async ([name, text]) => {
      const byEvent = new Map<string, object[]>();
      for (const { event_id, ...row } of (await pool.query({ name, text, values: [ids] })).rows) {
        byEvent.set(event_id, [...(byEvent.get(event_id) ?? []), row]);
      }
      return [name, byEvent] as const;
    }),
  );
  return JSON.stringify({
    data: events.map((event) => ({
      ...event,
      ...Object.fromEntries(linked.map(([name, byEvent]) => [name, byEvent.get(event.id) ?? []])),
    })),
  });
}
