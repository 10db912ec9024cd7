// Actors in the database.
import { type CardMaker, type CardTable, cardColumns, listCards, resourceCards, sortedBy } from '../resources/cards.js';
import { counted, instantOf, type ListedStore, locateBySlug, References, saveRows, stampsOf } from '../resources/store.js';
import { type ActorDocument, type ActorQuery, CO_ACTORS } from './schema.js';
import { actorActivity } from './sql.js';

const CARDS: CardTable = {
  ...resourceCards('actor', sortedBy('name')),
  beside: (as_of, values) => actorActivity(CO_ACTORS, as_of, values),
};

const KEYS = `array(
  select 'kind:' || a.kind union select 'country:' || a.country_code where a.country_code is not null
  union select 'affiliation:' || p.slug where p.id is not null order by 1)`;

export const actorCards: CardMaker = {
  entity: 'actor',
  select: `
    select ${cardColumns('a', { slug: 'a.slug', title: 'a.name', keys: KEYS })}, row_to_json(x)::text as card
    from actors a left join actors p on p.id = a.affiliation_id
    cross join lateral (
      select a.id, a.slug, a.kind, a.name, a.native_name, a.aliases, a.country_code, country_name(a.country_code) as country_name, p.slug as affiliation, a.office, a.wikidata_id, a.version,
        ${instantOf('a.created_at')} as created_at, ${instantOf('a.updated_at')} as updated_at
    ) x
    where a.id = any($1::uuid[]) and a.deleted_at is null`,
};

export const actorStore: ListedStore<ActorDocument, ActorQuery> = {
  cards: CARDS,
  locate: (tx, keys, as_of) => locateBySlug(tx, 'actors', keys, as_of),

  async save({ tx }, rows) {
    const references = new References(tx);
    const ids = new Map(rows.map((row) => [row.document.slug, row.id]));
    const named = rows.flatMap(({ document: { affiliation } }, row) =>
      affiliation === null || ids.has(affiliation) ? [] : [{ row, slug: affiliation, pointer: '/affiliation' }],
    );
    const { actors } = await references.resolve({ actors: { noun: 'actor', named } });
    for (const [row, { document }] of rows.entries()) {
      if (document.affiliation === document.slug)
        references.reject(row, '/affiliation', 'An actor cannot be affiliated with itself; name another one, or null.');
    }
    references.check();
    const saved = rows.map((row) => {
      const { affiliation, ...columns } = row.document;
      return {
        ...stampsOf(row),
        ...columns,
        affiliation_id: affiliation === null ? null : (ids.get(affiliation) ?? actors.get(affiliation)!),
      };
    });
    await saveRows(tx, [{ table: 'actors', key: 'id', rows: saved }]);
  },

  async uses(tx, id) {
    const { rows } = await tx.query<{ events: number; initiatives: number; plans: number; affiliates: number }>(
      `select (select count(distinct e.id)::int from event_actors l join events e on e.id = l.event_id and e.deleted_at is null where l.actor_id = $1) as events,
        (select count(*)::int from initiative_leads l join initiatives i on i.id = l.initiative_id and i.deleted_at is null where l.actor_id = $1) as initiatives,
        (select count(*)::int from action_plans where issuer_id = $1 and deleted_at is null) as plans,
        (select count(*)::int from actors where affiliation_id = $1 and deleted_at is null) as affiliates`,
      [id],
    );
    const { events, initiatives, plans, affiliates } = rows[0]!;
    return [
      ...counted(events, 'event'),
      ...counted(initiatives, 'initiative'),
      ...counted(plans, 'action plan'),
      ...counted(affiliates, 'affiliated actor'),
    ];
  },

  list(tx, { kind, country, affiliation, ...query }, as_of) {
    const groups = [
      kind?.map((value) => `kind:${value}`),
      country?.map((value) => `country:${value}`),
      affiliation === undefined ? undefined : [`affiliation:${affiliation}`],
    ];
    return listCards(tx, CARDS, { groups }, query, as_of, { kind, country, affiliation });
  },
};
