// What the answer of one event follows from: itself and all that it shows of others.
import { EVENTS, surrogateKey } from '../contract/surrogate-keys.js';

interface Shown {
  slug: string;
  actors: { slug: string }[];
  topics: { slug: string }[];
  initiatives: { slug: string }[];
  action_items: { plan: string; item: number }[];
  sources: { id: string }[];
  related: { event: string }[];
}

/** @param body finished JSON of an event. @returns surrogate keys */
export function followsOf(body: string): string[] {
  const { slug, actors, topics, initiatives, action_items, sources, related } = JSON.parse(body) as Shown;
  return [
    EVENTS,
    surrogateKey('event', slug),
    ...actors.map((one) => surrogateKey('actor', one.slug)),
    ...topics.map((one) => surrogateKey('topic', one.slug)),
    ...initiatives.map((one) => surrogateKey('initiative', one.slug)),
    ...action_items.flatMap(({ plan, item }) => [surrogateKey('action_plan', plan), surrogateKey('action_item', `${plan}/${item}`)]),
    ...sources.map((one) => surrogateKey('source', one.id)),
    ...related.map(({ event }) => surrogateKey('event', event)),
  ];
}
