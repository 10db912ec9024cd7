// What the timeline says of itself: up to which change it knows.
import { expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const readMeta = async () => (await api.get('/v1/timeline')).json().meta as { as_of_seq: number; last_change_at: string | null };

test('an empty tracker answers an empty page', async () => {
  expect((await api.get('/v1/timeline?total=true')).json()).toEqual({
    data: [],
    page: { next: null, previous: null, limit: 50, total: 0 },
    meta: { as_of_seq: 0, last_change_at: null },
  });
});

test('each change moves as_of_seq and last_change_at on, one that is refused or not kept does not', async () => {
  const before = await readMeta();
  const created = await api.post('/v1/topics', { slug: 'governance', name: 'Governance' });
  const after = await readMeta();
  expect(after.as_of_seq).toBeGreaterThan(before.as_of_seq);
  expect(after.last_change_at).toBe(created.json().updated_at);
  await api.post('/v1/topics', { slug: 'governance', name: 'Again' });
  await api.post('/v1/topics?validate_only=true', { name: 'Another' });
  expect(await readMeta()).toEqual(after);
  await api.delete('/v1/topics/governance');
  expect((await readMeta()).as_of_seq).toBeGreaterThan(after.as_of_seq);
});

test('a page on which nothing stands knows of the last change too', async () => {
  await api.post('/v1/topics', { name: 'On no timeline' });
  const { data, meta } = (await api.get('/v1/timeline?topic=nobody-has-this')).json();
  expect(data).toEqual([]);
  expect(meta).toEqual(await readMeta());
  const { rows } = await api.database.pool.query('select max(seq)::int as seq from revisions');
  expect(meta.as_of_seq).toBe(rows[0].seq);
});
