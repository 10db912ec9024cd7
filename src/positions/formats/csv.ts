// The positions on an initiative as a table: one row for each actor. Lists are joined by "; ".
import { type Cell, csvOf } from '../../contract/csv.js';
import type { ActorPosition } from '../schema.js';

/** The columns in their order. New ones are added at the end. */
const COLUMNS: Record<string, (position: ActorPosition) => Cell> = {
  actor: ({ actor }) => actor.slug,
  name: ({ actor }) => actor.name,
  kind: ({ actor }) => actor.kind,
  country_code: ({ actor }) => actor.country_code,
  country_name: ({ actor }) => actor.country_name,
  position: ({ position }) => position,
  date: ({ date }) => date,
  certainty: ({ certainty }) => certainty,
  role: ({ role }) => role,
  response: ({ response }) => response,
  event: ({ event }) => event.slug,
  event_title: ({ event }) => event.title,
  source_titles: ({ sources }) => sources.map(({ title }) => title).join('; '),
  source_urls: ({ sources }) => sources.flatMap(({ url }) => url ?? []).join('; '),
  order_certain: ({ is_order_certain }) => (is_order_certain ? 'yes' : 'no'),
  history: ({ history }) => history.map(({ date, position, event }) => `${date} ${position} (${event.slug})`).join('; '),
};

export const positionsCsv = (positions: ActorPosition[]): string =>
  csvOf(
    Object.keys(COLUMNS),
    positions.map((position) => Object.values(COLUMNS).map((cell) => cell(position))),
  );
