// Who may do what: every route, for every role, from the routes themselves.
import { beforeAll, describe, expect, test } from 'vitest';
import { ROLES, type Role } from '../../src/http/access.js';
import { useApp } from '../support/app.js';

const api = useApp('seeded');

/** Each operation under /v1, and what it declares; what only says that there is no such method is none. */
const operations = () =>
  api.routes.flatMap(({ method, url, config }) =>
    url.startsWith('/v1/') && config?.operation !== undefined
      ? [method]
          .flat()
          .filter((name) => name !== 'HEAD')
          .map((name) => ({ method: name, url, access: config!.access! }))
      : [],
  );
/** A stream from a position in the future is refused, so that it ends. */
const addressOf = (url: string): string =>
  url
    .replace(':number', '1')
    .replace(/:\w+/g, 'nothing')
    .replace(/\/stream$/, '/stream?since=999999999999');
const ask = (method: string, url: string, key?: string) =>
  api.app.inject({ method: method as 'GET', url: addressOf(url), headers: key === undefined ? {} : { authorization: `Bearer ${key}` } });

test('there is something to walk, and all of it that writes needs a key', () => {
  expect(operations().length).toBeGreaterThan(50);
  for (const { method, url, access } of operations())
    expect(access === 'public', `${method} ${url}`).toBe(method === 'GET' && !/^\/v1\/(keys|webhooks)/.test(url));
});

test('what is no operation says that there is no such method, to everybody', async () => {
  const others = api.routes.filter(({ url, config }) => url.startsWith('/v1/') && config?.operation === undefined);
  expect(others.length).toBeGreaterThan(0);
  for (const { url, method } of others)
    for (const name of [method].flat().filter((name) => name !== 'HEAD')) expect((await ask(name, url)).statusCode, url).toBe(405);
});

describe('each operation lets in whom it says', () => {
  test('nobody without a key where one is needed: 401, and how to send one', async () => {
    for (const { method, url, access } of operations()) {
      const { statusCode, headers } = await ask(method, url);
      expect(statusCode === 401, `${method} ${url}`).toBe(access !== 'public');
      if (access !== 'public') expect(headers['www-authenticate']).toBe('Bearer realm="demarche"');
    }
  });

  test.each(ROLES)('%s: 403 where the role is not enough, and no sooner', async (role) => {
    for (const { method, url, access } of operations()) {
      const { statusCode } = await ask(method, url, api.keys[role]);
      const enough = access === 'public' || ROLES.indexOf(role) >= ROLES.indexOf(access as Role);
      expect(statusCode === 403, `${role} ${method} ${url}`).toBe(!enough);
      expect(statusCode).not.toBe(401);
    }
  });
});

describe('a key that is not valid is refused everywhere, even where none is needed', () => {
  const invalid: Record<string, string> = {};
  beforeAll(async () => {
    const { keys } = api.services;
    const revoked = await keys.create({ name: 'revoked', role: 'admin', expires_at: null });
    await keys.revoke(revoked.id);
    const expired = await keys.create({ name: 'expired', role: 'admin', expires_at: '2020-01-01T00:00:00Z' });
    Object.assign(invalid, {
      unknown: `dmr_${'x'.repeat(43)}`,
      revoked: revoked.key,
      expired: expired.key,
      empty: '',
      'half of one': api.keys.admin.slice(0, 20),
    });
  });

  test.each(['unknown', 'revoked', 'expired', 'empty', 'half of one'])('%s', async (name) => {
    for (const { method, url } of operations()) expect((await ask(method, url, invalid[name])).statusCode, `${method} ${url}`).toBe(401);
  });

  test('and so is one that is sent in another way', async () => {
    for (const authorization of [`Basic ${api.keys.admin}`, api.keys.admin, `Bearer ${api.keys.admin} x`])
      expect((await api.app.inject({ url: '/v1/topics', headers: { authorization } })).statusCode).toBe(401);
  });
});

describe('what one may not see answers like what is not there', () => {
  const hidden = { type: 'statement', title: 'A draft', date: '2025-07-26', initiatives: ['world-ai-cooperation-organization'] };
  const states = ['draft', 'in_review'];
  const slugOf = (state: string) => `hidden-${state.replace('_', '-')}`;
  beforeAll(async () => {
    for (const state of states) {
      const link = { plan: 'global-ai-governance-action-plan', item: 1, effect: 'advances' };
      const made = await api.post('/v1/events', {
        ...hidden,
        slug: slugOf(state),
        state,
        action: 'terminated',
        date: '2030',
        action_items: [link],
      });
      expect(made.statusCode).toBe(201);
      await api.patch('/v1/events/li-qiang-waic-2025-keynote', { related: [{ event: slugOf(state), relation: 'part_of' }] });
    }
  });

  test.each(states)('%s: byte for byte, but for its name and the id of the request', async (state) => {
    const answers = [
      await api.get(`/v1/events/${slugOf(state)}`),
      await api.get(`/v1/events/${slugOf(state).replace('hidden', 'absent')}`),
    ];
    const [one, other] = answers.map(({ statusCode, body }) => [
      statusCode,
      body.replace(/hidden|absent/, '').replace(/urn:request:[\w-]+/, ''),
    ]);
    expect(one).toEqual(other);
  });

  test('it is on no list, and on no timeline', async () => {
    for (const url of ['/v1/timeline?from=2030', '/v1/events?limit=200&sort=-created_at', '/v1/timeline?order=desc&limit=200'])
      expect((await api.get(url)).body).not.toContain('hidden-');
  });

  test('no other answer gives it away: a relation, the status of its initiative, the coverage of an item', async () => {
    expect((await api.get('/v1/events/li-qiang-waic-2025-keynote')).json().related).toEqual([]);
    expect((await api.get('/v1/initiatives/world-ai-cooperation-organization')).json().status).not.toBe('terminated');
    const { coverage } = (await api.get('/v1/action-plans/global-ai-governance-action-plan/items/1')).json();
    expect(coverage.last_event_on).not.toMatch(/^2030/);
  });

  test('its total does not count it', async () => {
    const [open, all] = [
      await api.get('/v1/events?total=true&limit=1'),
      await api.get('/v1/events?total=true&limit=1&state=published,draft,in_review', { as: 'editor' }),
    ];
    expect(all.json().page.total).toBe(open.json().page.total + 2);
  });
});
