// What the document shows of proposals: the first data set has none, so these are written down. A test holds them against
// the schemas, as it does all examples.

const ID = '01985c2e-0000-7000-8000-000000000001';
export const ITSELF = `/v1/proposals/${ID}`;

const change = { significance: 4 };
const said = { rationale: 'All that came later refers to it.', reason: 'correction', sources: ['https://example.org/analysis'] };
const EVENT = { entity: 'event', id: '01985c2e-0000-7000-8000-000000000002', slug: 'li-qiang-waic-2025-keynote', version: 1 };
const AT = '2025-07-27T08:00:00.000Z';

export const EXAMPLE_BODY = { target: { entity: 'event', id: EVENT.slug, version: 1 }, change, ...said };

const entry = {
  ...{ id: ID, url: ITSELF, kind: 'change', state: 'open', author: 'Policy desk' },
  target: { ...EVENT, url: `/v1/events/${EVENT.slug}` },
  ...{ content_hidden: false, change, ...said, taken_by: null, comments: [], verdict: null },
  ...{ version: 1, created_at: AT, updated_at: AT },
};

export const SHOWN = { ...entry, similar: [] };

const verdict = { decision: 'accepted', reason: 'correction', comment: null, by: 'Newsroom', at: AT };
const revision = { ...EVENT, version: 2, seq: 412 };
const accepted = { ...entry, state: 'accepted', version: 2 };
const withAddress = { ...verdict, revision: { ...revision, url: `/v1/events/${EVENT.slug}/revisions/2` } };

const page = { next: null, previous: null, limit: 50 };
export const SHOWN_LIST = { data: [{ ...accepted, verdict: withAddress }], page: { ...page, limit: 1 } };

const recorded = {
  ...{ version: 2, operation: 'accepted', reason: null, comment: null, author: 'Newsroom', recorded_at: AT, seq: 413 },
  changed: ['state', 'verdict'],
};
const { kind, state, author, taken_by, comments } = accepted;
export const REVISION_EXAMPLES = {
  list: { data: [recorded], page },
  one: {
    ...recorded,
    state: { kind, state, author, target: EVENT, change, ...said, taken_by, comments, verdict: { ...verdict, revision } },
    previous: `${ITSELF}/revisions/1`,
    next: null,
  },
};
