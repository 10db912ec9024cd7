// JSON-LD in the words of schema.org: events, and laws and the like as Legislation, with their citations.
import type { CreativeWork, Legislation, Organization, Person, Place, Event as SchemaEvent, WithContext } from 'schema-dts';
import { partsOf } from '../../contract/date-text.js';
import { type About, addressOf, type Event, eventsOf, type Format, jsonList } from './format.js';

const CONTEXT: WithContext<SchemaEvent>['@context'] = 'https://schema.org';
const LEGISLATION: readonly string[] = ['legislation', 'resolution', 'executive_action', 'regulatory_action', 'export_control'];
const ORGANISERS: readonly string[] = ['host', 'co_host', 'chair', 'issuer', 'proposer', 'adopter'];
const LEGAL_FORCE: Record<string, string> = {
  in_force: 'InForce',
  rescinded: 'NotInForce',
  terminated: 'NotInForce',
  suspended: 'PartiallyInForce',
};

/** ISO 8601, only as precise as is known: 2025, 2025-07, 2025-07-26. */
function isoOf(parts: ReturnType<typeof partsOf>['start']): string | undefined {
  if (parts === null) return undefined;
  const { year, month, day } = parts;
  return [String(year).padStart(4, '0'), month, day]
    .filter((part) => part !== undefined)
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}

const actorOf = ({ slug, name, kind }: Event['actors'][number], { origin }: About): Person | Organization => ({
  '@type': kind === 'person' ? 'Person' : 'Organization',
  '@id': `${origin}/v1/actors/${slug}`,
  name,
});

const placeOf = ({ place }: Event): Place | undefined =>
  place === null
    ? undefined
    : {
        '@type': 'Place',
        name: place.name ?? place.city ?? place.country_code!,
        address: {
          '@type': 'PostalAddress',
          ...(place.city !== null && { addressLocality: place.city }),
          ...(place.country_code !== null && { addressCountry: place.country_code }),
        },
      };

const citationOf = (source: Event['sources'][number]): CreativeWork => ({
  '@type': source.kind === 'media' ? 'NewsArticle' : source.kind === 'academic' ? 'ScholarlyArticle' : 'CreativeWork',
  name: source.title,
  ...(source.url !== null && { url: source.url }),
  ...(source.publisher !== null && { publisher: { '@type': 'Organization', name: source.publisher } }),
  ...(source.language !== null && { inLanguage: source.language }),
  ...(source.published_on !== null && { datePublished: isoOf(partsOf(source.published_on).start)! }),
});

/** One event by itself, as pages hold it. */
export const documentOf = (event: Event, about: About): object => ({ '@context': CONTEXT, ...(nodeOf(event, about) as object) });

function nodeOf(event: Event, about: About): SchemaEvent | Legislation {
  const { start, end } = partsOf(event.date);
  const [begins, ends] = [isoOf(start), event.date.includes('/') ? isoOf(end) : undefined];
  const place = placeOf(event);
  const actors = (isOrganiser: boolean) =>
    event.actors.filter(({ role }) => ORGANISERS.includes(role) === isOrganiser).map((actor) => actorOf(actor, about));
  const shared = {
    '@id': addressOf(event, about),
    url: addressOf(event, about),
    identifier: event.id,
    name: event.title,
    ...(event.summary !== null && { description: event.summary }),
    about: event.topics.map(({ name }) => ({ '@type': 'DefinedTerm' as const, name })),
  };
  const citations = event.sources.map(citationOf);
  if (LEGISLATION.includes(event.type))
    return {
      '@type': 'Legislation',
      ...shared,
      ...(begins !== undefined && { legislationDate: begins }),
      ...(LEGAL_FORCE[event.action ?? ''] !== undefined && { legislationLegalForce: LEGAL_FORCE[event.action!] as 'InForce' }),
      legislationPassedBy: actors(true),
      contributor: actors(false),
      ...(place !== undefined && { spatialCoverage: place }),
      dateModified: event.updated_at,
      citation: citations,
    };
  return {
    '@type': 'Event',
    ...shared,
    ...(begins !== undefined && { startDate: begins }),
    ...(ends !== undefined && { endDate: ends }),
    ...(place !== undefined && { location: place }),
    eventStatus: event.action === 'postponed' ? 'EventPostponed' : 'EventScheduled',
    organizer: actors(true),
    attendee: actors(false),
    subjectOf: citations,
  };
}

export const jsonLd: Format = {
  suffix: 'jsonld',
  media_type: 'application/ld+json',
  parameters: '; charset=utf-8',
  name: 'JSON-LD (schema.org)',
  is_feed: false,
  write(entries, about) {
    return jsonList({ '@context': CONTEXT }, '@graph', nodes());

    async function* nodes() {
      for await (const event of eventsOf(entries)) yield nodeOf(event, about);
    }
  },
};
