// How the feed is asked for: where one begins, how one goes on, and what one asking may cost.
import { beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { LAST_BEFORE, LOOKED_AT, readStatement } from '../../src/changes/sql.js';
import { createChangeStore } from '../../src/changes/store.js';
import { useApp } from '../support/app.js';
import { fillRevisions, topicChange, writeChanges } from './writing.js';

const api = useApp('empty');
const page = async (url: string) => {
  const answer = await api.get(url);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
};
const last = () => createChangeStore(api.database).last();
const write = (...slugs: string[]) =>
  writeChanges(
    api.database,
    slugs.map((slug) => topicChange(slug)),
  );

test('where nothing has changed yet there is nothing, and a place to ask again', async () => {
  expect(await page('/v1/changes')).toEqual({
    data: [],
    page: { next: '/v1/changes?since=0', limit: 100 },
    meta: { last_seq: 0, position: 0 },
  });
});

describe('following next', () => {
  test('meets each change once, in order, however long the pages', async () => {
    await write('a', 'b', 'c');
    await write('d', 'e');
    for (const limit of [1, 2, 5, 1000]) {
      const met: string[] = [];
      let [next, more] = [`/v1/changes?since=0&limit=${limit}`, true];
      while (more) {
        const { data, page: place, meta } = await page(next);
        expect(data.length).toBeLessThanOrEqual(limit);
        met.push(...data.map(({ slug }: { slug: string }) => slug));
        next = place.next;
        more = meta.position < meta.last_seq;
      }
      expect(met).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect((await page(next)).data).toEqual([]);
    }
  });

  test('goes on with the same filters and limit, in the body and as Link', async () => {
    const answer = await api.get('/v1/changes?operation=created,updated&limit=2&entity=topic&since=1');
    const { next } = answer.json().page;
    expect(next).toBe('/v1/changes?since=3&entity=topic&operation=created,updated&limit=2');
    expect(answer.headers.link).toBe(`<${next}>; rel="next"`);
  });

  test('is answered 304 as long as nothing is new', async () => {
    const { page: place } = await page('/v1/changes?limit=1000');
    const { headers } = await api.get(place.next);
    const again = { headers: { 'if-none-match': String(headers.etag) } };
    expect((await api.get(place.next, again)).statusCode).toBe(304);
    await write('f');
    const answer = await api.get(place.next, again);
    expect(answer.statusCode).toBe(200);
    expect(answer.json().data.map(({ slug }: { slug: string }) => slug)).toEqual(['f']);
  });
});

describe('what does not fit is refused in a sentence', () => {
  test.each([
    ['since=-1', /since is the number of a change/],
    ['since=1.5', /since is the number of a change/],
    ['since=abc', /since is the number of a change/],
    ['since=', /since is the number of a change/],
    ['since=99999999999999999999', /since is the number of a change/],
    ['since=1&since=2', /since/],
    ['limit=0', /limit is a whole number from 1 to 1000/],
    ['limit=-5', /limit is a whole number from 1 to 1000/],
    ['limit=1e3', /limit is a whole number from 1 to 1000/],
    ['entity=person', /entity.+topic, actor/],
    ['operation=made', /operation.+created, updated/],
    ['type=speach', /speech/],
    ['topic=Not a slug', /slug/],
    ['tpoic=x', /topic/],
  ])('%s', async (query, sentence) => {
    for (const path of ['/v1/changes', ...(query.startsWith('limit') ? [] : ['/v1/changes/stream'])]) {
      const answer = await api.get(`${path}?${query}`);
      expect(answer.statusCode, path).toBe(400);
      expect(answer.json().detail).toMatch(sentence);
    }
  });

  test('a position in the future, with the last change that there is', async () => {
    const seq = await last();
    const answer = await api.get(`/v1/changes?since=${seq + 1}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors).toEqual([
      { parameter: 'since', detail: `since is ${seq + 1}, but the last change is ${seq}; send that or a lesser number.` },
    ]);
  });

  test('a limit that is too large is clamped', async () => {
    expect((await page('/v1/changes?limit=100000')).page.limit).toBe(1000);
  });
});

describe('many changes', () => {
  beforeAll(async () => {
    await fillRevisions(api.database, 5 * LOOKED_AT);
    await api.database.pool.query('vacuum analyze revisions');
  });

  test('one asking looks at so many, and says how far: who follows next finds the one that matches', async () => {
    const start = await last();
    await fillRevisions(api.database, 2 * LOOKED_AT);
    await writeChanges(api.database, [topicChange('sought', { entity: 'actor' })]);
    let next = `/v1/changes?since=${start}&entity=actor`;
    const found: number[] = [];
    for (let asked = 0; asked < 3; asked++) {
      const { data, page: place, meta } = await page(next);
      expect(meta.position).toBeLessThanOrEqual(start + (asked + 1) * LOOKED_AT);
      found.push(data.length);
      next = place.next;
    }
    expect(found).toEqual([0, 0, 1]);
  });

  const nodesOf = async (text: string, values: unknown[]): Promise<{ node: string; rows: number; relation: string }[]> => {
    const client = await api.database.pool.connect();
    try {
      await client.query('begin');
      // A prepared statement is planned without its values after some time.
      await client.query('set local plan_cache_mode = force_generic_plan');
      await client.query(`prepare asked as ${text}`);
      const given = values.map((value) =>
        value === null ? 'null' : Array.isArray(value) ? `'{${value.map((one) => JSON.stringify(one)).join(',')}}'` : String(value),
      );
      const { rows } = await client.query(`explain (analyze, format json) execute asked (${given.join(',')})`);
      await client.query('rollback');
      await client.query('deallocate asked');
      const nodes: { node: string; rows: number; relation: string }[] = [];
      const walk = (plan: Record<string, unknown>): void => {
        nodes.push({
          node: plan['Node Type'] as string,
          rows: (plan['Actual Rows'] as number) * (plan['Actual Loops'] as number),
          relation: plan['Relation Name'] as string,
        });
        for (const inner of (plan.Plans ?? []) as Record<string, unknown>[]) walk(inner);
      };
      walk(rows[0]['QUERY PLAN'][0].Plan);
      return nodes;
    } finally {
      client.release();
    }
  };

  test.each([
    ['from the beginning', 0, false, {}, 101],
    ['from the end', 7000, true, {}, 101],
    ['with a filter that finds nothing', 10, false, { topic: ['nothing'], actor: ['nobody'], type: ['speech'] }, LOOKED_AT],
  ])('are read by index, no more of them than are looked at: %s', async (_, since, seesHidden, filters, most) => {
    const { text, values } = readStatement(since, seesHidden, filters, most);
    const nodes = (await nodesOf(text, values)).filter(({ relation }) => relation === 'revisions');
    expect(nodes.length).toBeGreaterThanOrEqual(3);
    expect(nodes.map(({ node }) => node).filter((node) => !/^Index/.test(node))).toEqual([]);
    for (const { rows } of nodes) expect(rows).toBeLessThanOrEqual(LOOKED_AT);
  });

  test('the oldest that is kept is found by index', async () => {
    const nodes = await nodesOf(LAST_BEFORE, [30]);
    expect(nodes.filter(({ relation }) => relation === 'revisions').map(({ node }) => node)).toEqual([expect.stringMatching(/^Index/)]);
  });

  test('one asking takes two statements, however many entries', async () => {
    const count = async (url: string) => (await api.countStatements(() => page(url))).length;
    expect([await count('/v1/changes?limit=1'), await count('/v1/changes?limit=1000')]).toEqual([2, 2]);
  });
});

describe('a feed that is kept for some days', () => {
  let app: Awaited<ReturnType<typeof buildApp>>;
  let oldest: number;
  const ask = async (url: string) => {
    const answer = await app.inject(url);
    return { status: answer.statusCode, body: answer.json() };
  };

  beforeAll(async () => {
    await api.database.pool.query('truncate revisions restart identity');
    await fillRevisions(api.database, 10, 40);
    oldest = await last();
    app = await buildApp({
      config: { logLevel: 'silent', changesKeptDays: 30 },
      database: api.database,
      services: api.services,
      openapi: '{}',
    });
    return () => app.close();
  });

  test('where all is older, the end is the only position', async () => {
    expect(await ask(`/v1/changes?since=${oldest}`)).toMatchObject({ status: 200, body: { data: [] } });
    expect((await ask(`/v1/changes?since=${oldest - 1}`)).status).toBe(410);
  });

  test('a position after which changes are missing is 410, with the oldest that is not and where to start over', async () => {
    await write('young', 'younger');
    for (const path of ['/v1/changes', `/v1/changes?since=${oldest - 1}`, '/v1/changes/stream?since=0']) {
      const { status, body } = await ask(path);
      expect(status, path).toBe(410);
      expect(body).toMatchObject({ type: '/problems/position-expired', oldest_seq: oldest, resume_url: '/v1/timeline.ndjson' });
      expect(body.detail).toContain(
        `the oldest position is ${oldest}. Start over: read /v1/timeline.ndjson, then go on with since=${oldest}.`,
      );
      expect((await app.inject(body.resume_url)).statusCode).toBe(200);
    }
    const { body } = await ask(`/v1/changes?since=${oldest}`);
    expect(body.data.map(({ slug }: { slug: string }) => slug)).toEqual(['young', 'younger']);
  });

  test('the history itself is kept', async () => {
    expect((await page('/v1/changes?since=0&limit=1000')).data).toHaveLength(12);
  });

  test('where nothing is older, the beginning is a position', async () => {
    await api.database.pool.query('delete from revisions where seq <= $1', [oldest]);
    expect(await ask('/v1/changes?since=0')).toMatchObject({ status: 200, body: { data: [{ slug: 'young' }, { slug: 'younger' }] } });
  });
});
