// The first data set, seen through its history: nothing of it is lost, and each version can be sent back as it is.
import { expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('seeded');

interface Recorded {
  entity: string;
  entity_id: string;
  version: number;
  state: Record<string, unknown>;
}
const recorded = async () => (await api.database.pool.query<Recorded>('select entity, entity_id, version, state from revisions')).rows;

test('all that was recorded is told, member by member', async () => {
  const { topics, actors, sources, initiatives, plans, items, events } = api.services;
  const services = Object.fromEntries(
    [topics, actors, sources, initiatives, plans, items, events].map((one) => [one.entity as string, one]),
  );
  const revisions = await recorded();
  expect(revisions.length).toBeGreaterThan(500);
  for (const { entity, entity_id, version, state } of revisions) {
    const past = await services[entity]!.revisions.read({ id: entity_id, seesHidden: true }, [version]);
    expect(past.get(version)!.state).toEqual(state);
  }
});

test('putting the state of each event in force again changes nothing', async () => {
  const events = (await recorded()).filter(({ entity }) => entity === 'event');
  for (const { entity_id } of events.filter((_, index) => index % 5 === 0)) {
    const { state } = (await api.get(`/v1/events/${entity_id}/revisions/1`)).json();
    const answer = await api.put(`/v1/events/${entity_id}`, state);
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.json().version).toBe(1);
  }
});

test('an item of a plan that is deleted keeps its history', async () => {
  const plan = '/v1/action-plans/passing';
  await api.post('/v1/action-plans', { slug: 'passing', title: 'A passing plan' });
  await api.post(`${plan}/items`, { number: 1, title: 'An item' });
  await api.delete(plan);
  expect((await api.get(`${plan}/items/1`)).statusCode).toBe(410);
  expect((await api.get(`${plan}/items/1/revisions`)).json().data).toHaveLength(1);
  expect((await api.post(`${plan}/items/1/revert`, { version: 1 })).statusCode).toBe(410);
});
