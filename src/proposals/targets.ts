// What a proposal asks for, held against the forms in which the resource itself is written: so that what is accepted is
// what a POST or a PATCH would have taken, and faults are told by where they stand in `change`.
import { itemForms, planForms } from '../action-plans/schema.js';
import { actorForms } from '../actors/schema.js';
import { check } from '../contract/check.js';
import type { Entity, WriteForms } from '../contract/write.js';
import { type Fault, invalidBody, Problem, RejectedRows } from '../errors.js';
import { eventForms } from '../events/schema.js';
import { initiativeForms } from '../initiatives/schema.js';
import { mergePatch } from '../resources/merge-patch.js';
import { sourceForms } from '../sources/schema.js';
import { topicForms } from '../topics/schema.js';
import type { Members, ProposalInput } from './schema.js';

const FORMS: Record<Entity, Pick<WriteForms<unknown>, 'input' | 'patch'>> = {
  topic: topicForms,
  actor: actorForms,
  source: sourceForms,
  initiative: initiativeForms,
  action_plan: planForms,
  action_item: itemForms,
  event: eventForms,
};

/** What is to be made. @throws Problem 422 */
export function inputOfNew(entity: Entity, change: Members): object {
  if (entity !== 'action_item') return checked(entity, change);
  // Which plan it belongs to is no member of an item: its address says so.
  const { plan, ...members } = change;
  if (typeof plan !== 'string' || plan === '')
    throw invalidBody([{ pointer: '/change/plan', detail: 'plan is missing; it takes the slug of the action plan.' }]);
  return { ...checked(entity, members), plan };
}

/** What is to take the place of a document. @throws Problem 422 */
export function inputOfPatched(entity: Entity, document: object, patch: Members): object {
  const { plan, ...members } = document as Members;
  const isItem = entity === 'action_item';
  const merged = mergePatch(isItem ? members : (document as Members), patch) as Members;
  return { ...checked(entity, merged), ...(isItem && { plan }) };
}

/** Holds a patch against its own form. @throws Problem 422 */
export function checkPatch(entity: Entity, patch: Members): void {
  const { faults = [] } = check(FORMS[entity].patch, patch, 'body');
  const beside = ['reason', 'comment'].filter(
    (name) => Object.hasOwn(patch, name) && faults.every(({ pointer }) => pointer !== `/${name}`),
  );
  const all = [
    ...faults,
    ...beside.map((name) => ({ pointer: `/${name}`, detail: `${name} is no part of the change; it goes beside it.` })),
    ...(Object.keys(patch).length === 0 ? [{ pointer: '', detail: 'The change is empty; send the members that are to be changed.' }] : []),
  ];
  if (all.length > 0) throw invalidBody(inChange(all));
}

function checked(entity: Entity, members: Members): object {
  const { value, faults } = check(FORMS[entity].input, members, 'body');
  if (faults !== undefined) throw invalidBody(inChange(faults));
  return value as object;
}

const inChange = (faults: Fault[]): Fault[] => faults.map(({ pointer = '', detail }) => ({ pointer: `/change${pointer}`, detail }));

/** The same fault of the normal write, seen from the proposal. */
export function fromProposal(error: unknown): unknown {
  if (error instanceof RejectedRows) return error.within([{ row: 0, pointer: '/change' }]);
  const isOfBody = error instanceof Problem && error.status === 422 && error.errors.length > 0;
  return isOfBody && error.errors.every(({ pointer }) => pointer?.startsWith('/change') !== true)
    ? invalidBody(inChange(error.errors))
    : error;
}

/** Members of an event that only the bearer of a key may propose: what they answer would tell of what is hidden. */
const OF_BEARERS = ['slug', 'state', 'related'];

/** @throws Problem 422 where nobody in particular asks for what would tell them of drafts */
export function refuseToStrangers(entity: Entity, change: Members | null): void {
  if (entity !== 'event' || change === null) return;
  const faults = OF_BEARERS.filter((name) => Object.hasOwn(change, name)).map((name) => ({
    pointer: `/change/${name}`,
    detail: `${name} is set by editors; leave it out, or send an API key.${name === 'state' ? ' To ask for a withdrawal, send null as change.' : ''}`,
  }));
  if (faults.length > 0) throw invalidBody(faults);
}

/** @throws Problem 422 where nothing tells where it can be looked up */
export function requireSource({ target: { entity }, change, sources }: Pick<ProposalInput, 'target' | 'change' | 'sources'>): void {
  const own = entity === 'source' ? change?.url : (entity === 'event' || entity === 'action_plan') && change?.sources;
  if (sources.length > 0 || (typeof own === 'string' && own !== '') || (Array.isArray(own) && own.length > 0)) return;
  const detail = 'A proposal takes at least one source: send sources with the address of a page that backs it.';
  throw invalidBody([{ pointer: '/sources', detail }]);
}
