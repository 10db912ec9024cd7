// The fuzzer for a short time: every operation, and the life of every resource. `npm run fuzz` runs it for long.
import { expect, test } from 'vitest';
import { useApp } from '../support/app.js';
import { fuzz } from './fuzz.js';

const api = useApp('seeded');

test('what is made up from the document is answered as the document says', async () => {
  const address = await api.app.listen({ host: '127.0.0.1', port: 0 });
  const { requests, statuses, lived, failures } = await fuzz({ address, key: api.keys.admin, runs: 400, seed: 2026 });
  expect(failures).toEqual([]);
  expect(requests).toBeGreaterThan(300);
  for (const [name, count] of lived) expect(count, name).toBeGreaterThan(0);
  for (const status of [200, 201, 400, 401, 404, 415, 422]) expect(statuses.get(status), String(status)).toBeGreaterThan(0);
}, 300_000);
