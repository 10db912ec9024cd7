// Where actors stand on an initiative: what each part in an event tells, what a later one takes the place of, and how it is
// answered.
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const itself = '/v1/initiatives/the-body/positions';
const read = async (query = '') => (await api.get(`${itself}?${query}`)).json();
let count = 0;

/** What an event says of the actor, and of itself. */
type Part = { role: string; response?: string; action?: string; state?: string; certainty?: string };
type Step = Part & { date: string };

/** A new country with a part in one event for each step. */
async function follow(...steps: Step[]): Promise<string> {
  const slug = `actor-${++count}`;
  await api.post('/v1/actors', { slug, kind: 'country', name: slug, country_code: 'DE' });
  for (const [index, { date, role, response, ...members }] of steps.entries())
    await api.post('/v1/events', {
      slug: `${slug}-${index}`,
      type: 'agreement',
      title: `${slug} ${index}`,
      date,
      initiatives: ['the-body'],
      actors: [{ actor: slug, role, ...(response && { response }) }],
      sources: [{ source: { url: `https://example.org/${slug}/${index}`, title: 'A report' } }],
      ...members,
    });
  return slug;
}
const positionOf = async (slug: string, query = '') =>
  (await read(`limit=200&${query}`)).data.find(({ actor }: { actor: { slug: string } }) => actor.slug === slug);

beforeAll(async () => void (await api.post('/v1/initiatives', { slug: 'the-body', name: 'The body' })));

describe('what a part in an event tells', () => {
  const END = { action: 'withdrawn' };
  test.each<[string, Part, string | undefined]>([
    ['an invitee without an answer', { role: 'invitee' }, 'invited'],
    ...['invited', 'consulted', 'accepted', 'declined', 'silent'].map((response): [string, Part, string] => [
      `an invitee: ${response}`,
      { role: 'invitee', response },
      response,
    ]),
    ['a signatory', { role: 'signatory' }, 'signed'],
    ['a supporter', { role: 'supporter' }, 'supports'],
    ['an endorser', { role: 'endorser' }, 'supports'],
    ['a sponsor', { role: 'sponsor' }, 'supports'],
    ['a proposer', { role: 'proposer' }, 'supports'],
    ['an adopter', { role: 'adopter' }, 'supports'],
    ['an opponent', { role: 'opponent' }, 'opposes'],
    ['an observer', { role: 'observer' }, 'accepted'],
    ['who abstains', { role: 'abstainer' }, 'silent'],
    ['who signs that it ends', { role: 'signatory', ...END }, 'declined'],
    ['who supports that it ends', { role: 'supporter', ...END }, 'opposes'],
    ['who opposes that it ends', { role: 'opponent', ...END }, 'supports'],
    ['who signs that it is put off', { role: 'signatory', action: 'postponed' }, undefined],
    ...['host', 'chair', 'speaker', 'participant', 'subject', 'target', 'issuer'].map((role): [string, Part, undefined] => [
      `a ${role}`,
      { role },
      undefined,
    ]),
  ])('%s', async (_, step, position) => {
    expect((await positionOf(await follow({ date: '2025-07-26', ...step })))?.position).toBe(position);
  });

  test('who is named among those that ratified', async () => {
    const slug = await follow({ date: '2025', role: 'signatory' });
    await api.post('/v1/events', {
      type: 'agreement',
      title: 'Ratified',
      date: '2026',
      initiatives: ['the-body'],
      actors: [{ actor: slug, role: 'participant' }],
      details: { ratified_by: [slug] },
    });
    expect((await positionOf(slug)).position).toBe('ratified');
  });
});

describe('what a later event takes the place of', () => {
  const steps = (...roles: string[]): Step[] =>
    roles.map((text, index) => {
      const [role, response] = text.split(' ');
      return { date: `2025-0${index + 1}-01`, role: role!, ...(response !== undefined && { response }) };
    });
  test.each<[string, string[], string]>([
    ['consulted, then invited', ['invitee consulted', 'invitee invited'], 'invited'],
    ['invited, then signed', ['invitee', 'signatory'], 'signed'],
    ['signed, then invited again', ['signatory', 'invitee'], 'signed'],
    ['signed, then supports', ['signatory', 'supporter'], 'signed'],
    ['signed, then opposes', ['signatory', 'opponent'], 'opposes'],
    ['opposes, then supports', ['opponent', 'supporter'], 'supports'],
    ['declined, then consulted', ['invitee declined', 'invitee consulted'], 'declined'],
    ['declined, then signed', ['invitee declined', 'signatory'], 'signed'],
    ['accepted, then silent', ['invitee accepted', 'abstainer'], 'accepted'],
  ])('%s', async (_, roles, position) => {
    const held = await positionOf(await follow(...steps(...roles)));
    expect(held.position).toBe(position);
    expect(held.history).toHaveLength(2);
  });

  test('the order is that of what happened, not of what was recorded', async () => {
    const slug = await follow({ date: '2026-03-01', role: 'opponent' }, { date: '2025-03-01', role: 'supporter' });
    expect(await positionOf(slug)).toMatchObject({ position: 'opposes', is_order_certain: true });
    expect((await positionOf(slug)).history.map(({ date }: { date: string }) => date)).toEqual(['2025-03-01', '2026-03-01']);
  });

  test('imprecise dates stand where the timeline has them, and where they overlap it is said that the order is not certain', async () => {
    const overlapping = await follow({ date: '2026-03-01', role: 'opponent' }, { date: '2026-03', role: 'supporter' });
    expect(await positionOf(overlapping)).toMatchObject({ position: 'supports', date: '2026-03', is_order_certain: false });
    const apart = await follow({ date: '2026-03', role: 'supporter' }, { date: '2026-04~', role: 'opponent' });
    expect(await positionOf(apart)).toMatchObject({ position: 'opposes', is_order_certain: true });
    const open = await follow({ date: '2026-03/..', role: 'supporter' }, { date: '2026-05-01', role: 'opponent' });
    expect(await positionOf(open)).toMatchObject({ position: 'opposes', is_order_certain: false });
  });

  test('what is scheduled is in the history, and is no position yet', async () => {
    const slug = await follow({ date: '2025-03', role: 'invitee' }, { date: '2030', role: 'signatory', certainty: 'scheduled' });
    expect(await positionOf(slug)).toMatchObject({ position: 'invited', history: [{ position: 'invited' }, { certainty: 'scheduled' }] });
    expect(await positionOf(await follow({ date: '2030', role: 'signatory', certainty: 'scheduled' }))).toBeUndefined();
  });
});

test('each is dated and sourced, and says by which role in which event', async () => {
  const slug = await follow(
    { date: '2025-07-26', role: 'invitee', response: 'consulted' },
    { date: '2026-07-16', role: 'signatory', action: 'signed' },
  );
  expect(await positionOf(slug)).toMatchObject({
    actor: { slug, name: slug, kind: 'country', country_code: 'DE', country_name: 'Germany' },
    position: 'signed',
    date: '2026-07-16',
    certainty: 'confirmed',
    role: 'signatory',
    event: { slug: `${slug}-1`, type: 'agreement', action: 'signed' },
    sources: [{ title: 'A report', url: `https://example.org/${slug}/1` }],
    history: [
      { position: 'consulted', response: 'consulted', sources: [{ url: `https://example.org/${slug}/0` }] },
      { position: 'signed' },
    ],
  });
});

describe('when', () => {
  test('on a day it stands as what had begun until then tells', async () => {
    const slug = await follow({ date: '2025-07-26', role: 'invitee' }, { date: '2026-07-16', role: 'signatory' });
    expect((await positionOf(slug, 'valid_at=2026-07-15')).position).toBe('invited');
    expect((await positionOf(slug, 'valid_at=2026-07')).position).toBe('signed');
    expect(await positionOf(slug, 'valid_at=2024')).toBeUndefined();
  });
  test('as of a moment it stands as what was known then tells, even of an earlier day', async () => {
    const slug = await follow({ date: '2025-07-26', role: 'invitee' });
    const { recorded_at } = (await api.get(`/v1/events/${slug}-0/revisions`)).json().data[0];
    await api.patch(`/v1/events/${slug}-0`, { actors: [{ actor: slug, role: 'signatory' }] });
    expect((await positionOf(slug)).position).toBe('signed');
    expect((await positionOf(slug, `known_at=${recorded_at}`)).position).toBe('invited');
  });
});

test('drafts, withdrawn and deleted events tell nothing', async () => {
  for (const hide of [
    (event: string) => api.patch(`/v1/events/${event}`, { state: 'withdrawn' }),
    (event: string) => api.delete(`/v1/events/${event}`),
  ]) {
    const slug = await follow({ date: '2025', role: 'supporter' });
    expect((await positionOf(slug)).position).toBe('supports');
    await hide(`${slug}-0`);
    expect(await positionOf(slug)).toBeUndefined();
  }
  expect(await positionOf(await follow({ date: '2025', role: 'supporter', state: 'draft' }))).toBeUndefined();
});

test('persons act for others, and are told only where they are asked for', async () => {
  await api.post('/v1/actors', { slug: 'a-minister', kind: 'person', name: 'A minister' });
  await api.post('/v1/events', {
    type: 'agreement',
    title: 'Signed by hand',
    date: '2026',
    initiatives: ['the-body'],
    actors: [{ actor: 'a-minister', role: 'signatory' }],
  });
  expect(await positionOf('a-minister')).toBeUndefined();
  expect((await read('kind=person')).data.map(({ actor }: { actor: { slug: string } }) => actor.slug)).toEqual(['a-minister']);
});

test('pages go through all of them by name, there and back', async () => {
  const all = (await read('limit=200')).data;
  expect(all.length).toBeGreaterThan(20);
  const seen: unknown[] = [];
  let address: string | null = `${itself}?limit=7`;
  let last = '';
  while (address !== null) {
    const answer: { data: unknown[]; page: { next: string | null } } = (await api.get(address)).json();
    seen.push(...answer.data);
    last = address;
    address = answer.page.next;
  }
  expect(seen).toEqual(all);
  const { page, data } = (await api.get(last)).json();
  const before = (await api.get(page.previous)).json();
  expect(before.data).toEqual(all.slice(all.length - data.length - 7, all.length - data.length));
  expect((await api.get(`${page.previous}&position=signed`)).statusCode).toBe(400);
});

test('how many hold each position is told of all, and one can ask for some', async () => {
  const { by_position, data, counted } = await read('position=signed,opposes&limit=200');
  expect(counted).toBe('actors');
  expect(new Set(data.map(({ position }: { position: string }) => position))).toEqual(new Set(['signed', 'opposes']));
  const all = (await read('limit=200')).data;
  for (const { position, actors } of by_position)
    expect(
      all.filter((held: { position: string }) => held.position === position),
      position,
    ).toHaveLength(actors);
});

test('as CSV, a row for each, and no cell is a formula', async () => {
  await api.post('/v1/actors', { slug: 'evil', kind: 'company', name: '=1+1' });
  await api.post('/v1/events', {
    type: 'statement',
    title: '@here',
    date: '2026',
    initiatives: ['the-body'],
    actors: [{ actor: 'evil', role: 'supporter' }],
  });
  const answer = await api.get(`${itself}.csv`);
  const rows = parse(answer.body, { bom: true, columns: true }) as Record<string, string>[];
  expect(rows).toHaveLength((await read('limit=200')).data.length);
  expect(rows.find(({ actor }) => actor === 'evil')).toMatchObject({
    name: "'=1+1",
    event_title: "'@here",
    position: 'supports',
    date: '2026',
  });
});

test('it takes three statements: two to find the initiative, one for all positions; the second time none', async () => {
  expect(await api.countStatements(() => read('limit=3'))).toHaveLength(3);
  expect(await api.countStatements(() => read('limit=3'))).toEqual([]);
});

describe('what is asked wrongly', () => {
  test.each([
    ['position=maybe', 'position'],
    ['kind=planet', 'kind'],
    ['valid_at=soon', 'valid_at'],
    ['cursor=x', 'cursor'],
  ])('%s', async (query, parameter) => {
    expect((await api.get(`${itself}?${query}`)).json()).toMatchObject({ status: 400, errors: [{ parameter }] });
  });
  test('an initiative that is not there', async () => {
    expect((await api.get('/v1/initiatives/nothing/positions')).statusCode).toBe(404);
    expect((await api.get('/v1/initiatives/nothing/positions.csv')).statusCode).toBe(404);
  });
});
