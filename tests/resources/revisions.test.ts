// Every write appends a revision, in the same transaction: the whole state, who, why and what changed.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';
import { countRevisions, prepare, RESOURCES } from './every-resource.js';

const api = useApp('empty');
beforeAll(() => prepare(api));

interface Revision {
  seq: string;
  entity: string;
  entity_id: string;
  version: number;
  operation: string;
  reason: string | null;
  comment: string | null;
  author_id: string | null;
  author_name: string;
  recorded_at: Date;
  superseded_at: Date | null;
  state: Record<string, unknown>;
  changed_fields: string[];
}
const revisionsOf = async (id: string): Promise<Revision[]> =>
  (await api.database.pool.query<Revision>('select * from revisions where entity_id = $1 order by seq', [id])).rows;

describe.each(RESOURCES)('$name', ({ path, entity, whole, key, optional }) => {
  test('each write is one revision with reason, comment, author and the whole state', async () => {
    const itself = `${path}/${key(1)}`;
    const { id } = (await api.post(path, { ...whole(1), reason: 'new_development', comment: 'First seen' })).json();
    await api.patch(itself, { [optional.member]: null, reason: 'correction' });
    await api.delete(`${itself}?reason=editorial&comment=Twice`);
    await api.post(`${itself}/restore`);
    const revisions = await revisionsOf(id);
    expect(revisions.map(({ version, operation, reason, comment }) => [version, operation, reason, comment])).toEqual([
      [1, 'created', 'new_development', 'First seen'],
      [2, 'updated', 'correction', null],
      [3, 'deleted', 'editorial', 'Twice'],
      [4, 'restored', null, null],
    ]);
    expect(revisions.every((one) => one.entity === entity && one.author_name === 'test editor' && one.author_id !== null)).toBe(true);
    expect(revisions[0]!.state).toMatchObject(whole(1));
    expect(revisions[1]!.state).toMatchObject({ ...whole(1), [optional.member]: optional.otherwise });
    expect(revisions[1]!.changed_fields).toEqual([optional.member]);
    expect(revisions.slice(2).map(({ changed_fields }) => changed_fields)).toEqual([[], []]);
  });

  test('each version is in force until the next one is recorded', async () => {
    const revisions = await revisionsOf((await api.get(`${path}/${key(1)}`)).json().id);
    for (const [index, { superseded_at }] of revisions.entries()) expect(superseded_at).toEqual(revisions[index + 1]?.recorded_at ?? null);
  });

  test('a write that is refused leaves none', async () => {
    const before = await countRevisions(api);
    await api.post(path, whole(1));
    await api.patch(`${path}/${key(1)}`, { [optional.member]: { no: 'such form' } });
    await api.patch(`${path}/${key(1)}`, { [optional.member]: null }, { headers: { 'if-match': '"99"' } });
    expect(await countRevisions(api)).toBe(before);
  });
});

test('what is sent inline has a revision of its own, with the same author and reason', async () => {
  const event = await api.post('/v1/events', {
    type: 'speech',
    title: 'A speech',
    date: '2025',
    actors: [{ actor: { kind: 'person', name: 'A speaker' }, role: 'speaker' }],
    topics: [{ name: 'A subject' }],
    sources: [{ source: { url: 'https://example.org/speech', title: 'A report' } }],
    reason: 'new_development',
  });
  const { rows } = await api.database.pool.query<Revision>(
    `select entity, reason, author_name, recorded_at from revisions
     where recorded_at = (select recorded_at from revisions where entity_id = $1) order by seq`,
    [event.json().id],
  );
  expect(rows.map((row) => row.entity)).toEqual(['actor', 'topic', 'source', 'event']);
  expect(new Set(rows.map((row) => `${row.reason} ${row.author_name}`))).toEqual(new Set(['new_development test editor']));
});

test('seq and recorded_at rise together', async () => {
  const { rows } = await api.database.pool.query<Revision>('select recorded_at from revisions order by seq');
  const instants = rows.map((row) => row.recorded_at.getTime());
  expect(instants).toEqual([...instants].sort((a, b) => a - b));
});
