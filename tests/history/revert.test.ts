// A version that was can be put in force again, as a new version: checked like every other write, and lost to nobody.
import { beforeAll, describe, expect, test } from 'vitest';
import { countRevisions, prepare, RESOURCES } from '../resources/every-resource.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');
beforeAll(() => prepare(api));

describe.each(RESOURCES)('$name', ({ path, whole, key, optional }) => {
  const itself = `${path}/${key(1)}`;
  const last = async () => (await api.get(`${itself}/revisions`)).json().data[0];

  beforeAll(async () => {
    await api.post(path, whole(1));
    await api.patch(itself, { [optional.member]: null });
  });

  test('reverting makes a new version with the content of the old one, and says so', async () => {
    const answer = await api.post(`${itself}/revert`, { version: 1, reason: 'correction' });
    expect(answer.json()).toMatchObject({ version: 3, [optional.member]: whole(1)[optional.member] });
    expect((await api.get(itself)).json()).toEqual(answer.json());
    expect(answer.headers.etag).toBe((await api.get(itself)).headers.etag);
    expect(await last()).toMatchObject({
      version: 3,
      operation: 'updated',
      reason: 'correction',
      comment: 'Reverted to version 1.',
      author: 'test editor',
      changed: [optional.member],
    });
  });

  test('a comment of its own takes the place of the usual one', async () => {
    await api.post(`${itself}/revert`, { version: 2, comment: 'It was right before' });
    expect(await last()).toMatchObject({ version: 4, comment: 'It was right before' });
  });

  test('what has that content already is left alone', async () => {
    const before = await countRevisions(api);
    const answer = await api.post(`${itself}/revert`, { version: 2 });
    expect(answer.json()).toMatchObject({ status: 409, detail: expect.stringMatching(/has the content of version 2 already/) });
    expect(await countRevisions(api)).toBe(before);
  });

  test('with validate_only it is answered and not kept', async () => {
    const before = await countRevisions(api);
    const answer = await api.post(`${itself}/revert?validate_only=true`, { version: 1 });
    expect(answer.json()).toMatchObject({ version: 5, [optional.member]: whole(1)[optional.member] });
    expect(await countRevisions(api)).toBe(before);
    expect((await api.get(itself)).json()[optional.member]).toEqual(optional.otherwise);
  });

  test('of many reverts that name one version as in force, one wins and the others are told', async () => {
    const { headers } = await api.get(itself);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => api.post(`${itself}/revert`, { version: 1 }, { headers: { 'if-match': String(headers.etag) } })),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412, 412, 412, 412, 412]);
    expect(await last()).toMatchObject({ version: 5 });
  });

  test('a version that never was, and a body that says none, are told', async () => {
    expect((await api.post(`${itself}/revert`, { version: 99 })).json()).toMatchObject({
      status: 422,
      errors: [{ pointer: '/version', detail: expect.stringMatching(/has no version 99; it has those from 1 to 5\.$/) }],
    });
    for (const body of [{}, { version: '1' }, { version: 0 }, { version: 1, state: {} }])
      expect((await api.post(`${itself}/revert`, body)).statusCode).toBe(422);
  });

  test('it takes an editor', async () => {
    expect((await api.post(`${itself}/revert`, { version: 2 }, { as: null })).statusCode).toBe(401);
    expect((await api.post(`${itself}/revert`, { version: 2 }, { as: 'contributor' })).statusCode).toBe(403);
  });

  test('what is deleted is restored first; what never was is not there', async () => {
    await api.delete(itself);
    expect((await api.post(`${itself}/revert`, { version: 2 })).statusCode).toBe(410);
    await api.post(`${itself}/restore`);
    expect((await api.post(`${itself}/revert`, { version: 2 })).statusCode).toBe(200);
    expect((await api.post(`${path}/${key(99)}/revert`, { version: 1 })).statusCode).toBe(404);
  });
});

test('what the old version refers to and is gone meanwhile is named', async () => {
  await api.post('/v1/topics', { slug: 'gone', name: 'Gone' });
  await api.post('/v1/actors', { slug: 'gone', name: 'Gone', kind: 'person' });
  const source = (await api.post('/v1/sources', { url: 'https://example.org/gone', title: 'Gone' })).json();
  const actors = [{ actor: 'gone', role: 'speaker' }];
  const sources = [{ source: 'https://example.org/gone' }];
  const event = { slug: 'referring', type: 'speech', title: 'A speech', date: '2025', topics: ['gone'] };
  await api.post('/v1/events', { ...event, actors, sources });
  await api.patch('/v1/events/referring', { topics: [], actors: [], sources: [] });
  await api.delete('/v1/topics/gone');
  const pointersOf = async () =>
    ((await api.post('/v1/events/referring/revert', { version: 1 })).json().errors ?? []).map(
      ({ pointer }: { pointer: string }) => pointer,
    );
  expect(await pointersOf()).toEqual(['/topics/0']);
  await api.post('/v1/topics/gone/restore');
  await api.delete('/v1/actors/gone');
  expect(await pointersOf()).toEqual(['/actors/0/actor']);
  await api.post('/v1/actors/gone/restore');
  await api.delete(`/v1/sources/${source.id}`);
  expect(await pointersOf()).toEqual(['/sources/0/source']);
  await api.post(`/v1/sources/${source.id}/restore`);
  expect(await pointersOf()).toEqual([]);
});

test('a version with another state publishes or withdraws, and the history says so', async () => {
  await api.post('/v1/events', { slug: 'wavering', type: 'statement', title: 'A statement', date: '2025' });
  await api.patch('/v1/events/wavering', { state: 'withdrawn' });
  const operation = async () => (await api.get('/v1/events/wavering/revisions', { as: 'editor' })).json().data[0].operation;
  await api.post('/v1/events/wavering/revert', { version: 1 });
  expect(await operation()).toBe('published');
  expect((await api.get('/v1/events/wavering')).statusCode).toBe(200);
  await api.post('/v1/events/wavering/revert', { version: 2 });
  expect(await operation()).toBe('withdrawn');
  expect((await api.get('/v1/events/wavering')).statusCode).toBe(410);
});

test('a version of an older shape gets what is usual for members that came later, and loses those that went', async () => {
  const { id } = (await api.post('/v1/topics', { slug: 'old', name: 'Old', description: 'As it was' })).json();
  await api.patch('/v1/topics/old', { name: 'New' });
  await api.database.pool.query(
    `update revisions set state = state - 'broader' || '{"abolished": "A word"}' where entity_id = $1 and version = 1`,
    [id],
  );
  const answer = await api.post('/v1/topics/old/revert', { version: 1 });
  expect(answer.json()).toMatchObject({ name: 'Old', description: 'As it was', broader: null, version: 3 });
  expect((await api.get('/v1/topics/old/revisions/3')).json().state).toEqual({
    slug: 'old',
    name: 'Old',
    description: 'As it was',
    broader: null,
  });
});

test('a resource that got its slug later keeps it', async () => {
  const source = (await api.post('/v1/sources', { url: 'https://example.org/named', title: 'First' })).json();
  await api.patch(`/v1/sources/${source.id}`, { slug: 'named', title: 'Second' });
  const answer = await api.post('/v1/sources/named/revert', { version: 1 });
  expect(answer.json()).toMatchObject({ slug: 'named', title: 'First', version: 3 });
});
