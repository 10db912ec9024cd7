// What the filters of the timeline mean, said once more without SQL: reading every event and picking.
import { parseDate } from '../../src/contract/date.js';

export interface Event {
  slug: string;
  type: string;
  start_date: string | null;
  end_date: string | null;
  certainty: string;
  significance: number;
  place: { country_code: string | null } | null;
  actors: { slug: string; country_code: string | null }[];
  topics: { slug: string }[];
  initiatives: { slug: string }[];
  action_items: { plan: string; item: number }[];
}
export type Filters = Record<string, string[]>;

export const slugsOf = (named: { slug: string }[]): string[] => named.map(({ slug }) => slug);
export const countriesOf = ({ actors, place }: Event): (string | null)[] => [place, ...actors].map((one) => one?.country_code ?? null);

/** What each filter asks of an event. */
const HOLDS: Record<string, (event: Event, values: string[], filters: Filters) => boolean> = {
  // An interval that is open at an end asks for nothing there.
  from: (event, [from]) => (event.end_date ?? '9999-99') >= (parseDate(from!)!.start_date ?? ''),
  to: (event, [to]) => (event.start_date ?? '0000') <= (parseDate(to!)!.end_date ?? '9999-99'),
  type: (event, types) => types.includes(event.type),
  exclude_type: (event, types) => !types.includes(event.type),
  actor: (event, slugs) => event.actors.some(({ slug }) => slugs.includes(slug)),
  country: (event, codes) => countriesOf(event).some((code) => code !== null && codes.includes(code)),
  topic: (event, slugs) => event.topics.some(({ slug }) => slugs.includes(slug)),
  exclude_topic: (event, slugs) => !event.topics.some(({ slug }) => slugs.includes(slug)),
  initiative: (event, slugs) => event.initiatives.some(({ slug }) => slugs.includes(slug)),
  plan: (event, plans, { item }) =>
    event.action_items.some((link) => plans.includes(link.plan) && (item?.includes(String(link.item)) ?? true)),
  item: () => true,
  certainty: (event, values) => values.includes(event.certainty),
  min_significance: (event, [least]) => event.significance >= Number(least),
};

export const meets =
  (filters: Filters) =>
  (event: Event): boolean =>
    Object.entries(filters).every(([name, values]) => HOLDS[name]!(event, values, filters));
