// The network of an actor, in one statement over the lists of events that actors take part in (event_postings) and the keys
// of their cards: no card is taken apart.
//
// Guarantee: published events alone, as of one state of the data. Index: event_postings_pkey, event_cards_pkey.
import { lastChange } from '../database/last-change.js';
import { type AsOf, knownSql, prepared, type Statement, Values } from '../database/statement.js';

const listed = (select: string): string => `(select coalesce(json_agg(x), '[]') from (${select}) x)`;

/** @param actor its id. @param nodes how many at each step. @param links how many in all */
export function networkStatement(asked: { actor: string; depth: number; nodes: number; links: number }, as_of: AsOf): Statement {
  const values = new Values();
  const known = (row: string) => knownSql(row, as_of, values);
  const nodes = values.add(asked.nodes, 'int');
  /** Whom those of `from` meet that are in none of `before`, with the number of events. */
  const met = (from: string, before: string[]) => `
    select k.key, count(distinct e.event_id)::int as events
    from ${from} f join event_postings p on p.key = f.key and ${known('p')}
    join event_cards e on e.event_id = p.event_id and e.state = 'published' and ${known('e')}
    cross join lateral unnest(e.keys) k(key)
    where k.key like 'actor:%' ${before.map((name) => `and k.key not in (select key from ${name})`).join(' ')}
    group by k.key`;
  const most = (from: string) => `select key from ${from} order by events desc, key limit ${nodes}`;
  const steps = [`first as materialized (${met('itself', ['itself'])}), near as materialized (${most('first')})`];
  if (asked.depth === 2) steps.push(`second as materialized (${met('near', ['itself', 'near'])}), far as materialized (${most('second')})`);
  const names = ['itself', 'near', 'far'].slice(0, asked.depth + 1);
  const text = `
    with itself as materialized (
      select 'actor:' || c.slug collate "C" as key from resource_cards c where c.id = ${values.add(asked.actor, 'uuid')} and ${known('c')}
    ), ${steps.join(', ')},
    node as materialized (${names.map((name, depth) => `select key, ${depth} as depth from ${name}`).join(' union all ')}),
    part as materialized (select p.key, p.event_id from node n join event_postings p on p.key = n.key and ${known('p')}),
    taking as (select key, count(*)::int as events from part group by key),
    link as materialized (
      select substr(one.key, 7) as source, substr(other.key, 7) as target, count(*)::int as weight
      from part one join part other on other.event_id = one.event_id and one.key < other.key group by one.key, other.key
    )
    select last.seq, last.recorded_at, (select substr(key, 7) from itself) as actor,
      ${listed(`select substr(n.key, 7) as slug, n.depth, coalesce(t.events, 0) as events, c.card from node n left join taking t on t.key = n.key
        join resource_cards c on c.entity = 'actor' and c.slug = substr(n.key, 7) and ${known('c')}
        order by n.depth, t.events desc, n.key`)} as nodes,
      ${asked.depth === 1 ? '1 + (select count(*)::int from first)' : '1 + (select count(*)::int from near) + (select count(*)::int from second)'} as nodes_total,
      ${listed(`select * from link order by weight desc, source, target limit ${values.add(asked.links, 'int')}`)} as links,
      (select count(*)::int from link) as links_total
    from ${lastChange(as_of, values)}`;
  return prepared(text, values.all);
}
