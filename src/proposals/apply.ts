// Does what a proposal asks for, by the normal way of writing and within a write that runs: when it is sent, to see
// whether it could be done, and when it is accepted.
import { mergedInto } from '../contract/ended.js';
import type { Entity } from '../contract/write.js';
import type { Write } from '../database/write.js';
import { invalidBody, Problem } from '../errors.js';
import type { Located, ResourceStore } from '../resources/store.js';
import { clashesOf } from './clashes.js';
import type { Members, ProposalDocument } from './schema.js';
import { proposalStore } from './store.js';
import { checkPatch, fromProposal, inputOfNew, inputOfPatched } from './targets.js';

/** A resource, as far as proposals need it; see src/resources/service.ts. */
export interface Proposable {
  noun: string;
  addressOf(key: string): string;
  store: Pick<ResourceStore<object>, 'locate'>;
  createAll(write: Write, entries: { input: unknown }[]): Promise<{ id: string }[]>;
  updateWithin(write: Write, key: string, toInput: (document: object) => unknown, change: object): Promise<string>;
  removeWithin(write: Write, key: string, change: object): Promise<string>;
}

export type Proposables = Record<Entity, Proposable>;
export type Asked = Pick<ProposalDocument, 'kind' | 'target' | 'change'>;
/** What a proposal is about. */
export type Target = Located<object>;

/** Why nothing can be done with it; null where something can. */
export function whyGone(target: Target, noun: string): string | null {
  const isWithdrawn = (target.document as { state?: unknown }).state === 'withdrawn';
  if (target.deleted_at === null && !isWithdrawn) return null;
  // An item goes with its plan.
  const into = mergedInto(target.document);
  const was = target.deleted_at === null ? 'withdrawn' : into === undefined ? 'deleted' : `merged into ${into}`;
  const remedy = into === undefined ? 'it has to be restored first' : 'propose it of that one';
  return `The ${noun} ${target.slug ?? target.id} was ${was} on ${(target.deleted_at ?? target.recorded_at).toISOString().slice(0, 10)}; ${remedy}.`;
}

/**
 * @returns the id of what was made or changed
 * @throws Problem 409 with the clashes where a stale patch cannot be merged; whatever the normal write refuses, with
 * pointers below `/change`
 */
export async function apply(running: Write, proposables: Proposables, asked: Asked): Promise<string> {
  const service = proposables[asked.target.entity];
  try {
    if (asked.kind === 'create')
      return (await service.createAll(running, [{ input: inputOfNew(asked.target.entity, asked.change!) }]))[0]!.id;
    const key = asked.target.slug ?? asked.target.id!;
    const target = (await service.store.locate(running.tx, [key])).get(key)!;
    const gone = whyGone(target, service.noun);
    if (gone !== null) throw new Problem('conflict', gone);
    return asked.kind === 'withdraw' ? await withdraw(running, service, asked, target) : await patch(running, service, asked, target);
  } catch (error) {
    throw fromProposal(error);
  }
}

async function withdraw(running: Write, service: Proposable, { target: { entity } }: Asked, target: Target): Promise<string> {
  const key = target.slug ?? target.id;
  if (entity !== 'event') return service.removeWithin(running, key, {});
  if ((target.document as { state: string }).state !== 'published')
    throw new Problem('conflict', `The event ${key} is not published, so it cannot be withdrawn.`);
  return service.updateWithin(running, key, (document) => ({ ...document, state: 'withdrawn' }), {});
}

async function patch(running: Write, service: Proposable, { target: { entity, version }, change }: Asked, target: Target): Promise<string> {
  const members = change as Members;
  const key = target.slug ?? target.id;
  checkPatch(entity, members);
  if (version !== target.version) {
    const base = await proposalStore.version(running.tx, target.id, version!);
    const clashes = clashesOf(base!.state as Members, target.document as Members, members);
    if (clashes.length > 0) {
      const fields = clashes.map(({ field }) => field).join(', ');
      const detail = `The ${service.noun} ${key} was changed since version ${version}, in what the proposal changes too: ${fields}. It is at version ${target.version} now; the proposal has to be revised for that one.`;
      throw new Problem('conflict', detail, { extra: { clashes } });
    }
  }
  const id = await service.updateWithin(running, key, (document) => inputOfPatched(entity, document, members), {});
  if ((await proposalStore.last(running.tx, id)).version === target.version)
    throw invalidBody([{ pointer: '/change', detail: `The change changes nothing: the ${service.noun} ${key} says that already.` }]);
  return id;
}

/** Does it, and undoes it again: so that what is proposed is held against all that a write would be. */
export async function rehearse(running: Write, work: () => Promise<unknown>): Promise<void> {
  await running.tx.query('savepoint rehearsal');
  // Where it fails, the write that it is part of ends.
  await work();
  await running.tx.query('rollback to savepoint rehearsal');
}
