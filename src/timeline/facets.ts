// Counts over all that match: by type, topic, actor, country, initiative and year. Over everything they are kept; over a
// part they are counted by the keys of its cards.
import { countryName } from '../contract/country.js';
import { type AsOf, knownSql, type Values } from '../database/statement.js';
import { conditionsOf, isUnfiltered } from './filters.js';
import { isLittleSince, turnedBackSql } from './kept.js';
import { FACETS, type FacetName, type Facets, type TimelineFilters } from './schema.js';

const MOST = 200;

/** Those whose values have names for people: what they are called on their cards. */
const NAMED: FacetName[] = ['topic', 'actor', 'initiative'];

export type FacetCounts = Partial<Record<FacetName, { value: string; name: string | null; count: number }[]>>;

/** How many cards are taken apart in the time in which an event is looked up as it was and as it is. */
const TAKEN_APART = 10;

/** @returns a select of one JSON object: the counts of each facet */
export function facetsSql(filters: TimelineFilters, wanted: FacetName[], as_of: AsOf, values: Values): string {
  const facets = `json_build_object(${wanted.map((name) => facetSql(name, as_of, values)).join(', ')})`;
  const counted = `select key, count(*)::int as count
    from (select unnest(c.keys) collate "C" as key from event_cards c where ${conditionsOf(filters, as_of, values).join(' and ')}`;
  if (!isUnfiltered(filters)) return `with counted as materialized (${counted}) k group by 1) select ${facets}`;
  if (as_of === null) return `with counted as not materialized (select key, count from event_counts where count > 0) select ${facets}`;
  return `with since as materialized (select ${isLittleSince(as_of, TAKEN_APART, values)} as is_little),
    counted as materialized (
      select key, sum(count)::int as count
      from (
        select key, count from event_counts where count > 0 and (select is_little from since)
        union all select unnest(t.keys) collate "C", t.turn from (${turnedBackSql(as_of, values)}) t where (select is_little from since)
      ) k
      group by 1 having sum(count) > 0
      union all ${counted} and not (select is_little from since)) k group by 1
    )
    select ${facets}`;
}

function facetSql(name: FacetName, as_of: AsOf, values: Values): string {
  const isNamed = NAMED.includes(name);
  const order = name === 'year' ? 'x.value' : 'x.count desc, x.value';
  return `'${name}', (
    select coalesce(json_agg(json_build_object('value', x.value, 'name', ${isNamed ? titleSql(name, as_of, values) : 'null'}, 'count', x.count) order by ${order}), '[]')
    from (select substr(key, ${name.length + 2}) as value, count from counted x where key like '${name}:%'
      order by ${name === 'year' ? 'key' : 'count desc, key'} limit ${MOST}) x)`;
}

/**
 * Looked up one by one: a join that takes the counts for fewer than they are reads all that have names for each of them. Keys
 * are compared as "C", slugs as the database does, and its index answers the latter alone.
 */
const titleSql = (name: FacetName, as_of: AsOf, values: Values): string =>
  `(select t.title from resource_cards t where t.entity = '${name}' and t.slug = x.value collate "default" and ${knownSql('t', as_of, values)})`;

/** In the order of the facets; countries are named here. */
export function toFacets(counts: FacetCounts): Facets {
  const countries = counts.country?.map((entry) => ({ ...entry, name: countryName(entry.value) }));
  return Object.fromEntries(
    FACETS.filter((name) => counts[name] !== undefined).map((name) => [name, name === 'country' ? countries : counts[name]]),
  );
}
