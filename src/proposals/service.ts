// Decides what becomes of what people propose: it is taken in where it could be done, revised by its author, and shown to
// whom it may be shown.
import { randomBytes } from 'node:crypto';
import type { Listing } from '../contract/page.js';
import type { SimilarEvent } from '../contract/similar.js';
import type { Database } from '../database/connect.js';
import { type Transaction, type Write, write } from '../database/write.js';
import { invalidParameters, Problem } from '../errors.js';
import type { EventDocument } from '../events/schema.js';
import type { Described, FindSimilar } from '../events/similar.js';
import { createRevisionStore } from '../history/store.js';
import type { Asked, Proposables } from './apply.js';
import { type Answered, authorshipOf, createReview, type Keeping, keep, notYours, personOf } from './review.js';
import type { Members, ProposalDocument, ProposalInput, ProposalPatch, ProposalQuery } from './schema.js';
import { settleAsked, tryOut } from './settle.js';
import { proposalStore, type Stored } from './store.js';
import { refuseToStrangers, requireSource } from './targets.js';
import { type AddressOf, decides, documentFor, entryOf, idOfTracking, isAuthor, isDecided, type Viewer } from './view.js';

export interface ProposalOptions {
  database: Pick<Database, 'pool' | 'reads' | 'state'>;
  /** Whatever can be proposed, by what it is. */
  proposables: Proposables;
  findSimilar: FindSimilar;
  /** Documents of events without the relations to what no reader could ever see. */
  withoutHidden: (documents: Related[]) => Promise<Related[]>;
}

type Related = Pick<EventDocument, 'related'>;

/** How many of nobody in particular wait at most: more could not be looked through, and would hide the others. */
export const MOST_WAITING = 500;

export type ProposalService = ReturnType<typeof createProposalService>;

export function createProposalService({ database, proposables, findSimilar, withoutHidden }: ProposalOptions) {
  const addressOf: AddressOf = (entity, key) => proposables[entity].addressOf(key);

  /** @param tx where it is answered within a write */
  async function answer(stored: Stored, viewer: Viewer, tx: Transaction = database.pool): Promise<Answered> {
    const [shown] = await shownTo(viewer, [stored]);
    const entry = entryOf(shown!, viewer, addressOf);
    const similar = isDecided(stored.document) ? [] : await similarTo(stored.document, viewer, tx);
    return { version: stored.version, body: JSON.stringify({ ...entry, similar }), address: entry.url };
  }

  /** Without the drafts that they name, to whom those are not there. */
  async function hideDrafts(documents: ProposalDocument[]): Promise<ProposalDocument[]> {
    const naming = documents.filter(({ target, change }) => target.entity === 'event' && Array.isArray(change?.related));
    if (naming.length === 0) return documents;
    const shown = await withoutHidden(naming.map(({ change }) => ({ related: change!.related as Related['related'] })));
    const changes = new Map(naming.map((document, index) => [document, { ...document.change, related: shown[index]!.related }]));
    return documents.map((document) => ({ ...document, change: changes.get(document) ?? document.change }));
  }

  async function shownTo({ principal }: Viewer, all: Stored[]): Promise<Stored[]> {
    if (principal !== null) return all;
    const documents = await hideDrafts(all.map(({ document }) => document));
    return all.map((stored, index) => ({ ...stored, document: documents[index]! }));
  }

  async function similarTo({ target, kind, change }: Asked, { principal }: Viewer, tx: Transaction): Promise<SimilarEvent[]> {
    const isAlike = kind === 'create' || TELLING.some((name) => Object.hasOwn(change ?? {}, name));
    if (target.entity !== 'event' || !isAlike) return [];
    const located = target.slug === null ? undefined : (await proposables.event.store.locate(tx, [target.slug])).get(target.slug);
    const described = describe({ ...(located?.document as Members | undefined), ...change });
    return findSimilar({ ...described, except: located?.id }, principal !== null, { tx });
  }

  /** @throws Problem 404 */
  async function find(tx: Transaction, id: string): Promise<Stored> {
    const stored = await proposalStore.find(tx, id);
    if (stored === undefined) throw missing(id);
    return stored;
  }

  const revisions = createRevisionStore<ProposalDocument>(database, (document) => document);
  const { move, ...steps } = createReview({ database, proposables, find, answer });

  return {
    noun: 'proposal',
    revisions,
    missing,
    idOf: async (id: string) => (await find(database.pool, id)).id,

    /** Documents of its history, as others than its author and editors are shown them. */
    shown: (documents: ProposalDocument[]) => hideDrafts(documents.map((document) => documentFor(document, false))),

    /** Whether the whole history of a proposal is for this reader. */
    seesAll: async (id: string, viewer: Viewer): Promise<boolean> => {
      const stored = await proposalStore.find(database.pool, id);
      return stored !== undefined && (decides(viewer) || isAuthor(viewer, stored));
    },

    /** A page of finished answers: all for editors; their own and the decided ones for others who bear a key. */
    async list(query: ProposalQuery, viewer: Viewer): Promise<Listing<string>> {
      const { principal } = viewer;
      for (const parameter of ['author', 'taken_by'] as const)
        if (query[parameter] === 'me' && principal === null)
          throw invalidParameters([{ parameter, detail: `${parameter}=me needs an API key; without one nobody is meant.` }]);
      const page = await proposalStore.list(database.pool, query, { id: principal?.id ?? null, decides: decides(viewer) });
      const shown = await shownTo(viewer, page.data);
      return { ...page, data: shown.map((stored) => JSON.stringify(entryOf(stored, viewer, addressOf))) };
    },

    get: async (id: string, viewer: Viewer): Promise<Answered> => answer(await find(database.pool, id), viewer),

    /** @throws Problem 422 with pointers into what was sent, 409 where it could not be done, 429 where too many wait */
    create(input: ProposalInput, viewer: Viewer, keeping: Keeping): Promise<Answered> {
      const { principal } = viewer;
      const isStranger = principal === null;
      if (isStranger) refuseToStrangers(input.target.entity, input.change);
      requireSource(input);
      const secret = randomBytes(16).toString('base64url');
      return write(database, { ...authorshipOf(viewer), ...keeping }, async (running) => {
        if (isStranger) await refuseCrowd(running);
        const asked = await settleAsked(running, proposables, input, isStranger);
        await tryOut(running, proposables, asked, isStranger);
        const document: ProposalDocument = {
          ...{ kind: asked.kind, state: 'open', author: principal && personOf(principal), target: asked.target, change: asked.change },
          ...{ rationale: input.rationale, reason: input.reason ?? null, sources: input.sources },
          ...{ comments: [], taken_by: null, verdict: null, is_public: false },
        };
        const stored = { id: idOfTracking(secret), version: 1, created_at: running.now, updated_at: running.now, document };
        await keep(running, stored, null, 'created');
        return answer(await find(running.tx, stored.id), { principal, ...(isStranger && { tracking: secret }) }, running.tx);
      });
    },

    /** The author answers what editors asked for. */
    revise(id: string, patch: ProposalPatch, viewer: Viewer, keeping: Keeping): Promise<Answered> {
      return move(id, viewer, keeping, undefined, async (running, stored) => {
        const { document } = stored;
        if (!isAuthor(viewer, stored)) throw notYours();
        if (document.state !== 'changes_requested')
          throw new Problem(
            'conflict',
            `The proposal is ${document.state.replace('_', ' ')}; it can be revised once an editor asks for changes.`,
          );
        const { target, change = document.change, rationale, reason, sources } = patch;
        const { rationale: said, reason: called, sources: backed } = document;
        const revised = { ...document, rationale: rationale ?? said, reason: reason ?? called, sources: sources ?? backed, change };
        const place = {
          entity: document.target.entity,
          ...(document.target.id !== null && { id: document.target.slug ?? document.target.id }),
        };
        const version = target?.version ?? document.target.version ?? undefined;
        const isStranger = document.author === null;
        if (isStranger) refuseToStrangers(place.entity, change);
        requireSource({ ...revised, target: place });
        const asked = await settleAsked(running, proposables, { target: { ...place, version }, change }, isStranger);
        await tryOut(running, proposables, asked, isStranger);
        return { document: { ...revised, ...asked, state: 'open' as const, verdict: null }, operation: 'updated' as const };
      });
    },

    ...steps,
  };
}

const missing = (id: string) => new Problem('not-found', `There is no proposal ${id}.`);

/** @throws Problem 429 */
async function refuseCrowd({ tx }: Write): Promise<void> {
  if ((await proposalStore.waiting(tx)) < MOST_WAITING) return;
  const detail = 'So many proposals wait to be looked at that no more are taken without an API key; try again in some hours.';
  throw new Problem('too-many-requests', detail, { headers: { 'retry-after': '3600' } });
}

/** The members by which an event is told from others. */
const TELLING = ['title', 'date', 'type', 'sources', 'actors'];

/** What an event that is proposed is looked for by. */
function describe(members: Members): Described {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const named = (list: unknown, member: string, ...names: string[]): string[] =>
    (Array.isArray(list) ? (list as Members[]) : []).flatMap((one) => {
      const value = one[member] as string | Members | undefined;
      return typeof value === 'string'
        ? value
        : (text(names.map((name) => value?.[name]).find((found) => typeof found === 'string')) ?? []);
    });
  return {
    ...{ title: text(members.title), date: text(members.date), type: text(members.type) },
    ...{ sources: named(members.sources, 'source', 'url', 'slug'), actors: named(members.actors, 'actor', 'slug') },
  };
}
