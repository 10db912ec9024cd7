// Reads where actors stand on an initiative: what their parts in its events tell, by the rules, one after another.
import { cutPage, decodeCursor } from '../contract/cursor.js';
import { lastDayOf, type MomentQuery } from '../contract/moment.js';
import { DEFAULT_LIMIT, type Listing } from '../contract/page.js';
import type { Database } from '../database/connect.js';
import type { Moments } from '../history/moments.js';
import { createReader, type KnowingRow } from '../resources/reading.js';
import { latestOf, type Part, POSITIONS, positionOf, TELLING_ROLES, type Told } from './rules.js';
import { type ActorPosition, HISTORY, KINDS, type Positions, type PositionsQuery } from './schema.js';
import { partsStatement } from './sql.js';

const RULE =
  'Each role in a published event of the initiative tells a position or none, and the later one holds, with two exceptions: a signature or ratification gives way to nothing but a ratification, a refusal or opposition; and who has answered is not undecided again by being invited, consulted or silent. Imprecise dates stand where the timeline has them.';

interface PartRow extends KnowingRow, Part {
  initiative: string;
  initiative_name: string;
  /** Null where nobody took part. */
  actor: string | null;
  name: string;
  kind: string;
  country_code: string | null;
  country_name: string | null;
  event_id: string;
  event: string;
  event_title: string;
  type: string;
  date: string;
  certainty: string;
  start_date: string | null;
  end_date: string | null;
  sources: Positions['data'][number]['sources'];
}

type ToldRow = PartRow & Told;

export type PositionsStore = ReturnType<typeof createPositionsStore>;

export function createPositionsStore(database: Pick<Database, 'reads'>, moments: Moments) {
  const readRows = createReader(database, moments);
  return {
    /**
     * @param initiative its id
     * @returns all positions by the name of the actor, how many hold each, and whose they are
     */
    async read(initiative: string, { valid_at, kind, position }: Omit<PositionsQuery, 'limit' | 'cursor'>, moment: MomentQuery) {
      const asked = { initiative, valid_to: lastDayOf(valid_at), roles: TELLING_ROLES, kinds: kind ?? KINDS };
      const { rows, seq, isFinal, meta } = await readRows<PartRow>(moment, (as_of) => partsStatement(asked, as_of));
      const all = positionsOf(rows);
      const about: Omit<Positions, 'data' | 'page'> = {
        initiative: { slug: rows[0]!.initiative, name: rows[0]!.initiative_name },
        counted: 'actors',
        by_position: POSITIONS.map((one) => ({ position: one, actors: all.filter((held) => held.position === one).length })),
        meta: { ...meta, rule: RULE },
      };
      return { all: position === undefined ? all : all.filter((held) => position.includes(held.position as never)), about, seq, isFinal };
    },
  };
}

function positionsOf(rows: PartRow[]): ActorPosition[] {
  const byActor = new Map<string, ToldRow[]>();
  for (const row of rows) {
    const position = row.actor === null ? null : positionOf(row);
    if (position === null) continue;
    const told = byActor.get(row.actor!) ?? [];
    // Who has two roles in one event by which the same is told, tells it once.
    if (!told.some((other) => other.event_id === row.event_id && other.position === position)) told.push({ ...row, position });
    byActor.set(row.actor!, told);
  }
  return [...byActor.values()].flatMap((told) => toPosition(told) ?? []).sort((one, other) => compare(keyOf(one), keyOf(other)));
}

function toPosition(told: ToldRow[]): ActorPosition | null {
  const found = latestOf(told);
  if (found === null) return null;
  const { latest, is_order_certain } = found;
  const { actor: slug, name, kind, country_code, country_name } = latest;
  return {
    actor: { slug: slug!, name, kind, country_code, country_name },
    ...toTold(latest),
    is_order_certain,
    history: told.slice(-HISTORY).map(toTold),
  };
}

function toTold({ position, date, certainty, role, response, event, event_title, type, action, sources }: ToldRow) {
  const cited = new Map(sources.map(({ title, publisher, url }) => [`${url} ${title}`, { title, publisher, url }]));
  return {
    position,
    date,
    certainty,
    role,
    response,
    event: { slug: event, title: event_title, type, action },
    sources: [...cited.values()],
  };
}

const keyOf = ({ actor }: ActorPosition): [string, string] => [actor.name, actor.slug];

/** By code points, so that the order is the same wherever it is made. */
const compare = (one: [string, string], other: [string, string]): number =>
  one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : one[1] < other[1] ? -1 : one[1] > other[1] ? 1 : 0;

const isText = (part: string | number) => typeof part === 'string';

/** A page of them. @param bound all that decides which they are */
export function pageOfPositions(
  all: ActorPosition[],
  { limit = DEFAULT_LIMIT, cursor: text }: Pick<PositionsQuery, 'limit' | 'cursor'>,
  bound: unknown,
): Listing<string> {
  const cursor = text === undefined ? null : decodeCursor(text, bound, [isText, isText]);
  const isBackwards = cursor?.towards === 'previous';
  const ordered = isBackwards ? all.toReversed() : all;
  const after =
    cursor === null ? ordered : ordered.filter((one) => compare(keyOf(one), cursor.key as [string, string]) * (isBackwards ? -1 : 1) > 0);
  const page = cutPage(after.slice(0, limit + 1), limit, cursor, keyOf, bound);
  return { data: page.rows.map((one) => JSON.stringify(one)), next: page.next, previous: page.previous, limit };
}
