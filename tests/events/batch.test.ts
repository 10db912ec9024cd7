// Many events at once: each line is answered by what became of it, and one that is at fault takes no other along.
import { describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';
import { batchesOn, counts, event, type Line } from './batches.js';

const api = useApp('seeded');
const { send, sendLines, exists, seq } = batchesOn(api);

describe('each line is answered', () => {
  test('created, with its id, slug and version, and is there as if it had been sent alone', async () => {
    const { data, summary } = await sendLines([
      event('each-1', { topics: ['governance'], actors: [{ actor: 'li-qiang', role: 'speaker' }] }),
      event('each-2'),
    ]);
    expect(data).toEqual([1, 2].map((n) => ({ line: n, status: 'created', id: expect.any(String), slug: `each-${n}`, version: 1 })));
    expect(summary).toEqual(counts({ lines: 2, created: 2 }));
    const single = (await api.get('/v1/events/each-1')).json();
    expect(single).toMatchObject({
      id: data[0]!.id,
      title: 'Event each-1',
      topics: [{ slug: 'governance' }],
      actors: [{ slug: 'li-qiang' }],
    });
  });

  test('invalid or in conflict, with where and how to mend it; the lines around it are written', async () => {
    const { data, summary } = await sendLines([
      event('around-1'),
      { type: 'meeting', title: 'No date' },
      event('around-2', { topics: ['governance', 'no-such-topic'] }),
      '{"slug": "around-3"',
      event('around-1', { title: 'Again' }),
      event('around-4', { titel: 'x' }),
      event('around-5'),
    ]);
    const byLine = Object.fromEntries(data.map((one) => [one.line, one]));
    expect(data.map(({ line, status }) => [line, status]).sort()).toEqual([
      [1, 'created'],
      [2, 'invalid'],
      [3, 'invalid'],
      [4, 'invalid'],
      [5, 'conflict'],
      [6, 'invalid'],
      [7, 'created'],
    ]);
    expect(byLine[2]!.errors).toEqual([{ pointer: '/date', detail: expect.stringContaining('missing') }]);
    expect(byLine[3]!.errors).toEqual([{ pointer: '/topics/1', detail: expect.stringContaining('no-such-topic') }]);
    expect(byLine[4]!.errors).toEqual([{ pointer: '', detail: expect.stringContaining('not valid JSON') }]);
    expect(byLine[5]!.errors).toEqual([{ pointer: '/slug', detail: expect.stringContaining('upsert=true') }]);
    expect(byLine[6]!.errors).toEqual([{ pointer: '/titel', detail: expect.stringContaining('did you mean title') }]);
    expect(summary).toEqual(counts({ lines: 7, created: 2, invalid: 4, conflict: 1 }));
    expect([await exists('around-1'), await exists('around-2'), await exists('around-5')]).toEqual([true, false, true]);
    expect((await api.get('/v1/events/around-1')).json().title).toBe('Event around-1');
  });

  test('a deleted event is in conflict, also with upsert', async () => {
    await sendLines([event('gone-1')]);
    await api.delete('/v1/events/gone-1');
    const { data } = await sendLines([event('gone-1')], '?upsert=true');
    expect(data).toEqual([{ line: 1, status: 'conflict', errors: [{ pointer: '/slug', detail: expect.stringContaining('restore') }] }]);
  });

  test('what no check finds but another resource refuses is found by halves', async () => {
    await api.post('/v1/sources', { slug: 'halves', url: 'https://example.org/halves', title: 'Halves', kind: 'media' });
    const source = (n: number) => ({
      sources: [
        { source: { slug: n === 5 ? 'halves' : `halves-${n}`, url: `https://example.org/halves/${n}`, title: 'A', kind: 'media' } },
      ],
    });
    const { data } = await sendLines(Array.from({ length: 9 }, (_, n) => event(`halves-${n}`, source(n))));
    expect(data.filter(({ status }) => status !== 'created')).toEqual([
      { line: 6, status: 'conflict', errors: [{ pointer: '', detail: expect.stringContaining('halves') }] },
    ]);
    expect(data).toHaveLength(9);
    expect((await api.get('/v1/sources/halves-8')).statusCode).toBe(200);
  });

  test('a faulty line in each of many groups loses none of the others', async () => {
    const lines = Array.from({ length: 700 }, (_, n) =>
      n % 100 === 99 ? event(`many-${n}`, { initiatives: ['nothing'] }) : event(`many-${n}`),
    );
    const { data, summary } = await sendLines(lines);
    expect(summary).toEqual(counts({ lines: 700, created: 693, invalid: 7 }));
    expect(new Set(data.map(({ line }) => line)).size).toBe(700);
    const { rows } = await api.database.pool.query(`select count(*)::int as n from events where slug like 'many-%'`);
    expect(rows[0].n).toBe(693);
  });

  test('lines without a slug get one each, beside those that others ask for', async () => {
    const titled = { type: 'meeting', title: 'The same title', date: '2026' };
    const { data } = await sendLines([titled, titled, { ...titled, slug: 'the-same-title' }]);
    expect(data.map(({ slug }) => slug).sort()).toEqual(['the-same-title', 'the-same-title-2', 'the-same-title-3']);
    expect(data.find(({ line }) => line === 3)!.slug).toBe('the-same-title');
  });
});

describe('what lines name', () => {
  test('events before and behind, in other groups too, and each other', async () => {
    const many = Array.from({ length: 600 }, (_, n) => event(`between-${n}`));
    const related = (...slugs: string[]) => ({ related: slugs.map((slug) => ({ event: slug, relation: 'part_of' })) });
    const { data, summary } = await sendLines([
      event('first', related('last')),
      event('ring-1', related('ring-2')),
      ...many,
      event('ring-2', related('ring-1')),
      event('last', related('between-0')),
      event('waits-for-ring', related('ring-1', 'first')),
      event('in-vain', related('never-sent')),
      event('itself', related('itself')),
    ]);
    expect(summary).toEqual(counts({ lines: 607, created: 605, invalid: 2 }));
    expect(data.filter(({ status }) => status === 'invalid').map(({ line, errors }) => [line, errors![0]!.detail])).toEqual([
      [607, expect.stringContaining('itself')],
      [606, expect.stringContaining('never-sent')],
    ]);
    for (const [slug, other] of [
      ['first', 'last'],
      ['ring-1', 'ring-2'],
      ['ring-2', 'ring-1'],
    ])
      expect((await api.get(`/v1/events/${slug}`)).json().related).toEqual([expect.objectContaining({ event: other })]);
  });

  test('an actor that one line sends in full may be named by those behind it, in other groups too', async () => {
    const actor = { slug: 'made-by-line', kind: 'company', name: 'Made by line' };
    const { summary } = await sendLines([
      event('in-full', { actors: [{ actor, role: 'host' }] }),
      ...Array.from({ length: 300 }, (_, n) => event(`named-${n}`, { actors: [{ actor: 'made-by-line', role: 'host' }] })),
    ]);
    expect(summary).toEqual(counts({ lines: 301, created: 301 }));
  });
});

describe('upsert', () => {
  test('replaces by slug, and what is the same makes no version', async () => {
    await sendLines([event('up-1', { significance: 5 }), event('up-2', { topics: ['governance'] })]);
    const before = await seq();
    const { data, summary } = await sendLines([event('up-1'), event('up-2', { topics: ['governance'] }), event('up-3')], '?upsert=true');
    expect(data.map(({ line, status, version }) => [line, status, version]).sort()).toEqual([
      [1, 'updated', 2],
      [2, 'unchanged', 1],
      [3, 'created', 1],
    ]);
    expect(summary).toEqual(counts({ lines: 3, created: 1, updated: 1, unchanged: 1 }));
    expect(await seq()).toBe(before + 2);
    expect((await api.get('/v1/events/up-1')).json()).toMatchObject({ version: 2, significance: 3 });
  });

  test('the second line of a slug comes after the first', async () => {
    const { data } = await sendLines([event('twice', { title: 'First' }), event('twice', { title: 'Second' })], '?upsert=true');
    expect(data.map(({ line, status, version }) => [line, status, version])).toEqual([
      [1, 'created', 1],
      [2, 'updated', 2],
    ]);
    expect((await api.get('/v1/events/twice')).json().title).toBe('Second');
  });

  test('a fault is told of the line that has it, though others of its group are unchanged', async () => {
    await sendLines([event('same-1'), event('same-2')]);
    const { data } = await sendLines([event('same-1'), event('same-2', { topics: ['no-such-topic'] })], '?upsert=true');
    expect(data.map(({ line, status }) => [line, status]).sort()).toEqual([
      [1, 'unchanged'],
      [2, 'invalid'],
    ]);
  });
});

describe('atomic', () => {
  test('keeps all where no line is at fault, across groups and whatever the order', async () => {
    const lines = [
      event('whole-a', { related: [{ event: 'whole-599', relation: 'part_of' }] }),
      ...Array.from({ length: 600 }, (_, n) => event(`whole-${n}`)),
    ];
    const { data, summary } = await sendLines(lines, '?atomic=true');
    expect(summary).toEqual(counts({ lines: 601, created: 601 }));
    expect(data).toHaveLength(601);
    expect(await exists('whole-a')).toBe(true);
  });

  test('keeps nothing where one is, and says which and why', async () => {
    const before = await seq();
    const lines = Array.from({ length: 600 }, (_, n) => event(`none-${n}`));
    const answer = await api.post('/v1/events/batch?atomic=true', [
      ...lines.slice(0, 300),
      event('around-1'),
      { type: 'x' },
      ...lines.slice(300),
    ]);
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({
      type: '/problems/validation-error',
      detail: expect.stringMatching(/^Nothing was kept, since 2 lines are at fault: lines 301, 302\./),
    });
    expect(answer.json().errors[0]).toEqual({ line: 301, pointer: '/slug', detail: expect.stringContaining('already') });
    expect(answer.json().errors.filter(({ line }: Line) => line === 302).length).toBeGreaterThan(1);
    expect([await seq(), await exists('none-0'), await exists('none-599')]).toEqual([before, false, false]);
  });

  test('each slug stands once', async () => {
    const answer = await api.post('/v1/events/batch?atomic=true&upsert=true', [event('once-1'), event('once-1')]);
    expect([answer.statusCode, answer.json().errors]).toEqual([
      422,
      [{ line: 2, pointer: '/slug', detail: expect.stringContaining('line 1') }],
    ]);
  });
});

test('validate_only tells what would be, lines that name each other too, and keeps nothing', async () => {
  const before = await seq();
  const lines = [
    event('tried-1', { related: [{ event: 'tried-299', relation: 'part_of' }] }),
    ...Array.from({ length: 300 }, (_, n) => event(`tried-${n + 2}`)),
    event('around-1'),
    { type: 'x' },
  ];
  const { data, summary } = await send(lines, '?validate_only=true');
  expect(summary).toEqual(counts({ lines: 303, created: 301, conflict: 1, invalid: 1, kept: false }));
  expect(data.find(({ line }) => line === 302)).toMatchObject({ status: 'conflict' });
  expect([await seq(), await exists('tried-1')]).toEqual([before, false]);
});

test('one that is only validated is given up after many faults', async () => {
  const { data, summary } = await send(
    Array.from({ length: 1200 }, () => ({})),
    '?validate_only=true',
  );
  expect([data.length, summary]).toEqual([1000, counts({ lines: 1000, invalid: 1000, kept: false, complete: false })]);
});
