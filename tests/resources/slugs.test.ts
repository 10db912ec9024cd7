// Below the address of a resource there may be something else than its slugs: no slug may hide it, nor be hidden by it.
import { expect, test } from 'vitest';
import { RESERVED_SLUGS } from '../../src/events/schema.js';
import { proposeNew, proposing } from '../proposals/proposing.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');

/** Of each resource that is addressed by slug: the addresses beside those. */
function besides(): Record<string, string[]> {
  const addresses = api.routes.map(({ url }) => url.split('/'));
  const named = new Set(addresses.flatMap(([, , resource, key]) => (key === ':key' ? [resource!] : [])));
  const others = (of: string) =>
    addresses.flatMap(([, version, resource, segment]) =>
      version === 'v1' && resource === of && segment !== undefined && !segment.startsWith(':') ? [segment] : [],
    );
  return Object.fromEntries([...named].map((resource) => [resource, [...new Set(others(resource))].sort()]));
}

test('what is reserved is what there is, for each resource', () => {
  expect(Object.keys(besides()).sort()).toEqual(['action-plans', 'actors', 'events', 'initiatives', 'sources', 'topics']);
  const found = Object.entries(besides()).filter(([, segments]) => segments.length > 0);
  expect(Object.fromEntries(found)).toEqual({ events: [...RESERVED_SLUGS].sort() });
});

test('an event that is called so is given another slug, by which it is found, and may not be given that one', async () => {
  for (const reserved of RESERVED_SLUGS) {
    const event = { type: 'other', title: reserved.toUpperCase(), date: '2026-11' };
    const made = await api.post('/v1/events', event);
    expect(made.json().slug).toBe(`${reserved}-2`);
    expect((await api.get(made.headers.location as string)).json().id).toBe(made.json().id);
    const refused = await api.post('/v1/events', { ...event, slug: reserved });
    expect([refused.statusCode, refused.json().errors[0].pointer]).toEqual([422, '/slug']);
    const put = await api.put(`/v1/events/${reserved}`, event);
    expect(put.statusCode).toBeGreaterThanOrEqual(400);
  }
});

test('so is one that is proposed', async () => {
  const { propose, take } = proposing(api);
  const { id } = await propose(proposeNew({ type: 'other', title: 'Similar', date: '2026-11' }));
  await take(id, 'take');
  await take(id, 'accept');
  expect((await api.get('/v1/events/similar-3')).json().title).toBe('Similar');
});
