// An event as it will be, for people to look at before it is sent.
import type { Document } from '../kinds.js';

type Entry = Record<string, unknown>;

const nameOf = (reference: unknown): string =>
  typeof reference === 'string' ? reference : `${(reference as Entry).name ?? (reference as Entry).title} (new)`;
const list = (entries: unknown, write: (entry: Entry) => string): string[] => ((entries ?? []) as Entry[]).map(write);

export function cardOf(event: Document): string {
  const { type, action, date, title, summary, place, significance = 3, certainty = 'confirmed', state = 'published', details } = event;
  const { name, city, country_code } = (place ?? {}) as Entry;
  const rows: [string, string[]][] = [
    ['', [[date, type, action].filter(Boolean).join('  ')]],
    ['', [String(title)]],
    ['', summary === undefined ? [] : [String(summary)]],
    ['place', place === undefined ? [] : [[name, city, country_code].filter(Boolean).join(', ')]],
    ['', [`significance ${significance}, ${certainty}, ${state}`]],
    ['actors', list(event.actors, ({ actor, role, response }) => `${nameOf(actor)}: ${[role, response].filter(Boolean).join(', ')}`)],
    ['topics', ((event.topics ?? []) as unknown[]).map(nameOf)],
    ['initiatives', ((event.initiatives ?? []) as unknown[]).map(nameOf)],
    ['action items', list(event.action_items, ({ plan, item, effect }) => `${effect} ${plan}/${item}`)],
    ['related', list(event.related, ({ event, relation }) => `${relation} ${event}`)],
    [
      'details',
      Object.entries((details ?? {}) as Entry).map(
        ([member, value]) => `${member}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
      ),
    ],
    [
      'sources',
      list(event.sources, ({ source }) => (typeof source === 'string' ? source : `${(source as Entry).title} <${(source as Entry).url}>`)),
    ],
  ];
  return rows
    .filter(([, lines]) => lines.length > 0)
    .map(([label, lines]) => lines.map((line, index) => `  ${(index === 0 ? label : '').padEnd(13)}${line}`).join('\n'))
    .join('\n');
}
