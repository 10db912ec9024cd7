// Finds events that may be the same development as one that is described: by what it cites, by its title within a week of
// its date, and by who takes part. What a reader may not see is neither listed nor counted.
import { z } from 'zod';
import { DATE_HELP, parseDate } from '../contract/date.js';
import { isId, slug } from '../contract/ids.js';
import { limitUpTo, listOf, several } from '../contract/page.js';
import { type SimilarEvent, similarEvent } from '../contract/similar.js';
import { line } from '../contract/text.js';
import type { Database } from '../database/connect.js';
import { FOREVER, prepared, type Statement, Values } from '../database/statement.js';
import type { Transaction } from '../database/write.js';
import { urlKey } from '../sources/urls.js';
import { isLikely, isShown, type Likeness, reasonsOf, scoreOf } from './likeness.js';
import { EVENT_TYPE_NAMES } from './types/index.js';

export const similarList = listOf(similarEvent, 'SimilarEventList');

export interface Described {
  title?: string | undefined;
  /** EDTF. */
  date?: string | undefined;
  type?: string | undefined;
  /** By url in whatever form, slug or id; one that does not exist is cited by nothing. */
  sources?: string[] | undefined;
  /** By slug. */
  actors?: string[] | undefined;
  /** The id of an event that is not meant. */
  except?: string | undefined;
}

export const MOST_SIMILAR = 50;
export const DEFAULT_SIMILAR = 10;

/** How far from the dates that are asked for others are looked at, in days: what is told later is dated a little off. */
const WINDOW = 7;
/** Up to how many days it is shorter to look at every title of the time than for those that are alike, of all times. */
const SHORT = 60;
/** How many events that cite a source are looked at: one that backs more tells nothing. */
const CITING = 50;
/** How many candidates are weighed. */
const WEIGHED = 60;
/** Titles less alike are no candidates by that alone; pg_trgm's own threshold for %. */
const ALIKE = 0.3;

const DAY_MS = 86_400_000;

interface Window {
  from: string;
  to: string;
  isShort: boolean;
}

interface Row {
  id: string;
  slug: string;
  title: string;
  type: string;
  date: string;
  state: string;
  similarity: number | null;
  days: number | null;
  sources: Likeness['sources'] | null;
  actors: string[];
  participants: number;
}

export type FindSimilar = ReturnType<typeof createFindSimilar>;

/** One statement. */
export function createFindSimilar({ reads }: Pick<Database, 'reads'>) {
  /**
   * @param seesHidden whether the reader bears a key, and so sees what is not published; deleted events nobody is told of
   * @param tx where it is asked within a write
   * @returns the likeliest first, each with a score from 0 to 1 and why
   */
  return async function findSimilar(
    described: Described,
    seesHidden: boolean,
    { limit = DEFAULT_SIMILAR, tx = reads }: { limit?: number | undefined; tx?: Transaction } = {},
  ): Promise<SimilarEvent[]> {
    const statement = similarStatement(described, seesHidden);
    if (statement === null) return [];
    const { rows } = await tx.query<Row>(statement);
    return rows
      .map((row) => candidateOf(row, described))
      .filter(isShown)
      .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
      .slice(0, limit);
  };
}

function candidateOf({ similarity, days, sources, actors, participants, ...event }: Row, described: Described): SimilarEvent {
  const named = new Set(described.actors).size;
  const likeness: Likeness = {
    similarity,
    days,
    sources: sources ?? [],
    actors,
    either: named + participants - actors.length,
    bothName: named > 0 && participants > 0,
    otherType: described.type === undefined || described.type === event.type ? null : event.type,
  };
  const score = scoreOf(likeness);
  return { ...event, score, likely: isLikely({ score }), reasons: reasonsOf(likeness) };
}

/** The days around a date that are looked at; null for all of them. */
function windowOf(date: string | undefined): (Window & { first: string; last: string }) | null {
  const span = date === undefined ? null : parseDate(date);
  if (span === null) return null;
  const [first, last] = [span.start_date ?? '-infinity', span.end_date ?? 'infinity'];
  const from = shifted(span.start_date, -WINDOW) ?? '-infinity';
  const to = shifted(span.end_date, WINDOW) ?? 'infinity';
  const isShort = span.start_date !== null && span.end_date !== null && daysBetween(span.start_date, span.end_date) <= SHORT;
  return { first, last, from, to, isShort };
}

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / DAY_MS;

/** Null for what lies outside of four-digit years. */
function shifted(day: string | null, days: number): string | null {
  if (day === null) return null;
  const text = new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
  return /^\d{4}-/.test(text) && !text.startsWith('0000') ? text : null;
}

/**
 * Candidates are found by index and then weighed: what cites the same by event_citations_source_id_idx; titles of a short
 * time by event_cards_timeline_idx, and by event_cards_spans_idx what began before it; titles of a long one, or of any, by
 * event_cards_like_idx. @returns null where nothing is asked
 */
export function similarStatement({ title, date, sources = [], actors = [], except }: Described, seesHidden: boolean): Statement | null {
  const values = new Values();
  const window = windowOf(date);
  const wanted = title === undefined ? null : values.add(title, 'text');
  const named = values.add(actors, 'text[]');
  const keys = values.add(
    actors.map((actor) => `actor:${actor}`),
    'text[]',
  );
  const days = window && [window.first, window.last].map((day) => values.add(day, 'date'));
  const shown = (row: string) =>
    `${row}.known_to = ${FOREVER} and ${seesHidden ? `${row}.state <> 'deleted'` : `${row}.state = 'published'`}`;
  const found = [
    ...(sources.length === 0 ? [] : ['select event_id from cited']),
    ...titledSql({ wanted, named: actors.length === 0 ? null : keys, window, seesHidden }, values),
  ];
  if (found.length === 0) return null;
  const similarity =
    wanted === null ? 'null::float8' : `case when lower(c.title) = lower(${wanted}) then 1 else similarity(c.title, ${wanted}) end::float8`;
  const gap =
    days === null
      ? 'null::int'
      : `case when c.start_date > ${days[1]} then c.start_date - ${days[1]} when c.end_date < ${days[0]} then ${days[0]} - c.end_date else 0 end`;
  const text = `
    with ${citedSql(sources, values, shown)},
    found as materialized (
      select c.event_id, c.title, c.type, c.state, ${similarity} as similarity, ${gap} as days,
        (select count(*)::int from cited x where x.event_id = c.event_id) as shared
      from (select distinct event_id from (${found.join(' union all ')}) u) i cross join ${cardOf('i')} c
      where ${shown('c')} and c.event_id is distinct from ${values.add(except ?? null, 'uuid')}
      order by shared desc, similarity desc nulls last, c.keys && ${keys} desc, days, c.event_id
      limit ${WEIGHED}
    )
    select e.id, e.slug, f.title, f.type, e.date, f.state, f.similarity, f.days,
      (select json_agg(json_build_object('id', s.id, 'url', s.url, 'title', s.title, 'cited_by', x.cited_by) order by x.cited_by, s.id)
        from cited x join sources s on s.id = x.source_id where x.event_id = f.event_id) as sources,
      array(select distinct a.slug from event_actors l join actors a on a.id = l.actor_id where l.event_id = f.event_id and a.slug = any(${named}) order by 1) as actors,
      (select count(distinct l.actor_id)::int from event_actors l where l.event_id = f.event_id) as participants
    from found f join events e on e.id = f.event_id`;
  return prepared(text, values.all);
}

/**
 * The cards of an event, by its id whatever the statistics say: after an import they take an index by title, which has the id
 * behind, for so small that all of it is read for each event.
 */
const cardOf = (row: string): string => `lateral (select * from event_cards x where x.event_id = ${row}.event_id offset 0)`;

/** What cites one of the sources, and how many events cite that. */
function citedSql(sources: string[], values: Values, shown: (row: string) => string): string {
  const urls = sources.filter((one) => /^https?:\/\//i.test(one) && URL.canParse(one)).map(urlKey);
  const asked = `
      select id from sources where deleted_at is null
        and (url_key = any(${values.add(urls, 'text[]')}) or slug = any(${values.add(sources, 'text[]')}) or id = any(${values.add(sources.filter(isId), 'uuid[]')}))`;
  return `cited as materialized (
      select distinct s.id as source_id, l.event_id, l.cited_by
      from (${asked}) s cross join lateral (
        select x.event_id, count(*) over ()::int as cited_by from (
          select l.event_id from event_citations l cross join ${cardOf('l')} c
          where l.source_id = s.id and ${shown('c')} group by l.event_id limit ${CITING}
        ) x
      ) l
    )`;
}

interface Titled {
  wanted: string | null;
  /** The keys of who takes part; null for nobody. */
  named: string | null;
  window: Window | null;
  seesHidden: boolean;
}

/** Selects of events by title and by who takes part. The days are values of the statement only where they are looked at. */
function titledSql({ wanted, named, window, seesHidden }: Titled, values: Values): string[] {
  const present = `c.known_to = ${FOREVER}`;
  const days = (asked: Window) => [asked.from, asked.to].map((day) => values.add(day, 'date'));
  if (!window?.isShort) {
    if (wanted === null) return [];
    const state = seesHidden ? '' : `and c.state = 'published'`;
    const like = `select c.event_id from event_cards c where ${present} and c.title % ${wanted} ${state}`;
    if (window === null) return [like];
    const [from, to] = days(window);
    return [`${like} and c.start_date <= ${to} and c.end_date >= ${from}`];
  }
  const alike = [
    ...(wanted === null ? [] : [`similarity(c.title, ${wanted}) >= ${ALIKE}`]),
    ...(named === null ? [] : [`c.keys && ${named}`]),
  ];
  if (alike.length === 0) return [];
  const [from, to] = days(window);
  const of = (state: string, when: string) =>
    `select c.event_id from event_cards c where ${present} and ${state} and ${when} and (${alike.join(' or ')})`;
  const began = `c.start_date between ${from} and ${to}`;
  const reaching = `c.end_date > c.start_date and daterange(c.start_date, c.end_date, '[]') && daterange(${from}, ${to}, '[]')`;
  return [
    of(`c.state = 'published'`, began),
    of(`c.state = 'published'`, `${reaching} and c.start_date < ${from}`),
    ...(seesHidden ? [of(`c.state <> 'published'`, `c.start_date <= ${to} and c.end_date >= ${from}`)] : []),
  ];
}

const SEVERAL = 'Several: repeated, since urls have commas.';

export const similarQuery = z
  .strictObject({
    title: line().optional().meta({ description: 'The title that it has or would have.' }),
    date: z
      .string()
      .refine((value) => parseDate(value) !== null, { error: `date is no date: ${DATE_HELP}.` })
      .optional()
      .meta({ description: `Its date, as EDTF; others are looked at up to ${WINDOW} days from it. Left out, those of any time.` }),
    type: z.enum(EVENT_TYPE_NAMES).optional().meta({ description: 'Its type; an event of another type is less likely the same.' }),
    source: z
      .union([z.string(), z.array(z.string())])
      .transform((value) => [...new Set([value].flat())])
      .pipe(z.array(z.string().min(1).max(2000)).min(1).max(20, { error: 'source takes at most 20 values.' }))
      .optional()
      .meta({ description: `What it cites, by url in whatever form, slug or id. ${SEVERAL}` }),
    actor: several('actor', slug, 'Who takes part, by slug; with a date.'),
    limit: limitUpTo(MOST_SIMILAR, DEFAULT_SIMILAR),
  })
  .superRefine(({ title, source, actor, date }, context) => {
    if (title !== undefined || source !== undefined || (actor !== undefined && date !== undefined)) return;
    const message = 'Send a title, a source, or an actor together with a date; by less nothing can be told to be alike.';
    context.addIssue({ code: 'custom', path: ['title'], message });
  });
export type SimilarQuery = z.output<typeof similarQuery>;
