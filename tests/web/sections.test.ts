// The pages of plans, initiatives and actors: what the API tells stands on them, by day and by filter, drawn and in words; and
// whatever somebody typed is text.
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('seeded');
const see = async (url: string) => {
  const { statusCode, headers, body } = await api.app.inject({ url, headers: { accept: 'text/html' } });
  const { document } = parseHTML(body);
  return {
    status: statusCode,
    location: headers.location,
    body,
    document,
    text: (selector: string) => document.querySelector(selector)?.textContent?.replace(/\s+/g, ' ').trim(),
    all: (selector: string) => [...document.querySelectorAll(selector)],
  };
};
const ask = async (url: string) => (await api.get(url)).json();
const PLAN = 'global-ai-governance-action-plan';
const WAICO = 'world-ai-cooperation-organization';
const HOSTILE = '<script>alert(1)</script> & "quoted"';

describe('a plan', () => {
  test('is found from the list', async () => {
    const { all } = await see('/plans');
    expect(all('.entry h2 a').map((link) => link.getAttribute('href'))).toContain(`/plans/${PLAN}`);
  });

  test('shows each item with its balance, its last activity and a dot for each development', async () => {
    const [{ all, document }, plan, { data }] = await Promise.all([
      see(`/plans/${PLAN}`),
      ask(`/v1/action-plans/${PLAN}`),
      ask(`/v1/timeline?plan=${PLAN}&limit=200`),
    ]);
    expect(all('.board .card')).toHaveLength(13);
    for (const { number, title, coverage } of plan.items) {
      const card = document.querySelector(`#item-${number}`)!;
      expect(card.querySelector('h3')!.textContent).toBe(title);
      expect(card.querySelector('.balance')!.textContent!.replace('−', '-')).toBe(`${coverage.balance > 0 ? '+' : ''}${coverage.balance}`);
      const bearing = data.flatMap((event: { action_items: { plan: string; item: number }[] }) =>
        event.action_items.filter(({ plan, item }) => plan === PLAN && item === number),
      );
      expect(card.querySelectorAll('.strip circle')).toHaveLength(bearing.length);
      expect(bearing.length).toBe(coverage.advances + coverage.hinders + coverage.mentions);
      expect(card.querySelectorAll('.latest li')).toHaveLength(Math.min(10, bearing.length));
    }
  });

  test.each(['year', 'quarter', 'actor', 'country', 'type'])(
    'as a matrix against each %s: figures, and links to what they count',
    async (by) => {
      const [{ all, document }, coverage] = await Promise.all([
        see(`/plans/${PLAN}?by=${by}`),
        ask(`/v1/action-plans/${PLAN}/coverage?by=${by}&columns=12`),
      ]);
      expect(all('.matrix thead th')).toHaveLength(3 + coverage.columns.length);
      const cells = coverage.items.flatMap(({ cells }: { cells: { events: number }[] }) => cells);
      expect(all('.matrix .heat b').map((one) => Number(one.textContent))).toEqual(cells.map(({ events }: { events: number }) => events));
      expect(all('.matrix .none').length).toBe(13 * coverage.columns.length - cells.length);
      expect(document.querySelector(`#by option[selected]`)!.getAttribute('value')).toBe(by);
      const link = document.querySelector('.matrix .heat a')!;
      const { page } = await ask(`/v1/timeline${link.getAttribute('href')!.slice(1)}&total=true`);
      // A development without a day in the span is counted by its first day there.
      expect(page.total).toBeGreaterThanOrEqual(Number(link.querySelector('b')!.textContent));
    },
  );

  test('marks what is a gap, for what is counted', async () => {
    const { all, text } = await see(`/plans/${PLAN}?effect=hinders&columns=3`);
    const { gaps } = await ask(`/v1/action-plans/${PLAN}/coverage?effect=hinders&columns=3`);
    expect(gaps.length).toBeGreaterThan(0);
    expect(all('.matrix tr.gap')).toHaveLength(gaps.length);
    expect(text('#coverage')).toContain(`Nothing bears on item ${gaps[0]}`);
  });

  test('refuses what the API refuses, and is not there where it is not', async () => {
    expect((await see(`/plans/${PLAN}?by=moon`)).status).toBe(400);
    expect((await see('/plans/never-was')).status).toBe(404);
  });
});

describe('an initiative', () => {
  test('has its course on a line and as a list, in order', async () => {
    const [{ all }, { life_cycle }] = await Promise.all([see(`/initiatives/${WAICO}`), ask(`/v1/initiatives/${WAICO}`)]);
    const addresses = life_cycle.map(({ event }: { event: { slug: string } }) => `/events/${event.slug}`);
    expect(all('.steps a').map((link) => link.getAttribute('href'))).toEqual(addresses);
    expect(all('.line a').map((link) => link.getAttribute('href'))).toEqual(addresses);
  });

  test('has positions as a table, and those of countries on the map', async () => {
    const [{ all, document }, { data }] = await Promise.all([
      see(`/initiatives/${WAICO}`),
      ask(`/v1/initiatives/${WAICO}/positions?limit=200`),
    ]);
    expect(all('.told .held').map((one) => one.textContent!.trim())).toEqual(data.map(({ position }: { position: string }) => position));
    const countries = data.filter(({ actor }: { actor: { kind: string } }) => actor.kind === 'country');
    expect(all('.map .at')).toHaveLength(countries.length);
    expect(document.querySelector('.map a[href="/actors/algeria"]')!.getAttribute('class')).toBe('at signed');
    // Too small for the shapes, so a point.
    expect(document.querySelector('.map a[href="/actors/singapore"] circle')).not.toBeNull();
  });

  test('as it stood on a day', async () => {
    const { text, document } = await see(`/initiatives/${WAICO}?valid_at=2025-08-01`);
    expect(text('.byline')).toContain('Proposed since 26 July 2025');
    expect(text('.choose')).toContain('You see how it stood on 1 August 2025');
    expect(document.querySelector('.map .signed')).toBeNull();
    expect((await see(`/initiatives/${WAICO}?valid_at=`)).location).toBe(`/initiatives/${WAICO}`);
    expect((await see(`/initiatives/${WAICO}?valid_at=soon`)).status).toBe(400);
  });

  test('the list is of a kind, where one is chosen', async () => {
    const { all } = await see('/initiatives?kind=law');
    const { data } = await ask('/v1/initiatives?kind=law');
    expect(data.length).toBeGreaterThan(0);
    expect(all('.entry h2 a').map((link) => link.textContent)).toEqual(data.map(({ name }: { name: string }) => name));
  });
});

describe('an actor', () => {
  test('has its roles with figures, its developments and its network, drawn the same each time', async () => {
    const [{ all, body }, { activity }, network, again] = await Promise.all([
      see('/actors/china'),
      ask('/v1/actors/china'),
      ask('/v1/actors/china/network?limit=24'),
      see('/actors/china'),
    ]);
    expect(all('.bars .number').map((one) => Number(one.textContent))).toEqual(
      activity.by_role.map(({ events }: { events: number }) => events),
    );
    expect(all('.net circle')).toHaveLength(network.nodes.length);
    expect(all('.net path')).toHaveLength(network.links.length);
    expect(all('.others a').map((link) => link.textContent)).toEqual(network.nodes.slice(1).map(({ name }: { name: string }) => name));
    expect(all('.entry')).toHaveLength(15);
    expect(again.body).toBe(body);
  });

  test('the list goes over several pages, of a kind where one is chosen', async () => {
    const { all } = await see('/actors?kind=company');
    const { data } = await ask('/v1/actors?kind=company&limit=200');
    expect(all('.names a').map((link) => link.textContent)).toEqual(data.map(({ name }: { name: string }) => name));
  });
});

test('what somebody typed is text on each of them', async () => {
  await api.post('/v1/actors', { slug: 'hostile', kind: 'country', name: HOSTILE, native_name: HOSTILE, country_code: 'FR' });
  await api.post('/v1/initiatives', { slug: 'hostile', name: HOSTILE, summary: HOSTILE, lead_actors: ['hostile'] });
  await api.post('/v1/action-plans', { slug: 'hostile', title: HOSTILE, issuer: 'hostile', principles: [HOSTILE] });
  await api.post('/v1/action-plans/hostile/items', { number: 1, title: HOSTILE, text: HOSTILE });
  await api.post('/v1/events', {
    ...{ slug: 'hostile', type: 'agreement', title: HOSTILE, date: '2026-02-01', action: 'signed', initiatives: ['hostile'] },
    actors: ['hostile', 'china'].map((actor) => ({ actor, role: 'signatory' })),
    action_items: [{ plan: 'hostile', item: 1, effect: 'advances', note: HOSTILE }],
  });
  for (const url of ['/plans', '/plans/hostile', '/initiatives', '/initiatives/hostile', '/actors', '/actors/hostile', '/add']) {
    const { status, body, all, text } = await see(url);
    expect(status, url).toBe(200);
    expect(body, url).not.toContain('<script>alert');
    expect(all('script:not([src])'), url).toHaveLength(0);
    expect(text('body'), url).toContain('<script>alert(1)</script> & "quoted"');
  }
});
