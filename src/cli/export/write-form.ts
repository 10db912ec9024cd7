// Turns what the API answers into what it takes: slugs in place of names, sources by url, and neither what the server adds
// by itself nor what is empty. So an import of it, anywhere, makes the same answers again.
import { itemForms, planForms } from '../../action-plans/schema.js';
import { actorForms } from '../../actors/schema.js';
import { projectionOf, asItIs as whole } from '../../contract/projection.js';
import type { Entity } from '../../contract/write.js';
import { eventForms } from '../../events/schema.js';
import { initiativeForms } from '../../initiatives/schema.js';
import { sourceForms } from '../../sources/schema.js';
import { topicForms } from '../../topics/schema.js';
import type { Document } from '../kinds.js';

/** Finds by what a source is named that has no url: its slug. */
export type SourceNames = (id: string) => Promise<string>;

type Citation = Record<'id' | 'url', string> & Document;

/** What writes take, at every depth: whatever else an answer tells, now or later, the server adds by itself. */
const TAKEN: Record<Entity, (document: Document) => Document> = {
  topic: projectionOf(topicForms.input),
  actor: projectionOf(actorForms.input),
  source: projectionOf(sourceForms.input),
  initiative: projectionOf(initiativeForms.input),
  action_plan: projectionOf(planForms.input),
  action_item: projectionOf(itemForms.input, { plan: whole }),
  event: projectionOf(eventForms.input),
};

export async function writeFormOf(entity: Entity, answer: Document, nameSource: SourceNames): Promise<Document> {
  return filled(TAKEN[entity](await FORMS[entity](answer, nameSource)));
}

const asItIs = async (answer: Document): Promise<Document> => answer;

const FORMS: Record<Entity, (answer: Document, nameSource: SourceNames) => Promise<Document>> = {
  topic: asItIs,
  actor: asItIs,
  source: asItIs,
  async initiative({ status, status_since, status_reason, status_origin, lead_actors, ...rest }) {
    const byHand = status_origin === 'by_hand' ? { status, status_since, status_reason } : {};
    return { ...rest, lead_actors: slugsOf(lead_actors), ...byHand };
  },
  async action_plan({ issuer, items: _, sources, place, priorities, ...rest }, nameSource) {
    const cited = await citationsOf(sources, nameSource);
    return {
      ...rest,
      issuer: (issuer as { slug: string } | null)?.slug ?? null,
      place: placeOf(place),
      priorities: (priorities as Document[]).map(filled),
      sources: cited,
    };
  },
  async action_item({ plan, number, coverage: _, topics, ...rest }) {
    return { plan, number, ...rest, topics: slugsOf(topics) };
  },
  async event({ actors, topics, initiatives, action_items, sources, related, place, state, ...rest }, nameSource) {
    const cited = await citationsOf(sources, nameSource);
    const { confidence, evidence, caveat, notes, ...first } = rest;
    return {
      ...first,
      state: state === 'published' ? null : state,
      place: placeOf(place),
      actors: (actors as Document[]).map(({ slug, role, response }) => filled({ actor: slug, role, response })),
      topics: slugsOf(topics),
      initiatives: slugsOf(initiatives),
      action_items: (action_items as Document[]).map(({ plan, item, effect, note }) => filled({ plan, item, effect, note })),
      sources: cited,
      related: (related as Document[]).map(({ event, relation }) => ({ event, relation })),
      confidence,
      evidence,
      caveat,
      notes,
    };
  },
};

const slugsOf = (list: unknown): string[] => (list as { slug: string }[]).map(({ slug }) => slug);
const placeOf = (place: unknown): Document | null => (place === null ? null : filled(place as Document));

const citationsOf = (sources: unknown, nameSource: SourceNames): Promise<Document[]> =>
  Promise.all(
    (sources as Citation[]).map(async ({ id, url, claim, quote, locator, stance, value, access, note }) =>
      filled({
        source: url ?? (await nameSource(id)),
        claim,
        quote,
        locator,
        stance: stance === 'supports' ? null : stance,
        value,
        access,
        note,
      }),
    ),
  );

/** Without what is empty: left out, it is the same. */
const filled = (document: Document): Document => Object.fromEntries(Object.entries(document).filter(([, value]) => !isEmpty(value)));

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
