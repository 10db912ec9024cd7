// Reads documents from a server or a database, as they stood at one moment whatever is written meanwhile.
import { type Document, type Kind, kindOf } from '../kinds.js';
import { type Client, mustAsk } from '../target/client.js';
import { afterTheirNeeds, byKey, sortedWithin } from './order.js';
import { writeFormOf } from './write-form.js';

interface Page {
  data: Document[];
  page: { next: string | null; total?: number };
}

/** Parameters of the timeline by name, and which states of events are wanted. */
export interface Wanted {
  filters: Record<string, string>;
  states: string[];
}

/** As the data stood: `known_at` or `release`, unless the filters say one. */
async function momentOf(client: Client, { filters }: Wanted): Promise<Record<string, string>> {
  const { known_at, release } = filters;
  if (release !== undefined) return { release };
  if (known_at !== undefined) return { known_at };
  const { meta } = await mustAsk<{ meta: { last_change_at: string | null } }>(client, 'GET', '/v1/timeline?limit=1');
  return meta.last_change_at === null ? {} : { known_at: meta.last_change_at };
}

/** @returns the documents of each kind, and how many there are of it */
export async function openCollection(client: Client, wanted: Wanted) {
  const moment = await momentOf(client, wanted);
  const sourceNames = new Map<string, string>();
  const address = (path: string, parameters: Record<string, string>) =>
    `${path}?${new URLSearchParams({ limit: '200', ...parameters, ...moment })}`;

  async function* answers(first: string): AsyncGenerator<Document> {
    for (let next: string | null = first; next !== null; ) {
      const { data, page }: Page = await mustAsk<Page>(client, 'GET', next);
      yield* data;
      next = page.next;
    }
  }

  /** The few sources without a url are asked for one by one. */
  async function nameSource(id: string): Promise<string> {
    if (!sourceNames.has(id)) {
      const { slug } = await mustAsk<{ slug: string | null }>(client, 'GET', `/v1/sources/${id}`);
      sourceNames.set(id, slug ?? id);
    }
    return sourceNames.get(id)!;
  }

  async function* written(kind: Kind, path: string): AsyncGenerator<Document> {
    for await (const answer of answers(path)) yield writeFormOf(kind.entity, answer, nameSource);
  }

  async function* small(kind: Kind): AsyncGenerator<Document> {
    const all: Document[] = [];
    for await (const document of written(kind, address(kind.collection({}), {}))) all.push(document);
    yield* all.sort(byKey(kind));
  }

  async function* items(kind: Kind): AsyncGenerator<Document> {
    for await (const { slug } of small(kindOf('action_plan')!)) yield* written(kind, address(kind.collection({ plan: slug }), {}));
  }

  const published = () => answers(address('/v1/timeline', wanted.filters));
  const others = (states: string[]) => answers(address('/v1/events', { state: states.join(',') }));

  async function* placed(list: AsyncIterable<Document>): AsyncGenerator<{ place: string; document: Document }> {
    for await (const event of list)
      yield { place: `${event.start_date} ${event.date_precision}`, document: await writeFormOf('event', event, nameSource) };
  }

  async function* events(kind: Kind): AsyncGenerator<Document> {
    if (wanted.states.includes('published')) yield* sortedWithin(placed(published()), kind);
    const states = wanted.states.filter((state) => state !== 'published');
    if (states.length === 0) return;
    const rest: Document[] = [];
    for await (const event of others(states)) rest.push(await writeFormOf('event', event, nameSource));
    yield* rest.sort(byKey(kind));
  }

  return {
    documents: (kind: Kind): AsyncGenerator<Document> =>
      kind.entity === 'event'
        ? afterTheirNeeds(kind, events(kind))
        : kind.entity === 'action_item'
          ? items(kind)
          : afterTheirNeeds(kind, small(kind)),

    /** How many published events there are, for telling how far one is. */
    async total(): Promise<number> {
      const first = address('/v1/timeline', { ...wanted.filters, total: 'true', limit: '1' });
      return (await mustAsk<Page>(client, 'GET', first)).page.total ?? 0;
    },
  };
}
