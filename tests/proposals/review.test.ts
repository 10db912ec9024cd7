// The steps of a review: who takes which, from which state, what is recorded of it, and that one editor alone decides.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';
import { findDerivedWrongly, findFaults } from '../support/consistency.js';
import { development, type Proposal, proposeChange, proposeNew, proposing, recorded } from './proposing.js';

const api = useApp('empty');
const { propose, step, take, read, list, event } = proposing(api);
const keys: Record<'Mara' | 'Nils', string> = { Mara: '', Nils: '' };
const as = (name: keyof typeof keys) => ({ as: null, headers: { authorization: `Bearer ${keys[name]}` } });
const detail = async (answer: Promise<{ statusCode: number; json(): { detail: string } }>, status: number) => {
  const { statusCode, json } = await answer.then((one) => ({ statusCode: one.statusCode, json: () => one.json() }));
  expect([statusCode, json().detail]).toEqual([status, expect.stringMatching(/^[A-Z].*\.$/)]);
  return json().detail;
};
const open = (n: number | string, more: object = {}) => propose(proposeNew(development(n), more));

beforeAll(async () => {
  for (const name of ['Mara', 'Nils'] as const)
    keys[name] = (await api.post('/v1/keys', { name, role: 'editor' }, { as: 'admin' })).json().key;
});

describe('what is accepted', () => {
  let accepted: Proposal;
  beforeAll(async () => {
    const { id } = await open('accepted', { reason: 'new_development' });
    const answer = await step(id, 'accept', { comment: 'Two sources agree.' }, as('Mara'));
    accepted = answer.json();
    const { body, headers } = await api.get(`/v1/proposals/${id}`, as('Mara'));
    expect([body, headers.etag]).toEqual([answer.body, answer.headers.etag]);
  });
  const made = async () => (await api.get(`/v1/events/${accepted.verdict!.revision!.slug}`)).json();

  test('is there, by the normal way of writing', async () => {
    expect(await made()).toMatchObject({ title: 'Something is said for the time accepted', version: 1, state: 'published' });
    const { data } = (await api.get('/v1/timeline?from=2026-02-03&to=2026-02-03')).json();
    expect(data.map(({ id }: { id: string }) => id)).toContain(accepted.verdict!.revision!.id);
  });

  test('points to the revision, which is credited to its author and the editor, with the reason', async () => {
    expect(accepted).toMatchObject({
      state: 'accepted',
      verdict: { decision: 'accepted', by: 'Mara', reason: 'new_development', comment: 'Two sources agree.' },
    });
    const { url, seq, version, entity } = accepted.verdict!.revision!;
    const revision = (await api.get(url)).json();
    expect(revision).toMatchObject({ version, seq, author: 'test contributor, accepted by Mara', reason: 'new_development' });
    expect([entity, revision.comment]).toEqual(['event', `Two sources agree. (proposal ${accepted.id})`]);
    const { data } = (await api.get(`/v1/changes?since=${seq - 1}&limit=2`)).json();
    expect(data.map((one: { entity: string; operation: string }) => [one.entity, one.operation])).toEqual([
      ['event', 'created'],
      ['proposal', 'accepted'],
    ]);
  });

  test('tells why by the rationale where the editor says nothing', async () => {
    const { id } = await open('silent', { rationale: 'The ministry says so.' });
    const { verdict } = await take(id, 'accept');
    expect(verdict).toMatchObject({ comment: null, by: 'test editor' });
    expect((await api.get(verdict!.revision!.url)).json().comment).toBe(`The ministry says so. (proposal ${id})`);
  });

  test('is done whole or not at all: what can no longer be done leaves the proposal as it was', async () => {
    const { id } = await propose(proposeNew(development('later', { slug: 'taken-meanwhile' })));
    await event('taken-meanwhile');
    const before = await recorded(api);
    expect(await detail(step(id, 'accept', {}, as('Mara')), 409)).toContain('taken-meanwhile already');
    expect([await recorded(api), (await read(id)).state]).toEqual([before, 'open']);
    const gone = await event('gone-meanwhile').then(() => propose(proposeChange('gone-meanwhile', { significance: 5 })));
    await api.delete('/v1/events/gone-meanwhile');
    expect(await detail(step(gone.id, 'accept', {}, as('Mara')), 409)).toContain('was deleted on');
  });

  test('is shown, and nothing done, with validate_only', async () => {
    const { id } = await open('tried');
    const before = await recorded(api);
    const answer = await api.post(`/v1/proposals/${id}/accept?validate_only=true`, {}, as('Mara'));
    expect([answer.statusCode, answer.json().state, await recorded(api)]).toEqual([200, 'accepted', before]);
    expect((await read(id)).state).toBe('open');
  });

  test('is done once under one Idempotency-Key', async () => {
    const { id } = await open('keyed');
    const sending = { headers: { 'idempotency-key': 'accept-once' } };
    const [one, other] = [await step(id, 'accept', {}, sending), await step(id, 'accept', {}, sending)];
    expect([one.statusCode, other.statusCode, other.body]).toEqual([200, 200, one.body]);
  });
});

describe('two editors', () => {
  test('who accept at once: one wins, the other is told who did, and it is there once', async () => {
    for (let round = 0; round < 5; round++) {
      const { id } = await open(`race ${round}`);
      const answers = await Promise.all([step(id, 'accept', {}, as('Mara')), step(id, 'accept', {}, as('Nils'))]);
      expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
      const lost = answers.find(({ statusCode }) => statusCode === 409)!.json();
      expect(lost.detail).toMatch(/^The proposal was accepted already, by (Mara|Nils) on \d{4}-\d{2}-\d{2};/);
      const { data } = (await api.get('/v1/events?limit=200')).json();
      expect(data.filter(({ title }: { title: string }) => title.endsWith(`race ${round}`))).toHaveLength(1);
    }
  });

  test('of whom one accepts and one rejects: there is one verdict', async () => {
    const { id } = await open('torn');
    const answers = await Promise.all([step(id, 'accept', {}, as('Mara')), step(id, 'reject', { reason: 'No' }, as('Nils'))]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
    const { state, verdict } = await read(id, as('Mara'));
    expect(verdict!.decision).toBe(state);
  });

  test('with If-Match only what was read is decided on', async () => {
    const { id } = await open('read');
    const { headers } = await api.get(`/v1/proposals/${id}`, as('Mara'));
    await take(id, 'comments', { text: 'Wait.' }, as('Nils'));
    const sending = { ...as('Mara'), headers: { ...as('Mara').headers, 'if-match': headers.etag as string } };
    await detail(step(id, 'accept', {}, sending), 412);
  });

  test('one takes it, the other sees that, and only the first or an admin gives it back', async () => {
    const { id } = await open('taken');
    expect((await take(id, 'take', {}, as('Mara'))).taken_by).toBe('Mara');
    expect(await detail(step(id, 'take', {}, as('Nils')), 409)).toContain('Mara has taken');
    expect(await detail(step(id, 'take', {}, as('Mara')), 409)).toContain('You have taken');
    await detail(step(id, 'release', {}, as('Nils')), 403);
    expect((await list('&taken_by=me', as('Mara'))).map((one) => one.id)).toEqual([id]);
    expect((await list('&taken_by=Mara', as('Nils'))).map((one) => one.id)).toEqual([id]);
    expect((await list('&taken_by=nobody&state=open', as('Nils'))).map((one) => one.id)).not.toContain(id);
    expect((await take(id, 'release', {}, as('Mara'))).taken_by).toBe(null);
    await detail(step(id, 'release', {}, as('Mara')), 409);
    await take(id, 'take', {}, as('Mara'));
    await take(id, 'release', {}, { as: 'admin' });
  });
});

describe('nobody decides on their own', () => {
  test.each(['accept', 'reject', 'request-changes', 'take'])('an editor is refused: %s', async (name) => {
    const { id } = await propose(proposeNew(development(`own ${name}`)), as('Mara'));
    await detail(step(id, name, { reason: 'new_development' }, as('Mara')), 403);
    expect((await read(id)).state).toBe('open');
    await take(id, name, name === 'accept' ? {} : { reason: 'No' }, as('Nils'));
  });
  test('nor does an admin', async () => {
    const { id } = await propose(proposeNew(development('own admin')), { as: 'admin' });
    await detail(step(id, 'accept', {}, { as: 'admin' }), 403);
  });
});

describe('a proposal that is given back', () => {
  test('is revised by its author, against the version of then, and open again', async () => {
    await event('revised', { significance: 2 });
    const { id } = await propose(proposeChange('revised', { significance: 4 }));
    await detail(api.patch(`/v1/proposals/${id}`, { rationale: 'Sooner' }, { as: 'contributor' }), 409);
    const asked = await take(id, 'request-changes', { comment: 'Say where.' }, as('Mara'));
    expect(asked).toMatchObject({
      state: 'changes_requested',
      verdict: { decision: 'changes_requested', comment: 'Say where.', by: 'Mara' },
    });
    await detail(step(id, 'request-changes', { comment: 'Again.' }, as('Mara')), 409);
    await detail(api.patch(`/v1/proposals/${id}`, { rationale: 'By another' }, as('Nils')), 403);
    expect((await api.patch(`/v1/proposals/${id}`, { change: { significance: 9 } }, { as: 'contributor' })).json().errors[0].pointer).toBe(
      '/change/significance',
    );
    expect((await api.patch(`/v1/proposals/${id}`, { sources: [] }, { as: 'contributor' })).json().errors[0].pointer).toBe('/sources');
    const revised = await api.patch(
      `/v1/proposals/${id}`,
      { change: { significance: 5 }, sources: ['https://example.org/b'] },
      { as: 'contributor' },
    );
    expect(revised.json()).toMatchObject({
      state: 'open',
      change: { significance: 5 },
      verdict: null,
      version: 3,
      rationale: 'It is known by now.',
    });
    await take(id, 'accept', {}, as('Mara'));
    expect((await api.get('/v1/events/revised')).json().significance).toBe(5);
  });

  test('may be rejected, or accepted after all', async () => {
    for (const name of ['accept', 'reject']) {
      const { id } = await open(`after all ${name}`);
      await take(id, 'request-changes', { reason: 'Unclear' }, as('Mara'));
      await take(id, name, name === 'accept' ? {} : { reason: 'No answer' }, as('Nils'));
    }
  });
});

describe('a comment', () => {
  test('is made by editors and its author, and told to them', async () => {
    const { id } = await open('discussed');
    await take(id, 'comments', { text: 'Is it official?' }, as('Mara'));
    const { comments } = await take(id, 'comments', { text: 'It is.' }, { as: 'contributor' });
    expect(comments.map(({ author, by, text }) => [author, by, text])).toEqual([
      ['Mara', 'editor', 'Is it official?'],
      ['test contributor', 'author', 'It is.'],
    ]);
    expect((await read(id)).comments).toEqual([]);
    const other = (await api.post('/v1/keys', { name: 'Another', role: 'contributor' }, { as: 'admin' })).json().key;
    await detail(step(id, 'comments', { text: 'Me too' }, { as: null, headers: { authorization: `Bearer ${other}` } }), 403);
  });
});

describe('what has ended stays so', () => {
  const STEPS: [string, object, 'author' | 'editor'][] = [
    ['accept', {}, 'editor'],
    ['reject', { reason: 'No' }, 'editor'],
    ['request-changes', { reason: 'No' }, 'editor'],
    ['take', {}, 'editor'],
    ['release', {}, 'editor'],
    ['comments', { text: 'Late' }, 'editor'],
    ['withdraw', {}, 'author'],
  ];
  test.each(['accept', 'reject', 'withdraw'])('after %s each step is a conflict that says so', async (end) => {
    const { id } = await open(`ended by ${end}`);
    await take(id, end, end === 'reject' ? { reason: 'No' } : {}, end === 'withdraw' ? { as: 'contributor' } : as('Mara'));
    const was = { accept: 'was accepted already', reject: 'was rejected already', withdraw: 'was withdrawn by its author' }[end];
    for (const [name, body, by] of STEPS)
      expect(await detail(step(id, name, body, by === 'author' ? { as: 'contributor' } : as('Nils')), 409), name).toContain(was);
    await detail(api.patch(`/v1/proposals/${id}`, { rationale: 'Late' }, { as: 'contributor' }), 409);
  });

  test('only its author withdraws it', async () => {
    const { id } = await open('not yours');
    await detail(step(id, 'withdraw', {}, as('Mara')), 403);
  });

  test('a refusal says why', async () => {
    const { id } = await open('why');
    for (const name of ['reject', 'request-changes'])
      expect((await step(id, name, {}, as('Mara'))).json().errors[0].detail).toBe('Say why: send a reason, a comment, or both.');
  });
});

test('every step is a version, and its history tells who took it', async () => {
  const { id } = await open('history');
  await take(id, 'take', {}, as('Mara'));
  await take(id, 'comments', { text: 'Hm.' }, as('Mara'));
  await take(id, 'accept', {}, as('Mara'));
  const { data } = (await api.get(`/v1/proposals/${id}/revisions`, as('Nils'))).json();
  const told = data.map(({ version, operation, author, changed }: Record<string, unknown>) => [version, operation, author, changed]);
  expect(told).toEqual([
    [4, 'accepted', 'Mara', ['state', 'verdict', 'is_public']],
    [3, 'updated', 'Mara', ['comments']],
    [2, 'updated', 'Mara', ['taken_by']],
    [1, 'created', 'test contributor', expect.arrayContaining(['state', 'change', 'rationale'])],
  ]);
  const diff = (await api.get(`/v1/proposals/${id}/revisions?diff=1..2`, as('Nils'))).json();
  expect(diff.patch).toEqual([{ op: 'replace', path: '/taken_by', value: 'Mara' }]);
});

test('what is derived is as the revisions say', async () => {
  expect(await findFaults(api.database)).toEqual([]);
  expect(await findDerivedWrongly(api.database)).toEqual([]);
});
