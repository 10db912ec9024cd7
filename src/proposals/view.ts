// What a reader is told of a proposal. Its state, what it is about and the verdict are for whoever may know of it; what a
// rejected one said is for its author and for editors alone, so that nobody publishes through the list of the rejected.
import { idOfName } from '../contract/ids.js';
import type { Entity } from '../contract/write.js';
import type { Person, ProposalDocument, ProposalEntry, Verdict } from './schema.js';
import type { Stored } from './store.js';

/** Who asks: the bearer of a key, or whoever has the secret of a tracking address; null for neither. */
export interface Viewer {
  principal: (Person & { role: 'contributor' | 'editor' | 'admin' }) | null;
  tracking?: string | undefined;
}

export type AddressOf = (entity: Entity, key: string) => string;

/** The id of a proposal is made of the secret in its tracking address: whoever has that shows it, and nothing is kept of it. */
export const idOfTracking = (secret: string): string => idOfName(`proposal ${secret}`);

export const decides = ({ principal }: Viewer): boolean => principal !== null && principal.role !== 'contributor';

export function isAuthor({ principal, tracking }: Viewer, { id, document: { author } }: Pick<Stored, 'id' | 'document'>): boolean {
  if (author !== null) return principal?.id === author.id;
  return tracking !== undefined && idOfTracking(tracking) === id;
}

export const isDecided = ({ state }: Pick<ProposalDocument, 'state'>): boolean => state === 'accepted' || state === 'rejected';

/** The address at which this reader can follow it. */
export const urlOf = (id: string, tracking: string | undefined): string =>
  `/v1/proposals/${id}${tracking === undefined ? '' : `?tracking=${tracking}`}`;

export function entryOf(stored: Stored, viewer: Viewer, addressOf: AddressOf): ProposalEntry {
  const { id, version, created_at, updated_at, document } = stored;
  const { entity, id: target_id, slug, version: base } = document.target;
  const isTracked = viewer.tracking !== undefined && isAuthor({ ...viewer, principal: null }, stored);
  const told = documentFor(document, isAuthor(viewer, stored) || decides(viewer));
  const target_key = slug ?? target_id;
  const { kind, state, author, ...said } = namedOf(told);
  return {
    id,
    url: urlOf(id, isTracked ? viewer.tracking : undefined),
    ...{ kind, state, author },
    target: { entity, id: target_id, slug, version: base, url: target_key === null ? null : addressOf(entity, target_key) },
    content_hidden: told.rationale === '',
    ...said,
    verdict: told.verdict && verdictOf(told.verdict, addressOf),
    version,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}

/** As it is told to readers: people by name, without whether it is listed. */
export function namedOf({ kind, state, author, change, rationale, reason, sources, taken_by, comments }: ProposalDocument) {
  const named = { kind, state, author: author?.name ?? null, taken_by: taken_by?.name ?? null };
  return { ...named, change, rationale: rationale || null, reason, sources, comments };
}

/** What of a document the author and editors are told, or anybody else. */
export function documentFor(document: ProposalDocument, isInside: boolean): ProposalDocument {
  if (isInside) return document;
  const hidden = document.state === 'rejected' && { change: null, rationale: '', reason: null, sources: [] };
  return { ...document, comments: [], taken_by: null, ...hidden };
}

/** A document as its history shows it. */
export const toMembers = (document: ProposalDocument): object => {
  const { target, verdict } = document;
  return { ...namedOf(document), target, verdict };
};

function verdictOf({ decision, reason, comment, by, at, revision }: Verdict, addressOf: AddressOf) {
  return { decision, reason, comment, by, at, revision: revision && withAddress(revision, addressOf) };
}

function withAddress({ entity, id, slug, version, seq }: NonNullable<Verdict['revision']>, addressOf: AddressOf) {
  return { entity, id, slug, version, seq, url: `${addressOf(entity as Entity, slug ?? id)}/revisions/${version}` };
}
