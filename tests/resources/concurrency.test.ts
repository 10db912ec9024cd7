// Many writers at once: nothing is lost, nothing is written over, and the history has one order.
import { expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const event = { type: 'statement', title: 'An event', date: '2025-07-26' };
const times = <Result>(count: number, work: (n: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => work(n)));

test('of a hundred changes to one version, each naming it, one wins and the others are told', async () => {
  const { headers } = await api.post('/v1/events', { ...event, slug: 'contested' });
  const answers = await times(100, (n) =>
    api.patch('/v1/events/contested', { title: `Title ${n}` }, { headers: { 'if-match': String(headers.etag) } }),
  );
  const statuses = answers.map(({ statusCode }) => statusCode).sort();
  expect(statuses).toEqual([200, ...Array(99).fill(412)]);
  const winner = answers.find(({ statusCode }) => statusCode === 200)!.json();
  expect((await api.get('/v1/events/contested')).json()).toEqual(winner);
});

test('changes of different members, none naming a version, all land', async () => {
  await api.post('/v1/events', { ...event, slug: 'shared' });
  const changes = [
    { summary: 'What was said' },
    { significance: 5 },
    { certainty: 'reported' },
    { caveat: 'One source' },
    { place: { city: 'Bonn' } },
  ];
  await times(changes.length, (n) => api.patch('/v1/events/shared', changes[n]));
  const { place, ...rest } = Object.assign({}, ...changes) as Record<string, unknown>;
  const read = (await api.get('/v1/events/shared')).json();
  expect(read).toMatchObject({ ...rest, version: 1 + changes.length });
  expect(read.place).toMatchObject(place as object);
});

test('of many that create the same slug, one does', async () => {
  const answers = await times(8, () => api.post('/v1/events', { ...event, slug: 'first-come' }));
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, ...Array(7).fill(409)]);
});

test('many without a slug get one each', async () => {
  const answers = await times(8, () => api.post('/v1/topics', { name: 'The same name' }));
  expect(new Set(answers.map((answer) => answer.json().slug)).size).toBe(8);
});

test('the history has each version once, in order, with no other change lost', async () => {
  const { rows } = await api.database.pool.query<{ versions: number[]; version: number }>(
    `select array_agg(r.version order by r.seq) as versions, e.version from revisions r join events e on e.id = r.entity_id group by e.id`,
  );
  for (const { versions, version } of rows) expect(versions).toEqual(Array.from({ length: version }, (_, index) => index + 1));
});

test('a write that collides with other transactions again and again is 503, to be tried again, and leaves nothing', async () => {
  const { pool } = api.database;
  await pool.query(`create function collide() returns trigger language plpgsql as $$ begin
    raise exception 'collided' using errcode = '40001'; end $$`);
  await pool.query('create trigger collide after insert on topics for each row execute function collide()');
  const revisions = async () => (await pool.query('select count(*)::int as n from revisions')).rows[0].n;
  const before = await revisions();
  try {
    const answer = await api.post('/v1/topics', { name: 'Never made' });
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
    expect(answer.json()).toMatchObject({ type: '/problems/unavailable' });
    expect(await revisions()).toBe(before);
  } finally {
    await pool.query('drop trigger collide on topics; drop function collide');
  }
});
