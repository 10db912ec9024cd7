// Finds what a proposal is about, and holds what it asks for against all that the write itself would be held against.
import type { Write } from '../database/write.js';
import { type Fault, invalidBody } from '../errors.js';
import { type Asked, apply, type Proposables, rehearse, whyGone } from './apply.js';
import type { ProposalInput } from './schema.js';
import { proposalStore } from './store.js';
import { inputOfNew } from './targets.js';

const refuse = (...faults: Fault[]) => invalidBody(faults);

/**
 * @param isStranger whether nobody in particular asks, to whom what is not published is not there
 * @throws Problem 422
 */
export async function settleAsked(
  running: Write,
  proposables: Proposables,
  { target: { entity, id: key, version }, change }: Pick<ProposalInput, 'target' | 'change'>,
  isStranger: boolean,
): Promise<Asked> {
  if (key === undefined) {
    if (change === null)
      throw refuse({ pointer: '/target/id', detail: 'Without a change it is a withdrawal, which names what it is about: send target.id.' });
    if (version !== undefined) throw refuse({ pointer: '/target/version', detail: 'Something new has no version; leave it out.' });
    return { kind: 'create', target: { entity, id: null, slug: null, version: null }, change };
  }
  const service = proposables[entity];
  const target = (await service.store.locate(running.tx, [key])).get(key);
  if (target === undefined || (isStranger && !target.is_public)) {
    const detail = `There is no ${service.noun} ${key}; name one that exists, or leave id out to propose a new one.`;
    throw refuse({ pointer: '/target/id', detail });
  }
  const gone = whyGone(target, service.noun);
  if (gone !== null) throw refuse({ pointer: '/target/id', detail: gone });
  const base = version ?? target.version;
  const past = base === target.version ? target : await proposalStore.version(running.tx, target.id, base);
  if (past === undefined || (isStranger && !past.is_public)) {
    const detail = `There is no version ${base} of the ${service.noun} ${key}; it is at version ${target.version}.`;
    throw refuse({ pointer: '/target/version', detail });
  }
  return {
    kind: change === null ? 'withdraw' : 'change',
    target: { entity, id: target.id, slug: target.slug, version: base },
    change,
  };
}

/**
 * @throws Problem where it could not be done now: 422 with pointers below `/change`, or 409
 */
export async function tryOut(running: Write, proposables: Proposables, asked: Asked, isStranger: boolean): Promise<void> {
  // What still refers to something may be hidden, and is told when an editor decides.
  if (asked.kind === 'withdraw' && isStranger) return;
  // Its form is told before anything else.
  if (asked.kind === 'create') inputOfNew(asked.target.entity, asked.change!);
  await rehearse(running, () => apply(running, proposables, asked));
}
