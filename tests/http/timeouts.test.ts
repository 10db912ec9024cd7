// How long an answer may take: every route has its time-out, but what is sent for as long as a reader takes it.
import { expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');

test('a route has a time-out unless its answer may be a stream', () => {
  const declared = api.routes.filter(({ config }) => config?.operation !== undefined);
  const endless = declared.filter(({ handlerTimeout }) => handlerTimeout === undefined).map(({ url }) => url);
  expect([...new Set(endless)].sort()).toEqual([
    '/v1/changes/stream',
    ...['citation.bib', 'citation.csl.json', 'export.ndjson'].map((form) => `/v1/releases/:label/${form}`),
    ...['', '.atom', '.csv', '.feed.json', '.ics', '.jsonld', '.ndjson', '.timelinejs.json'].map((form) => `/v1/timeline${form}`),
  ]);
  expect(declared.length).toBeGreaterThan(40);
});
