// How many statements a request sends to the database. One more is a reason to look twice.
import { expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('seeded');

test.each([
  ['/v1/timeline?limit=200', 1],
  ['/v1/timeline?from=2025&type=speech,forum&topic=governance&country=CN', 1],
  ['/v1/timeline?total=true&facets=type,topic,actor,country,initiative,year', 1],
  ['/v1/timeline?total=true&facets=year&topic=governance', 1],
  ['/v1/events/li-qiang-waic-2025-keynote', 2],
  ['/v1/events/waico-agreement-signed/provenance', 3],
  ['/v1/sources/china-calls-for-a-global-alliance-to-govern-ai/citations', 3],
  ['/v1/actors?limit=200', 1],
  ['/v1/actors?limit=200&total=true', 1],
  ['/v1/initiatives/world-ai-cooperation-organization', 2],
  ['/v1/action-plans/global-ai-governance-action-plan', 2],
  ['/v1/events/li-qiang-waic-2025-keynote/revisions', 2],
  ['/v1/events/li-qiang-waic-2025-keynote/revisions/1', 3],
  ['/v1/actors/li-qiang/revisions/1', 2],
  ['/v1/actors/li-qiang/revisions?diff=1..1', 2],
  ['/health/live', 0],
  ['/openapi.json', 0],
])('GET %s: %i', async (url, count) => {
  expect(await api.countStatements(() => api.get(url))).toHaveLength(count);
});

test('a key costs one more', async () => {
  expect(await api.countStatements(() => api.get('/v1/timeline', { as: 'editor' }))).toHaveLength(2);
});

test('a request that is refused before it reads sends none', async () => {
  for (const url of ['/v1/timeline?form=2025', '/v1/nothing', '/v1/topics?limit=0'])
    expect(await api.countStatements(() => api.get(url)), url).toHaveLength(0);
});
