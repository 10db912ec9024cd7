// Counts over all that match: by type, topic, actor, country, initiative and year. Over everything they are kept; over a
// part they are counted by the keys of its cards.
import { conditionsOf, isUnfiltered } from './filters.js';
import { FACETS, type FacetName, type Facets, type TimelineFilters } from './schema.js';
import type { Values } from './values.js';

const MOST = 200;

/** Where the names of values stand, for people. */
const NAMES: Partial<Record<FacetName, string>> = { topic: 'topics', actor: 'actors', initiative: 'initiatives' };

export type FacetCounts = Partial<Record<FacetName, { value: string; name: string | null; count: number }[]>>;

/** @returns a select of one JSON object: the counts of each facet */
export function facetsSql(filters: TimelineFilters, wanted: FacetName[], values: Values): string {
  const counted = isUnfiltered(filters)
    ? 'select key, count from event_counts where count > 0'
    : `select k.key collate "C" as key, count(*)::int as count from event_cards c cross join lateral unnest(c.keys) k(key)
       where ${conditionsOf(filters, values).join(' and ')} group by 1`;
  return `with counted as ${isUnfiltered(filters) ? 'not ' : ''}materialized (${counted}) select json_build_object(${wanted.map(facetSql).join(', ')})`;
}

function facetSql(name: FacetName): string {
  const table = NAMES[name];
  const order = name === 'year' ? 'x.value' : 'x.count desc, x.value';
  return `'${name}', (
    select coalesce(json_agg(json_build_object('value', x.value, 'name', ${table === undefined ? 'null' : 't.name'}, 'count', x.count) order by ${order}), '[]')
    from (select substr(key, ${name.length + 2}) as value, count from counted x where key like '${name}:%'
      order by ${name === 'year' ? 'key' : 'count desc, key'} limit ${MOST}) x
    ${table === undefined ? '' : `left join ${table} t on t.slug = x.value`})`;
}

const COUNTRY = new Intl.DisplayNames(['en'], { type: 'region' });

/** In the order of the facets; countries are named here. */
export function toFacets(counts: FacetCounts): Facets {
  const countries = counts.country?.map((entry) => ({ ...entry, name: COUNTRY.of(entry.value)! }));
  return Object.fromEntries(
    FACETS.filter((name) => counts[name] !== undefined).map((name) => [name, name === 'country' ? countries : counts[name]]),
  );
}
