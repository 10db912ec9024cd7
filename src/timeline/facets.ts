// Counts over all that match: by type, topic, actor, country, initiative and year, in one statement.
import { conditionsOf } from './filters.js';
import { FACETS, type FacetName, type Facets, type TimelineFilters } from './schema.js';
import { type Statement, Values } from './values.js';

const MOST = 200;

/** The rows of each facet: value, name, count. */
const counted = (column: string, table: string): string => `
  select t.slug as value, t.name, x.count from (select unnest(${column}) as slug, count(*) from matched group by 1) x join ${table} t on t.slug = x.slug`;

const ROWS: Record<FacetName, string> = {
  type: 'select type as value, null::text as name, count(*) from matched group by type',
  topic: counted('topics', 'topics'),
  actor: counted('actors', 'actors'),
  country: 'select unnest(countries) as value, null::text as name, count(*) from matched group by 1',
  initiative: counted('initiatives', 'initiatives'),
  // Where a date begins; one whose beginning is open has no year.
  year: `select extract(year from start_date)::int::text as value, null::text as name, count(*) from matched where start_date > '-infinity' group by 1`,
};

export interface FacetRow {
  facet: FacetName;
  value: string;
  name: string | null;
  count: number;
}

export function facetsStatement(filters: TimelineFilters, wanted: FacetName[]): Statement {
  const values = new Values();
  const parts = wanted.map(
    (name) =>
      `(select '${name}' as facet, value, name, count::int from (${ROWS[name]}) f order by ${name === 'year' ? 'value' : 'count desc, value'} limit ${MOST})`,
  );
  return {
    text: `with matched as (
      select c.type, c.topics, c.actors, c.countries, c.initiatives, c.start_date from event_cards c where ${conditionsOf(filters, values).join(' and ')}
    ) ${parts.join(' union all ')}`,
    values: values.all,
  };
}

const COUNTRY = new Intl.DisplayNames(['en'], { type: 'region' });

export function toFacets(rows: FacetRow[], wanted: FacetName[]): Facets {
  const named = ({ facet, value, name, count }: FacetRow) => ({ value, name: facet === 'country' ? COUNTRY.of(value)! : name, count });
  return Object.fromEntries(
    FACETS.filter((name) => wanted.includes(name)).map((name) => [name, rows.filter(({ facet }) => facet === name).map(named)]),
  );
}
