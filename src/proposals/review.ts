// The steps of a review, each named: who may take it, from which state, and what is recorded of it. What an editor accepts
// is done in the same transaction as the verdict, so that neither is ever there without the other.
import type { Operation } from '../contract/write.js';
import type { Database } from '../database/connect.js';
import { type Authorship, record, type Transaction, type Write, type WriteOptions, write } from '../database/write.js';
import { Problem } from '../errors.js';
import { apply, type Proposables } from './apply.js';
import type { Person, ProposalDocument, State, Verdict } from './schema.js';
import { proposalStore, type Stored } from './store.js';
import { decides, isAuthor, isDecided, type Viewer } from './view.js';

/** A finished answer; its address is that at which its author can follow it. */
export interface Answered {
  version: number;
  body: string;
  address: string;
}

/** How it is written, besides who writes. */
export interface Keeping extends Pick<WriteOptions, 'validate_only' | 'once'> {
  /** Versions that If-Match allows; null for any. */
  versions?: number[] | null;
}

export interface Why {
  reason?: string | undefined;
  comment?: string | undefined;
}

/** What a step makes of a proposal. */
export interface Next {
  document: ProposalDocument;
  operation: Operation;
}

interface ReviewOptions {
  database: Pick<Database, 'pool' | 'state'>;
  proposables: Proposables;
  /** @throws Problem 404 */
  find: (tx: Transaction, id: string) => Promise<Stored>;
  answer: (stored: Stored, viewer: Viewer, tx: Transaction) => Promise<Answered>;
}

/** What a proposal of nobody in particular is credited to. */
const NOBODY = 'anonymous';

export const personOf = ({ id, name }: Person): Person => ({ id, name });

export const authorshipOf = ({ principal }: Viewer): Authorship => ({
  author_id: principal?.id ?? null,
  author_name: principal?.name ?? NOBODY,
});

/** Records a version of a proposal. */
export async function keep(running: Write, stored: Stored, previous: Stored | null, operation: Operation): Promise<void> {
  const { id, version, created_at, updated_at, document } = stored;
  await proposalStore.save(running, [{ id, version, created_at, updated_at, deleted_at: null, is_new: previous === null, document }]);
  const before = previous?.document ?? null;
  await record(running, [{ entity: 'proposal', id, version, operation, document, previous: before, is_public: document.is_public }]);
}

export type Review = ReturnType<typeof createReview>;

export function createReview({ database, proposables, find, answer }: ReviewOptions) {
  /** Makes the next version of a proposal. @throws Problem 412 where If-Match names another one */
  const move = (
    id: string,
    viewer: Viewer,
    { versions, ...keeping }: Keeping,
    comment: string | undefined,
    step: (running: Write, stored: Stored) => Promise<Next> | Next,
  ): Promise<Answered> =>
    write(database, { ...authorshipOf(viewer), ...keeping, comment }, async (running) => {
      const stored = await find(running.tx, id);
      if (versions != null && !versions.includes(stored.version))
        throw new Problem(
          'precondition-failed',
          `The proposal is at version ${stored.version} now, which If-Match does not name; read it again, then repeat the step.`,
        );
      const { document, operation } = await step(running, stored);
      const next = { ...stored, version: stored.version + 1, updated_at: running.now, document };
      await keep(running, next, stored, operation);
      // As it is kept, so that the tag is that of the next GET.
      return answer(await find(running.tx, id), viewer, running.tx);
    });

  /** As move, for whoever decides: never the author. */
  const decide = (id: string, viewer: Viewer, keeping: Keeping, why: Why, step: (running: Write, stored: Stored) => Promise<Next> | Next) =>
    move(id, viewer, keeping, why.comment ?? why.reason, (running, stored) => {
      if (isAuthor(viewer, stored))
        throw new Problem('forbidden', 'Nobody decides on a proposal of their own; leave it to another editor.');
      requireUndecided(stored.document);
      return step(running, stored);
    });

  const verdictOf = (running: Write, decision: Verdict['decision'], viewer: Viewer, why: Why): Verdict => ({
    decision,
    reason: why.reason ?? null,
    comment: why.comment ?? null,
    by: viewer.principal!.name,
    at: running.now.toISOString(),
    revision: null,
  });

  return {
    move,

    /** Does what is proposed, credited to whoever proposed it, and keeps the verdict with it. */
    accept: (id: string, viewer: Viewer, keeping: Keeping, why: Why) =>
      decide(id, viewer, keeping, why, async (running, { id: itself, document }) => {
        const reason = why.reason ?? document.reason ?? undefined;
        const comment = `${why.comment ?? document.rationale} (proposal ${itself})`;
        const author_name = `${document.author?.name ?? NOBODY}, accepted by ${viewer.principal!.name}`;
        const authorship = { author_id: viewer.principal!.id, author_name, reason, comment };
        const made = await apply({ ...running, authorship }, proposables, document);
        const { version, seq, is_public, state } = await proposalStore.last(running.tx, made);
        const { entity } = document.target;
        const slug = entity === 'action_item' ? `${state.plan}/${state.number}` : ((state.slug as string | null | undefined) ?? null);
        const revision = { entity, id: made, slug, version, seq };
        const verdict = { ...verdictOf(running, 'accepted', viewer, { ...why, reason }), revision };
        return { document: { ...document, state: 'accepted', verdict, is_public }, operation: 'accepted' };
      }),

    reject: (id: string, viewer: Viewer, keeping: Keeping, why: Why) =>
      decide(id, viewer, keeping, why, async (running, { document }) => {
        const { id: about } = document.target;
        // What nobody may know of is not told by what was said of it.
        const is_public = about === null || (await proposalStore.last(running.tx, about)).is_public;
        const verdict = verdictOf(running, 'rejected', viewer, why);
        return { document: { ...document, state: 'rejected', verdict, is_public }, operation: 'rejected' };
      }),

    requestChanges: (id: string, viewer: Viewer, keeping: Keeping, why: Why) =>
      decide(id, viewer, keeping, why, (running, { document }) => {
        if (document.state === 'changes_requested')
          throw new Problem('conflict', 'Changes are asked for already; the author has not answered yet. Add a comment instead.');
        const verdict = verdictOf(running, 'changes_requested', viewer, why);
        return { document: { ...document, state: 'changes_requested', verdict }, operation: 'updated' };
      }),

    take: (id: string, viewer: Viewer, keeping: Keeping, why: Why) =>
      decide(id, viewer, keeping, why, (_, { document }) => {
        const { taken_by } = document;
        if (taken_by !== null) {
          const who = taken_by.id === viewer.principal!.id ? 'You have' : `${taken_by.name} has`;
          throw new Problem('conflict', `${who} taken the proposal already.`);
        }
        return { document: { ...document, taken_by: personOf(viewer.principal!) }, operation: 'updated' };
      }),

    /** By whoever has taken it, or an admin. */
    release: (id: string, viewer: Viewer, keeping: Keeping, why: Why) =>
      move(id, viewer, keeping, why.comment ?? why.reason, (_, { document }) => {
        requireUndecided(document);
        const { taken_by } = document;
        if (taken_by === null) throw new Problem('conflict', 'Nobody has taken the proposal.');
        if (taken_by.id !== viewer.principal!.id && viewer.principal!.role !== 'admin')
          throw new Problem('forbidden', `${taken_by.name} has taken the proposal; they, or an admin, can release it.`);
        return { document: { ...document, taken_by: null }, operation: 'updated' };
      }),

    /** By editors and its author, until it is decided. */
    comment: (id: string, viewer: Viewer, keeping: Keeping, text: string) =>
      move(id, viewer, keeping, text, (running, stored) => {
        const isOwn = isAuthor(viewer, stored);
        if (!isOwn && !decides(viewer)) throw notYours();
        requireUndecided(stored.document);
        const { author_name: author } = authorshipOf(viewer);
        const said = { author, by: isOwn ? ('author' as const) : ('editor' as const), text, at: running.now.toISOString() };
        if (stored.document.comments.length >= MOST_COMMENTS)
          throw new Problem('conflict', `A proposal takes at most ${MOST_COMMENTS} comments; decide, or ask for changes.`);
        return { document: { ...stored.document, comments: [...stored.document.comments, said] }, operation: 'updated' };
      }),

    /** By its author, until it is decided. */
    withdraw: (id: string, viewer: Viewer, keeping: Keeping, why: Why) =>
      move(id, viewer, keeping, why.comment ?? why.reason, (_, stored) => {
        if (!isAuthor(viewer, stored)) throw notYours();
        requireUndecided(stored.document);
        return { document: { ...stored.document, state: 'withdrawn', taken_by: null }, operation: 'withdrawn' };
      }),
  };
}

const MOST_COMMENTS = 200;

export const notYours = () => new Problem('forbidden', 'Only the author of a proposal may do this.');

const ENDED: Partial<Record<State, string>> = {
  accepted: 'was accepted already',
  rejected: 'was rejected already',
  withdrawn: 'was withdrawn by its author',
};

function requireUndecided(document: ProposalDocument): void {
  const ended = ENDED[document.state];
  if (ended === undefined) return;
  const { verdict } = document;
  const by = isDecided(document) && verdict !== null ? `, by ${verdict.by} on ${verdict.at.slice(0, 10)}` : '';
  throw new Problem('conflict', `The proposal ${ended}${by}; nothing more can be done with it. Send a new one.`);
}
