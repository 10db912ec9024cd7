// CSV for spreadsheets: one row for each event; lists are joined by "; ".
import { type Columns, csvTable, joined } from '../../contract/csv.js';
import { type About, addressOf, type Event, eventsOf, type Format } from './format.js';

const COLUMNS: Columns<Event, [About]> = {
  id: ({ id }) => id,
  slug: ({ slug }) => slug,
  address: addressOf,
  date: ({ date }) => date,
  start_date: ({ start_date }) => start_date,
  end_date: ({ end_date }) => end_date,
  date_precision: ({ date_precision }) => date_precision,
  type: ({ type }) => type,
  action: ({ action }) => action,
  title: ({ title }) => title,
  summary: ({ summary }) => summary,
  place_name: ({ place }) => place?.name ?? null,
  place_city: ({ place }) => place?.city ?? null,
  place_country_code: ({ place }) => place?.country_code ?? null,
  significance: ({ significance }) => significance,
  certainty: ({ certainty }) => certainty,
  actors: ({ actors }) => joined(actors.map(({ slug, role }) => `${slug} (${role})`)),
  actor_names: ({ actors }) => joined(actors.map(({ name }) => name)),
  actor_countries: ({ actors }) => joined(actors.map(({ country_code }) => country_code)),
  topics: ({ topics }) => joined(topics.map(({ slug }) => slug)),
  initiatives: ({ initiatives }) => joined(initiatives.map(({ slug }) => slug)),
  action_items: ({ action_items }) => joined(action_items.map(({ plan, item, effect }) => `${plan}/${item} (${effect})`)),
  related: ({ related }) => joined(related.map(({ event, relation }) => `${event} (${relation})`)),
  source_titles: ({ sources }) => joined(sources.map(({ title }) => title)),
  source_urls: ({ sources }) => joined(sources.map(({ url }) => url)),
  confidence: ({ confidence }) => confidence,
  caveat: ({ caveat }) => caveat,
  details: ({ details }) => (Object.keys(details).length === 0 ? null : JSON.stringify(details)),
  version: ({ version }) => version,
  updated_at: ({ updated_at }) => updated_at,
};

export const csv: Format = {
  suffix: 'csv',
  media_type: 'text/csv',
  parameters: '; charset=utf-8; header=present',
  name: 'CSV (RFC 4180)',
  is_feed: false,
  write: (entries, about) => csvTable(COLUMNS, eventsOf(entries), about),
};
