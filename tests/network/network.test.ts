// The network of an actor: whom it meets in events, how often any two of them meet, and forms that graph tools read.
import { parse } from 'csv-parse/sync';
import { XMLParser } from 'fast-xml-parser';
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const read = async (slug: string, query = '') => (await api.get(`/v1/actors/${slug}/network?${query}`)).json();
const nodesOf = async (slug: string, query = '') =>
  (await read(slug, query)).nodes.map(({ slug, depth, events }: { slug: string; depth: number; events: number }) => [slug, depth, events]);
const linksOf = async (slug: string, query = '') =>
  (await read(slug, query)).links.map(({ source, target, weight }: Record<string, string | number>) => [source, target, weight]);
const meet = (slug: string, actors: string[], members: object = {}) =>
  api.post('/v1/events', {
    slug,
    type: 'meeting',
    title: slug,
    date: '2025',
    actors: actors.flatMap((actor) => [
      { actor, role: 'participant' },
      { actor, role: 'speaker' },
    ]),
    ...members,
  });

beforeAll(async () => {
  for (const slug of ['a', 'b', 'c', 'd', 'e', 'alone'])
    await api.post('/v1/actors', { slug, kind: 'company', name: slug === 'b' ? 'B & <Sons>' : slug.toUpperCase(), country_code: 'DE' });
  await meet('ab', ['a', 'b']);
  await meet('abc', ['a', 'b', 'c']);
  await meet('cd', ['c', 'd']);
  await meet('de', ['d', 'e']);
  await meet('hidden', ['a', 'e'], { state: 'draft' });
});

test('at the first step are those whom it meets, those met most often first, with the links between all of them', async () => {
  expect(await nodesOf('a')).toEqual([
    ['a', 0, 2],
    ['b', 1, 2],
    ['c', 1, 2],
  ]);
  expect(await linksOf('a')).toEqual([
    ['a', 'b', 2],
    ['a', 'c', 1],
    ['b', 'c', 1],
  ]);
});

test('at the second step are those whom only these meet', async () => {
  expect(await nodesOf('a', 'depth=2')).toEqual([
    ['a', 0, 2],
    ['b', 1, 2],
    ['c', 1, 2],
    ['d', 2, 2],
  ]);
  expect((await linksOf('a', 'depth=2')).at(-1)).toEqual(['c', 'd', 1]);
});

test('it is bounded, and says how much there would be', async () => {
  const bounded = await read('a', 'limit=1');
  expect([bounded.nodes.length, bounded.nodes_total, bounded.links, bounded.links_total]).toEqual([
    2,
    3,
    [{ source: 'a', target: 'b', weight: 2 }],
    1,
  ]);
});

test('who meets nobody is alone', async () => {
  expect(await read('alone')).toMatchObject({ nodes: [{ slug: 'alone', depth: 0, events: 0 }], nodes_total: 1, links: [], links_total: 0 });
});

test('what readers may not see links nobody; as of a moment it is what was known then', async () => {
  const before = await read('a');
  const { recorded_at } = (await api.get('/v1/changes?limit=200')).json().data.at(-1);
  await meet('ae', ['a', 'e']);
  expect(await linksOf('a')).toContainEqual(['a', 'e', 1]);
  expect({ ...(await read('a', `known_at=${recorded_at}`)), meta: null }).toEqual({ ...before, meta: null });
  await api.patch('/v1/events/ae', { state: 'withdrawn' });
  expect({ ...(await read('a')), meta: null }).toEqual({ ...before, meta: null });
});

describe('for graph tools', () => {
  test('as GraphML, with what each node and link bears declared', async () => {
    const answer = await api.get('/v1/actors/a/network.graphml?depth=2');
    expect(answer.headers['content-type']).toBe('application/graphml+xml; charset=utf-8');
    const { graphml } = new XMLParser({ ignoreAttributes: false, isArray: (name) => ['node', 'edge', 'data', 'key'].includes(name) }).parse(
      answer.body,
    );
    const declared = new Set(graphml.key.map((key: Record<string, string>) => `${key['@_for']} ${key['@_id']}`));
    for (const { data } of graphml.graph.node) for (const one of data) expect(declared).toContain(`node ${one['@_key']}`);
    for (const { data } of graphml.graph.edge) for (const one of data) expect(declared).toContain(`edge ${one['@_key']}`);
    const { nodes, links } = await read('a', 'depth=2');
    expect(graphml.graph['@_edgedefault']).toBe('undirected');
    expect(graphml.graph.node.map((node: Record<string, unknown>) => node['@_id'])).toEqual(
      nodes.map(({ slug }: { slug: string }) => slug),
    );
    expect(graphml.graph.node[1].data).toContainEqual({ '@_key': 'label', '#text': 'B & <Sons>' });
    expect(
      graphml.graph.edge.map((edge: { data: { '#text': number }[] } & Record<string, unknown>) => ({
        source: edge['@_source'],
        target: edge['@_target'],
        weight: edge.data[0]!['#text'],
      })),
    ).toEqual(links);
  });
  test('as CSV of links', async () => {
    const rows = parse((await api.get('/v1/actors/a/network.csv')).body, { bom: true, columns: true });
    expect(rows[0]).toEqual({ Source: 'a', Target: 'b', Type: 'Undirected', Weight: '2' });
    expect(rows).toHaveLength(3);
  });
});

test('it takes three statements, and none where nothing changed', async () => {
  expect(await api.countStatements(() => read('b', 'depth=2'))).toHaveLength(3);
  expect(await api.countStatements(() => read('b', 'depth=2'))).toEqual([]);
});

test.each([
  ['/v1/actors/a/network?depth=3', 400],
  ['/v1/actors/a/network?limit=0', 400],
  ['/v1/actors/nobody/network', 404],
  ['/v1/actors/nobody/network.graphml', 404],
])('GET %s: %i', async (url, status) => {
  expect((await api.get(url)).statusCode).toBe(status);
});
