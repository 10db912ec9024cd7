// An event that was merged is still named by what was written before: by versions that are reverted to, by events that were
// deleted meanwhile, by files. All of it names the event that it became part of, whichever way it is written.
import { expect, test } from 'vitest';
import { useApp } from '../support/app.js';
import { findDerivedWrongly, findFaults } from '../support/consistency.js';

const api = useApp('empty');
const at = (slug: string, rest = '') => `/v1/events/${slug}${rest}`;
let count = 0;

const make = (members: object = {}) => ({ slug: `event-${++count}`, type: 'speech', title: `Speech ${count}`, date: '2025', ...members });
const add = async (members: object = {}): Promise<string> => {
  const event = make(members);
  expect((await api.post('/v1/events', event)).statusCode).toBe(201);
  return event.slug;
};
const merge = async (slug: string, into: string) => expect((await api.post(at(slug, '/merge'), { into })).statusCode).toBe(200);
/** Two events of which the first became part of the second. */
const merged = async (): Promise<[loser: string, winner: string]> => {
  const pair: [string, string] = [await add(), await add()];
  await merge(...pair);
  return pair;
};
const to = (event: string, relation = 'follows_up') => ({ event, relation });
/** As the document in force names them. */
const relationsOf = async (slug: string) => {
  const { version } = (await api.get(at(slug))).json();
  return (await api.get(at(slug, `/revisions/${version}`))).json().state.related;
};
const source = (name: string, more: object = {}) => ({ source: { url: `https://example.org/${name}`, title: name }, ...more });

test('an event that was deleted before the merge names the one that stays when it is restored', async () => {
  const [loser, winner] = [await add(), await add()];
  const naming = await add({ related: [to(loser)] });
  await api.delete(at(naming));
  await merge(loser, winner);
  const restored = await api.post(at(naming, '/restore'));
  expect(restored.json()).toMatchObject({ version: 3, related: [to(winner)] });
  expect(await relationsOf(naming)).toEqual([to(winner)]);
  expect((await api.get(at(naming, '/revisions'))).json().data[0]).toMatchObject({ operation: 'restored', changed: ['related'] });
  expect((await api.get(at(winner, '/related'))).json().data).toMatchObject([{ event: { slug: naming } }]);
});

test('so does one that was merged, and is restored', async () => {
  const [loser, winner] = [await add(), await add()];
  const naming = await add({ related: [to(loser)] });
  await merge(naming, await add());
  await merge(loser, winner);
  expect((await api.post(at(naming, '/restore'))).json()).toMatchObject({ related: [to(winner)] });
});

test('a version that named it is reverted to with the name of the one that stays, through a chain of merges', async () => {
  const [first, second, last] = [await add(), await add(), await add()];
  const naming = await add({ related: [to(first)] });
  await api.patch(at(naming), { related: [], summary: 'Later' });
  await merge(first, second);
  await merge(second, last);
  const reverted = await api.post(at(naming, '/revert'), { version: 1 });
  expect(reverted.json()).toMatchObject({ version: 3, summary: null, related: [to(last)] });
  expect((await api.post(at(naming, '/revert'), { version: 1 })).json()).toMatchObject({
    status: 409,
    detail: expect.stringMatching(/already/),
  });
});

test('whatever is sent may name it: POST, PUT, PATCH, each line of a batch, and what is only checked', async () => {
  const [loser, winner] = await merged();
  const related = [to(loser)];
  const posted = await add({ related });
  expect(await relationsOf(posted)).toEqual([to(winner)]);
  for (const send of [api.put, api.patch]) {
    const event = make();
    await api.post('/v1/events', event);
    expect((await send(at(event.slug), send === api.put ? { ...event, related } : { related })).json()).toMatchObject({
      related: [to(winner)],
    });
  }
  expect((await api.post('/v1/events?validate_only=true', make({ related }))).json()).toMatchObject({ related: [to(winner)] });
  const [fresh, replaced] = [make({ related }), { ...make({ related }), slug: posted }];
  await api.post('/v1/events/batch?upsert=true', [fresh, replaced]);
  expect([await relationsOf(fresh.slug), await relationsOf(posted)]).toEqual([[to(winner)], [to(winner)]]);
});

test('what would be a relation to itself is left out, and what would be there twice is there once', async () => {
  const [loser, winner] = [await add(), await add()];
  await api.patch(at(winner), { related: [to(loser), to(await add(), 'amends')] });
  await merge(loser, winner);
  const kept = await relationsOf(winner);
  const reverted = await api.post(at(winner, '/revert'), { version: 2 });
  expect(reverted.json()).toMatchObject({ status: 409, detail: expect.stringMatching(/already/) });
  expect(await relationsOf(winner)).toEqual(kept);
  const naming = await add({ related: [to(loser), to(loser, 'amends'), to(winner)] });
  expect(await relationsOf(naming)).toEqual([to(loser, 'amends'), to(loser)].map((one) => ({ ...one, event: winner })));
});

test('but what is sent twice, or of itself, is refused as ever', async () => {
  const [loser, winner] = await merged();
  const twice = await api.post('/v1/events', make({ related: [to(loser), to(winner), to(winner)] }));
  expect(twice.json()).toMatchObject({ status: 422, errors: [{ pointer: '/related/2/event', detail: expect.stringContaining('twice') }] });
  const itself = await api.patch(at(winner), { related: [to(loser), to(winner)] });
  expect(itself.json()).toMatchObject({
    status: 422,
    errors: [{ pointer: '/related/1/event', detail: expect.stringContaining('itself') }],
  });
});

test('claims follow the relation that they back; one whose relation is left out backs the event as a whole', async () => {
  const [loser, winner] = await merged();
  const other = await add();
  const naming = await add({
    related: [to(loser), to(winner), to(other, 'amends')],
    sources: [source('a', { claim: '/related/0' }), source('b', { claim: '/related/2/event' }), source('c', { claim: '/date' })],
  });
  expect((await api.get(at(naming))).json()).toMatchObject({
    related: [to(winner), to(other, 'amends')],
    sources: [
      { title: 'a', claim: '/related/0' },
      { title: 'b', claim: '/related/1/event' },
      { title: 'c', claim: '/date' },
    ],
  });
  await api.patch(at(winner), {
    related: [to(loser), to(other, 'amends')],
    sources: [
      source('a'),
      source('a', { claim: '/related/0' }),
      source('b', { claim: '/related/0/relation' }),
      source('c', { claim: '/related/0', stance: 'disputes' }),
      source('d', { claim: '/related/1' }),
    ],
  });
  expect((await api.get(at(winner))).json()).toMatchObject({
    related: [to(other, 'amends')],
    sources: [
      { title: 'a', claim: null },
      { title: 'b', claim: null },
      { title: 'd', claim: '/related/0' },
    ],
  });
});

test('what else is wrong is told where it was sent', async () => {
  const [loser, winner] = await merged();
  const answer = await api.post('/v1/events', make({ related: [to(loser), to(winner), to('nothing')] }));
  expect(answer.json().errors).toEqual([{ pointer: '/related/2/event', detail: expect.stringContaining('nothing') }]);
});

test('where the one that stays was deleted too, that one is named', async () => {
  const [loser, winner] = await merged();
  await api.delete(at(winner));
  const answer = await api.post('/v1/events', make({ related: [to(loser)] }));
  expect(answer.json().errors).toEqual([{ pointer: '/related/0/event', detail: expect.stringContaining(winner) }]);
});

test('one that was restored after its merge is named itself', async () => {
  const [loser] = await merged();
  await api.post(at(loser, '/restore'));
  expect(await relationsOf(await add({ related: [to(loser)] }))).toEqual([to(loser)]);
});

test('what was made of it agrees with itself, and is made again from the revisions', async () => {
  expect(await findFaults(api.database)).toEqual([]);
  expect(await findDerivedWrongly(api.database)).toEqual([]);
});
