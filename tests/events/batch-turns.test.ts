// Groups of a batch that follow each other: what is saved early is as good as what is written in turn, also where other
// writers come between them or a group takes what the next one would have taken.
import { describe, expect, test } from 'vitest';
import { createTurns, type Work } from '../../src/events/batch-turns.js';
import { useApp } from '../support/app.js';
import { batchesOn, event } from './batches.js';

const api = useApp('empty');
const { sendLines, send } = batchesOn(api);
const isServer = process.env.TEST_DATABASE_URL !== undefined;
const GROUP = 250;
const events = (count: number, name: (n: number) => string, more: (n: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, n) => event(name(n), more(n)));
const rows = async <Row extends object>(sql: string): Promise<Row[]> => (await api.database.pool.query<Row>(sql)).rows;

/** What must hold of all that was ever written: numbers, instants and cards agree. */
async function expectOrder() {
  const disordered = await rows(`select seq from (
    select seq, recorded_at, lag(recorded_at) over (order by seq) as before, version, entity_id from revisions) r where recorded_at < before`);
  expect(disordered).toEqual([]);
  const strays = await rows(`select e.slug from events e
    left join revisions r on r.entity_id = e.id and r.superseded_at is null left join event_cards c on c.event_id = e.id and c.known_to = 9223372036854775807
    where r.seq is null or c.event_id is null or c.known_from > r.seq or e.updated_at <> r.recorded_at`);
  expect(strays).toEqual([]);
  // No two transactions bear one instant: each instant's changes have numbers of their own range.
  const mixed = await rows(`select recorded_at from (select recorded_at, min(seq) as first, max(seq) as last from revisions group by 1) one
    where exists (select from revisions r where r.seq between one.first and one.last and r.recorded_at <> one.recorded_at)`);
  expect(mixed).toEqual([]);
}

test('many groups beside other writers: each event is there once, in the order of commits', async () => {
  let isOver = false;
  const others = (async () => {
    for (let n = 0; !isOver; n++) expect((await api.post('/v1/topics', { name: `Between ${n}` })).statusCode).toBe(201);
  })();
  const { summary } = await sendLines(events(8 * GROUP, (n) => `beside-${n}`));
  isOver = true;
  await others;
  expect(summary).toMatchObject({ created: 8 * GROUP, lines: 8 * GROUP });
  expect(await rows(`select count(*)::int as n from revisions where state ->> 'slug' like 'beside-%'`)).toEqual([{ n: 8 * GROUP }]);
  await expectOrder();
});

test('a slug that stands in two groups is taken by the first, and the second is told', async () => {
  const { data, summary } = await sendLines(events(3 * GROUP, (n) => `both-${n % (GROUP + 7)}`));
  expect(summary).toMatchObject({ created: GROUP + 7, conflict: 3 * GROUP - GROUP - 7 });
  expect(
    data
      .filter(({ status }) => status === 'created')
      .map(({ line }) => line)
      .every((line) => line <= GROUP + 7),
  ).toBe(true);
  await expectOrder();
});

test('titles without slugs get slugs of their own across groups', async () => {
  const nameless = Array.from({ length: 3 * GROUP }, () => ({ ...event('x', { title: 'The same title' }), slug: undefined }));
  const { summary } = await send(nameless);
  expect(summary).toMatchObject({ created: 3 * GROUP });
  expect(await rows(`select count(distinct slug)::int as n from events where title = 'The same title'`)).toEqual([{ n: 3 * GROUP }]);
  await expectOrder();
});

test('with upsert the last line of a slug stands, also across groups', async () => {
  const lines = events(
    3 * GROUP,
    (n) => `last-${n % 200}`,
    (n) => ({ summary: `Line ${n}` }),
  );
  const { summary } = await sendLines(lines, '?upsert=true');
  expect(summary).toMatchObject({ created: 200, updated: 3 * GROUP - 200 });
  expect((await api.get('/v1/events/last-10')).json().summary).toBe('Line 610');
  await expectOrder();
});

describe('the turns', () => {
  const options = { author_id: null, author_name: 'test' };
  const item = (slug: string) => ({ line: 1, input: { slug, related: [] } as never, why: {}, bytes: 1 });

  /** Work that only says what is asked of it. */
  function logging(faults: Partial<Record<'begin' | 'complete', unknown>> = {}) {
    const log: string[] = [];
    const slugOf = (items: { input: { slug?: string | undefined } }[]) => items[0]!.input.slug!;
    const work: Work = {
      async whole(running, items) {
        log.push(`whole ${slugOf(items)}`);
        await running.tx.query(
          `insert into revisions (entity, entity_id, version, operation, state, author_name, recorded_at)
          values ('topic', gen_random_uuid(), 1, 'created', '{}', 'test', $1)`,
          [running.now],
        );
        return [];
      },
      async begin(_running, items) {
        log.push(`begin ${slugOf(items)}`);
        if (faults.begin !== undefined) throw faults.begin;
        return [{ row: { document: { slug: slugOf(items) } } as never, why: undefined }];
      },
      async complete(_running, begun) {
        log.push(`complete ${begun[0]!.row.document.slug}`);
        if (faults.complete !== undefined) throw faults.complete;
        return [{ id: 'x', key: 'x', address: '/', document: {} as never }];
      },
    };
    return { log, work };
  }

  async function two(faults: Parameters<typeof logging>[0], second = [item('b')]) {
    const { log, work } = logging(faults);
    const turns = createTurns(api.database, options, work);
    await turns.write([item('a')], Promise.resolve(second));
    await turns.ended();
    const outcome = await turns.write(second).then(
      () => 'done',
      (error: Error) => error.message,
    );
    await turns.ended();
    return { log: log.join(', '), outcome };
  }

  test.skipIf(!isServer)('begin the next group in the turn of the one before, and complete it in its own', async () => {
    expect(await two({})).toEqual({ log: 'whole a, begin b, complete b', outcome: 'done' });
  });

  test('do all in turn what cannot be begun', async () => {
    const { log, outcome } = await two({ begin: new Error('Not all are new.') });
    expect([log.replace('begin b, ', ''), outcome]).toEqual(['whole a, whole b', 'done']);
  });

  test.skipIf(!isServer)('find the line at fault in another turn where what is made of them cannot be stored', async () => {
    const tooLong = Object.assign(new Error('Too long for an index.'), { code: '54000' });
    expect(await two({ complete: tooLong })).toEqual({ log: 'whole a, begin b, complete b, whole b', outcome: 'done' });
  });

  test.skipIf(!isServer)('tell what is no fault of a line', async () => {
    expect(await two({ complete: new Error('Broken.') })).toEqual({ log: 'whole a, begin b, complete b', outcome: 'Broken.' });
  });

  test('do not begin lines of which two bear one slug', async () => {
    expect((await two({}, [item('b'), item('b')])).log).toBe('whole a, whole b');
  });
});
