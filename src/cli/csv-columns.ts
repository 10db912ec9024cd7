// The columns of a table of events: how each is written, and what a cell of it means. Lists in a cell are parted by "|" or
// "; ", and what belongs to an entry stands behind it in parentheses, as in "china (speaker); brics (invitee: accepted)".
import type { Document } from './kinds.js';

export interface Column {
  /** Left out where it is only read. */
  write?(event: Document): string | number | undefined;
  /** Puts what a cell says into the document. @throws Error with a sentence where it cannot be read */
  read(cell: string, event: Document): void;
  /** What other tables call it. */
  also?: string[];
}

type Entry = Document & Record<string, string>;

const SEPARATOR = '; ';
const partsOf = (cell: string): string[] =>
  (cell.includes('|') ? cell.split('|') : cell.split(/;(?:\s+|$)/)).map((part) => part.trim()).filter((part) => part !== '');
const list = (entries: unknown, write: (entry: Entry) => string): string | undefined =>
  (entries as Entry[] | undefined)?.map(write).join(SEPARATOR);

const plain = (name: string, also: string[] = []): Column => ({
  write: (event) => event[name] as string | undefined,
  read: (cell, event) => {
    event[name] = cell;
  },
  also,
});

const number = (name: string, also: string[] = []): Column => ({
  write: (event) => event[name] as number | undefined,
  read: (cell, event) => {
    event[name] = /^-?\d+(\.\d+)?$/.test(cell) ? Number(cell) : cell;
  },
  also,
});

const inPlace = (name: string, also: string[]): Column => ({
  write: ({ place }) => (place as Entry | undefined)?.[name],
  read: (cell, event) => {
    event.place = { ...(event.place as object), [name]: cell };
  },
  also,
});

const slugs = (name: string, also: string[]): Column => ({
  write: (event) => (event[name] as string[] | undefined)?.join(SEPARATOR),
  read: (cell, event) => {
    event[name] = partsOf(cell);
  },
  also,
});

/** "slug (word)" or "slug (word: more)". */
const ENTRY = /^(.*?)(?:\s*\(([^():]+)(?::\s*([^()]+))?\))?$/;

function entriesOf(cell: string, read: (name: string, word: string | undefined, more: string | undefined) => Document): Document[] {
  return partsOf(cell).map((part) => {
    const [, name = part, word, more] = ENTRY.exec(part)!;
    return read(name.trim(), word?.trim(), more?.trim());
  });
}

const ITEM = /^(.+)\/(\d+)$/;

export const COLUMNS: Record<string, Column> = {
  slug: plain('slug'),
  date: plain('date', ['day', 'when', 'event_date', 'dated']),
  type: plain('type', ['kind', 'event_type', 'category']),
  action: plain('action', ['step']),
  title: plain('title', ['headline', 'name', 'event', 'subject', 'event_title']),
  summary: plain('summary', ['description', 'abstract', 'text', 'body', 'details_text', 'what_happened']),
  place_name: inPlace('name', ['venue', 'place', 'location']),
  place_city: inPlace('city', ['city', 'town']),
  place_country_code: inPlace('country_code', ['country_code', 'country', 'place_country']),
  significance: number('significance', ['importance', 'weight']),
  certainty: plain('certainty'),
  state: plain('state'),
  actors: {
    write: ({ actors }) =>
      list(actors, ({ actor, role, response }) => `${actor} (${role}${response === undefined ? '' : `: ${response}`})`),
    read: (cell, event) => {
      event.actors = entriesOf(cell, (actor, role = 'participant', response) => ({
        actor,
        role,
        ...(response !== undefined && { response }),
      }));
    },
    also: ['actor', 'who', 'participants', 'parties', 'countries'],
  },
  topics: slugs('topics', ['topic', 'tags', 'tag', 'keywords', 'keyword', 'subjects']),
  initiatives: slugs('initiatives', ['initiative', 'process']),
  action_items: {
    write: ({ action_items }) => list(action_items, ({ plan, item, effect }) => `${plan}/${item} (${effect})`),
    read: (cell, event) => {
      event.action_items = entriesOf(cell, (name, effect = 'mentions') => {
        const [, plan, item] = ITEM.exec(name) ?? [];
        if (plan === undefined) throw new Error(`An item is written as plan/number, such as the-plan/4 (advances); this is ${name}.`);
        return { plan, item: Number(item), effect };
      });
    },
    also: ['action_item', 'items'],
  },
  related: {
    write: ({ related }) => list(related, ({ event, relation }) => `${event} (${relation})`),
    read: (cell, event) => {
      event.related = entriesOf(cell, (name, relation) => {
        if (relation === undefined)
          throw new Error(`A relation is written as slug (relation), such as the-speech (responds_to); this is ${name}.`);
        return { event: name, relation };
      });
    },
    also: ['related_events'],
  },
  source_urls: {
    write: ({ sources }) =>
      (sources as Entry[] | undefined)
        ?.map(({ source }) => source)
        .filter((source, index, all) => all.indexOf(source) === index)
        .join(SEPARATOR),
    read: (cell, event) => {
      event.sources = partsOf(cell).map((source) => ({ source }));
    },
    also: ['sources', 'source', 'source_url', 'url', 'urls', 'link', 'links', 'reference', 'references'],
  },
  source_titles: {
    read: (cell, event) => {
      event.source_titles = partsOf(cell);
    },
    also: ['source_title', 'source_name'],
  },
  confidence: plain('confidence'),
  evidence: plain('evidence'),
  caveat: plain('caveat', ['caveats']),
  details: {
    write: ({ details }) => (details === undefined ? undefined : JSON.stringify(details)),
    read: (cell, event) => {
      try {
        event.details = JSON.parse(cell);
      } catch {
        throw new Error('details takes a JSON object.');
      }
    },
  },
};
