// The positions on an initiative as a table: one row for each actor. Lists are joined by "; ".
import { type Columns, csvOf, joined } from '../../contract/csv.js';
import type { ActorPosition } from '../schema.js';

const COLUMNS: Columns<ActorPosition> = {
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
  source_titles: ({ sources }) => joined(sources.map(({ title }) => title)),
  source_urls: ({ sources }) => joined(sources.map(({ url }) => url ?? null)),
  order_certain: ({ is_order_certain }) => (is_order_certain ? 'yes' : 'no'),
  history: ({ history }) => joined(history.map(({ date, position, event }) => `${date} ${position} (${event.slug})`)),
};

export const positionsCsv = (positions: ActorPosition[]): string =>
  csvOf(
    Object.keys(COLUMNS),
    positions.map((position) => Object.values(COLUMNS).map((cell) => cell(position))),
  );
