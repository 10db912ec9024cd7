// Decides how a development that was sent becomes an event: what was sent inline is made first, the slug is found, and
// a change of state is told for what it is.
import type { ActorDocument, ActorInput, ActorQuery } from '../actors/schema.js';
import { asItIs, projectionOf } from '../contract/projection.js';
import type { SimilarEvent } from '../contract/similar.js';
import type { Write } from '../database/write.js';
import { Problem } from '../errors.js';
import type { InitiativeDocument, InitiativeInput, InitiativeQuery } from '../initiatives/schema.js';
import type { Body } from '../resources/cards.js';
import { type Reference, settle } from '../resources/inline.js';
import { type ChangeOptions, createResourceService, type ResourceOptions, type ResourceService } from '../resources/service.js';
import { nameAll } from '../resources/slugs.js';
import type { SourceService } from '../sources/service.js';
import type { TopicDocument, TopicInput, TopicQuery } from '../topics/schema.js';
import { createMerge } from './merge.js';
import { followMerged } from './merged-names.js';
import { type EventDocument, type EventInput, type EventQuery, eventForms, RESERVED_SLUGS } from './schema.js';
import type { Described, FindSimilar } from './similar.js';
import type { EventStore } from './store.js';
import { EVENT_TYPE_NAMES, EVENT_TYPES } from './types/index.js';

type Options = Pick<ResourceOptions<EventInput, EventDocument, EventQuery>, 'database' | 'moments' | 'refresh'> & {
  store: EventStore;
  actors: ResourceService<ActorInput, ActorDocument, ActorQuery>;
  topics: ResourceService<TopicInput, TopicDocument, TopicQuery>;
  initiatives: ResourceService<InitiativeInput, InitiativeDocument, InitiativeQuery>;
  sources: Pick<SourceService, 'cite'>;
  findSimilar: FindSimilar;
};

/** Which details are known is told by the type. */
const DETAILS = new Map<string, (details: object) => object>(
  EVENT_TYPE_NAMES.map((name) => [name, projectionOf(EVENT_TYPES[name].details)]),
);

export type EventService = ReturnType<typeof createEventService>;

export function createEventService({ store, actors, topics, initiatives, sources, findSimilar, ...options }: Options) {
  const service = createResourceService<EventInput, EventDocument, EventQuery>({
    ...options,
    store,
    entity: 'event',
    noun: 'event',
    addressOf: (key) => `/v1/events/${key}`,
    fixed: 'slug',
    keyOf: ({ slug }) => slug,
    kept: projectionOf(eventForms.input, {
      merged_into: asItIs,
      details: (details, event) => DETAILS.get((event as EventDocument).type)!(details as object),
    }),
    standing: ({ state }) => (state === 'published' ? 'public' : state === 'withdrawn' ? 'withdrawn' : 'hidden'),
    operation: (before, after) => {
      if (before.state === after.state) return 'updated';
      return after.state === 'published' || after.state === 'withdrawn' ? after.state : 'updated';
    },
    async beside({ tx }, { id, document }, { reject_duplicates }) {
      const similar = await findSimilar(describe(id, document), true, { tx, limit: TOLD });
      if (reject_duplicates) refuseDuplicates(similar);
      return { similar };
    },
    // A withdrawn event that is restored is published again; one that was deleted or merged comes back as it was.
    restored: ({ merged_into: _, ...document }, wasDeleted) => (wasDeleted ? document : { ...document, state: 'published' }),
    async moved(tx, document, seesHidden, as_of) {
      let last = document;
      // One that stands was merged into nothing, so there is an end.
      while (last.merged_into !== undefined) last = (await store.locate(tx, [last.merged_into], as_of)).get(last.merged_into)!.document;
      if (last === document || (last.state !== 'published' && !seesHidden)) return undefined;
      const detail = `The event ${document.slug} was merged into ${last.slug}, which Location leads to.`;
      return new Problem('merged', detail, { headers: { location: `/v1/events/${last.slug}`, 'cache-control': 'no-cache' } });
    },
    async prepare(write, inputs, before) {
      const slugs = await nameAll(
        write.tx,
        store,
        inputs.map(({ slug, title }) => ({ slug, title, otherwise: 'event' })),
        RESERVED_SLUGS,
      );
      const actorSlugs = await settleLists(
        write,
        actors,
        inputs.map((input) => input.actors.map(({ actor }) => actor)),
        (index) => `/actors/${index}/actor`,
      );
      const topicSlugs = await settleLists(
        write,
        topics,
        inputs.map((input) => input.topics),
        (index) => `/topics/${index}`,
      );
      const initiativeSlugs = await settleLists(
        write,
        initiatives,
        inputs.map((input) => input.initiatives),
        (index) => `/initiatives/${index}`,
      );
      const cited = await sources.cite(
        write,
        inputs.map((input) => input.sources),
      );
      return inputs.map((input, row) => ({
        ...input,
        slug: slugs[row]!,
        // Only a step that is named leads from one state to another.
        state: input.state ?? before[row]?.state ?? 'published',
        actors: input.actors.map((participant, index) => ({ ...participant, actor: actorSlugs[row]![index]! })),
        topics: topicSlugs[row]!,
        initiatives: initiativeSlugs[row]!,
        sources: cited[row]!,
      }));
    },
    follow: followMerged,
  });

  /** The step to another state. @throws Problem 409 where it cannot be taken from the state in force */
  const step = (to: 'published' | 'withdrawn', key: string, change: ChangeOptions): Promise<Body> =>
    service.update(
      key,
      (document) => {
        const why = REFUSED[to][document.state];
        if (why !== undefined) throw new Problem('conflict', `The event ${key} ${why}`);
        return { ...document, state: to } as EventInput;
      },
      change,
    );

  return {
    ...service,
    merge: createMerge({ ...service, store, database: options.database }),
    /** Shows a draft to readers. */
    publish: (key: string, change: ChangeOptions) => step('published', key, change),
    /** Takes a published event back; reading it answers 410 from then on. */
    withdraw: (key: string, change: ChangeOptions) => step('withdrawn', key, change),
  };
}

/** How many events that a new one is like are told beside it. */
const TOLD = 5;

const describe = (id: string, { title, date, type, sources, actors }: EventDocument): Described => ({
  ...{ title, date, type, except: id },
  sources: sources.map(({ source }) => source),
  actors: actors.map(({ actor }) => actor),
});

function refuseDuplicates(similar: SimilarEvent[]): void {
  const [first, ...more] = similar.filter(({ likely }) => likely);
  if (first === undefined) return;
  const others = more.length === 0 ? '' : `, and ${more.length === 1 ? 'another one' : `${more.length} others`}`;
  const detail = `It seems to be there already as ${first.slug} (“${first.title}”, ${first.date})${others}; change that one, or send yours without reject_duplicates where it is another development.`;
  throw new Problem('duplicate', detail, { extra: { similar: [first, ...more] } });
}

/** From which states an event cannot be published or withdrawn, and what can be done instead. */
const REFUSED: Record<'published' | 'withdrawn', Partial<Record<EventDocument['state'], string>>> = {
  published: {
    published: 'is published already; there is nothing to publish.',
    withdrawn: 'was withdrawn; bring it back with POST /restore, which publishes it again.',
  },
  withdrawn: {
    draft: 'is a draft, which no reader sees; delete it instead.',
    in_review: 'is in review, and no reader sees it; delete it instead.',
    withdrawn: 'is withdrawn already; there is nothing to withdraw.',
  },
};

/** As settle, for a list of references in each row. */
async function settleLists<Input extends { slug?: string | undefined; name: string }, Document extends object, Query>(
  write: Write,
  service: ResourceService<Input, Document, Query>,
  rows: (string | Input)[][],
  pointer: (index: number) => string,
): Promise<string[][]> {
  const references: Reference<Input>[] = rows.flatMap((list, row) =>
    list.map((reference, index) => ({ row, pointer: pointer(index), reference })),
  );
  const slugs = await settle(write, service, references);
  return rows.map((list) => slugs.splice(0, list.length));
}
