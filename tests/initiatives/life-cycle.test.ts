// The course of an initiative: the steps that its events mark, who takes part, and how it stood on a day.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const itself = '/v1/initiatives/the-body';
const read = async (query = '') => (await api.get(`${itself}?${query}`)).json();
const add = (slug: string, date: string, members: object = {}) =>
  api.post('/v1/events', { slug, type: 'agreement', title: slug, date, initiatives: ['the-body'], ...members });
const stepsOf = async (query = '') => (await read(query)).life_cycle.map(({ action, date }: Record<string, string>) => [action, date]);

beforeAll(async () => {
  for (const [slug, country_code] of [
    ['germany', 'DE'],
    ['france', 'FR'],
  ])
    await api.post('/v1/actors', { slug, kind: 'country', name: slug, country_code });
  await api.post('/v1/initiatives', {
    slug: 'the-body',
    name: 'The body',
    milestones: [
      { date: '2025-07', what: 'called for' },
      { date: '2026', what: 'founded' },
    ],
  });
  await add('signing', '2026-07-16', {
    action: 'signed',
    actors: [
      { actor: 'germany', role: 'signatory' },
      { actor: 'germany', role: 'host' },
      { actor: 'france', role: 'observer' },
    ],
  });
  await add('proposal', '2025-07-26', { type: 'proposal', action: 'proposed', actors: [{ actor: 'germany', role: 'proposer' }] });
  await add('talk', '2025-09', { type: 'meeting', actors: [{ actor: 'france', role: 'participant' }] });
  await add('opening', '2030', {
    type: 'meeting',
    action: 'in_force',
    certainty: 'scheduled',
    actors: [{ actor: 'france', role: 'host' }],
  });
  await add('draft', '2026-08', { action: 'terminated', state: 'draft', actors: [{ actor: 'france', role: 'signatory' }] });
});

test('its life cycle is the steps that its published events mark, in order; what is scheduled is told as such', async () => {
  expect(await stepsOf()).toEqual([
    ['proposed', '2025-07-26'],
    ['signed', '2026-07-16'],
    ['in_force', '2030'],
  ]);
  const { life_cycle, status } = await read();
  expect(life_cycle[2]).toEqual({
    action: 'in_force',
    date: '2030',
    certainty: 'scheduled',
    event: { slug: 'opening', title: 'opening', type: 'meeting' },
  });
  expect(status).toBe('signed');
});

test('its participants are those who take part in its published events, with their roles', async () => {
  expect(await read()).toMatchObject({
    participants_total: 2,
    participants: [
      { slug: 'france', events: 3, roles: ['host', 'observer', 'participant'], first_seen_on: '2025-09-01', last_seen_on: '2026-07-16' },
      { slug: 'germany', country_name: 'Germany', events: 2, roles: ['host', 'proposer', 'signatory'] },
    ],
  });
});

describe('on a day', () => {
  test('its status is that of the last step until then', async () => {
    for (const [day, status] of [
      ['2025-07-25', null],
      ['2025-07-26', 'proposed'],
      ['2026-07-15', 'proposed'],
      ['2026-07', 'signed'],
      ['2026-07-16', 'signed'],
    ])
      expect((await read(`valid_at=${day}`)).status, String(day)).toBe(status);
    expect(await read('valid_at=2025')).toMatchObject({ status_since: '2025-07-26', status_origin: 'events' });
  });
  test('later steps, participants and milestones are not there', async () => {
    const then = await read('valid_at=2025-08');
    expect(then.life_cycle).toHaveLength(1);
    expect(then.participants.map(({ slug }: { slug: string }) => slug)).toEqual(['germany']);
    expect(then.milestones).toEqual([{ date: '2025-07', what: 'called for' }]);
  });
  test('what is only scheduled for then is no status', async () => {
    expect((await read('valid_at=2031')).status).toBe('signed');
  });
  test('a status that was set by hand holds from its own day, or since the last step where it has none', async () => {
    await api.patch(itself, { status: 'operating', status_since: '2026-09', status_reason: 'It has an office.' });
    expect((await read('valid_at=2026-08')).status).toBe('signed');
    expect(await read('valid_at=2026-10')).toMatchObject({ status: 'operating', status_origin: 'by_hand' });
    await api.patch(itself, { status_since: null });
    expect((await read('valid_at=2026-07-15')).status).toBe('proposed');
    expect((await read('valid_at=2026-07-16')).status).toBe('operating');
    await api.patch(itself, { status: null, status_since: null, status_reason: null });
  });
  test('a day that is none is refused', async () => {
    expect((await api.get(`${itself}?valid_at=soon`)).json()).toMatchObject({ status: 400, errors: [{ parameter: 'valid_at' }] });
  });
});

test('of steps that begin on one day the less precise is the later one, as on the timeline', async () => {
  await add('amending', '2026-12-01', { action: 'amended' });
  await add('sometime', '2026-12', { action: 'suspended' });
  expect((await read()).status).toBe('suspended');
  expect((await read('valid_at=2026-12')).status).toBe('suspended');
  for (const slug of ['amending', 'sometime']) await api.delete(`/v1/events/${slug}`);
});

test('as of a moment it is answered as it was known then', async () => {
  const { recorded_at } = (await api.get('/v1/changes?limit=200')).json().data.at(-1);
  const then = await read(`known_at=${recorded_at}`);
  await add('ending', '2026-10', { action: 'terminated' });
  expect((await read()).status).toBe('terminated');
  expect(await read(`known_at=${recorded_at}`)).toEqual(then);
});

test('it takes two statements to read, and a write answers what the next read does', async () => {
  expect(await api.countStatements(() => read('valid_at=2026'))).toHaveLength(2);
  const written = await api.patch(itself, { summary: 'A body' });
  const next = await api.get(itself);
  expect([written.body, written.headers.etag]).toEqual([next.body, next.headers.etag]);
});
