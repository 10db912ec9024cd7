// The status of an initiative: what the latest development says, unless somebody set it by hand and said why.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const itself = '/v1/initiatives/the-organisation';
const read = async () => {
  const { status, status_since, status_origin } = (await api.get(itself)).json();
  return [status, status_since, status_origin];
};
const mark = (slug: string, date: string, members: object) =>
  api.post('/v1/events', { slug, type: 'proposal', title: slug, date, initiatives: ['the-organisation'], ...members });

beforeAll(async () => void (await api.post('/v1/initiatives', { name: 'The organisation', kind: 'organisation' })));

test('it has none while no event marks a step', async () => {
  await mark('talk', '2025-01', {});
  expect(await read()).toEqual([null, null, null]);
});

test('it follows the latest step, not the one that was recorded last', async () => {
  await mark('signing', '2026-07', { action: 'signed' });
  await mark('proposal', '2025-07-26', { action: 'proposed' });
  expect(await read()).toEqual(['signed', '2026-07', 'events']);
});

describe('what does not count', () => {
  test.each([
    ['a draft', { state: 'draft' }],
    ['what is only scheduled', { certainty: 'scheduled' }],
    ['what belongs to another initiative', { initiatives: [] }],
  ])('%s', async (_, members) => {
    await mark(`later-${Object.keys(members)[0]}`, '2030', { action: 'terminated', ...members });
    expect(await read()).toEqual(['signed', '2026-07', 'events']);
  });
});

test('it goes back when the event is withdrawn or moved, and on again', async () => {
  await api.patch('/v1/events/signing', { state: 'withdrawn' });
  expect(await read()).toEqual(['proposed', '2025-07-26', 'events']);
  await api.post('/v1/events/signing/restore');
  await api.patch('/v1/events/signing', { date: '2024' });
  expect(await read()).toEqual(['proposed', '2025-07-26', 'events']);
  await api.patch('/v1/events/signing', { date: '2026-07' });
  expect((await read())[0]).toBe('signed');
});

test('by hand it takes a reason, and stands above the events until it is taken back', async () => {
  expect((await api.patch(itself, { status: 'operating' })).json()).toMatchObject({ status: 422, errors: [{ pointer: '/status_reason' }] });
  expect((await api.patch(itself, { status_since: '2026' })).json()).toMatchObject({ status: 422, errors: [{ pointer: '/status' }] });
  await api.patch(itself, { status: 'operating', status_since: '2026-09', status_reason: 'Its secretariat opened.' });
  expect(await read()).toEqual(['operating', '2026-09', 'by_hand']);
  await api.patch(itself, { status: null, status_since: null, status_reason: null });
  expect(await read()).toEqual(['signed', '2026-07', 'events']);
});

test('its leaders are actors that exist, each named once', async () => {
  await api.post('/v1/actors', { kind: 'country', name: 'China', country_code: 'CN' });
  expect((await api.patch(itself, { lead_actors: ['china'] })).json().lead_actors).toEqual([
    { slug: 'china', name: 'China', kind: 'country', country_code: 'CN', country_name: 'China' },
  ]);
  expect((await api.get('/v1/initiatives?lead_actor=china')).json().data).toHaveLength(1);
  for (const lead_actors of [['nobody'], ['china', 'china']]) expect((await api.patch(itself, { lead_actors })).statusCode).toBe(422);
});
