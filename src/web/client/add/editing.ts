// What the form is opened on besides a new development: one that is on record (`?event=`), to suggest a change of it, or a
// proposal that its author revises (`?proposal=`). Which it is also says how what was typed is sent.
import { ask, askData } from '../key/key.js';
import { applied, bothOf } from './patch.js';

type Members = Record<string, unknown>;

export interface Editing {
  /** What the form is filled with. */
  members: Members;
  /** Where the development is, where it is on record. */
  slug: string | null;
  title: string;
  /** The version that is changed, and its tag. */
  version: number | null;
  tag: string | null;
  /** Members that others changed since the proposal was made for an older version. */
  clashes: string[];
  /** What is revised: its address, and what it says beside the change. */
  proposal: { address: string; page: string; tag: string; rationale: string; sources: string[]; reason: string | null } | null;
  /** The whole change that is asked for, from what was typed since. */
  changeOf: (edits: Members) => Members;
}

/** @returns null for a new development. @throws Error with the sentence that the API answers */
export async function readEditing(): Promise<Editing | null> {
  const query = new URLSearchParams(location.search);
  const [event, proposal] = [query.get('event'), query.get('proposal')];
  if (proposal !== null) return ofProposal(proposal, query.get('tracking'));
  return event === null || event === '' ? null : ofEvent(event);
}

interface Standing {
  state: Members;
  slug: string;
  version: number;
  tag: string;
}

async function standing(key: string): Promise<Standing> {
  const address = `/v1/events/${encodeURIComponent(key)}`;
  const response = await ask(address);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail);
  const { state } = await askData<{ state: Members }>(`${address}/revisions/${answer.version}`);
  return { state, slug: answer.slug, version: answer.version, tag: response.headers.get('etag') ?? '' };
}

async function ofEvent(key: string): Promise<Editing> {
  const { state, ...found } = await standing(key);
  return { members: state, ...found, title: String(state.title), clashes: [], proposal: null, changeOf: (edits) => edits };
}

interface Proposed {
  state: string;
  target: { entity: string; id: string | null; version: number | null };
  change: Members | null;
  rationale: string | null;
  reason: string | null;
  sources: string[];
  version: number;
}

async function ofProposal(id: string, secret: string | null): Promise<Editing> {
  const suffix = secret === null ? '' : `?tracking=${encodeURIComponent(secret)}`;
  const address = `/v1/proposals/${encodeURIComponent(id)}${suffix}`;
  const { target, change, version, ...said } = await askData<Proposed>(address);
  if (target.entity !== 'event' || change === null) throw new Error('This proposal is revised on its own page.');
  const proposal = {
    ...{ address, page: `/review/${encodeURIComponent(id)}${suffix}`, tag: `"${version}"` },
    ...{ rationale: said.rationale ?? '', sources: said.sources, reason: said.reason },
  };
  if (target.id === null)
    return {
      ...{ members: change, slug: null, title: String(change.title), version: null, tag: null, clashes: [], proposal },
      changeOf: (edits) => applied(change, edits),
    };
  const { state, ...found } = await standing(target.id);
  const members = applied(state, change);
  const changeOf = (edits: Members): Members => bothOf(change, edits);
  return {
    members,
    ...found,
    title: String(state.title),
    clashes: await changedSince(target.id, target.version!, state, change),
    proposal,
    changeOf,
  };
}

async function changedSince(id: string, version: number, state: Members, change: Members): Promise<string[]> {
  const { state: base } = await askData<{ state: Members }>(`/v1/events/${id}/revisions/${version}`);
  return Object.keys(change).filter((name) => JSON.stringify(base[name] ?? null) !== JSON.stringify(state[name] ?? null));
}
