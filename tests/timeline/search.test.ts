// Full text: what is found, how well it fits, where it was met, and what a misspelt name still finds.
import { beforeAll, describe, expect, test } from 'vitest';
import { parseSearch } from '../../src/timeline/search.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const ask = async (q: string, more = '') => {
  const response = await api.get(`/v1/timeline?q=${encodeURIComponent(q)}${more}`);
  expect(response.statusCode).toBe(200);
  return response.json() as {
    data: { slug: string; snippet: string }[];
    page: { total?: number; next: string | null };
    meta: { searched_for?: string };
  };
};
const find = async (q: string, more = '') => (await ask(q, more)).data.map(({ slug }) => slug);

beforeAll(async () => {
  await api.post('/v1/actors', {
    slug: 'who',
    kind: 'intergovernmental_organisation',
    name: 'World Health Organization',
    aliases: ['WHO'],
  });
  await api.post('/v1/actors', { slug: 'li-qiang', kind: 'person', name: 'Li Qiang', native_name: '李强', aliases: ['Premier Li'] });
  await api.post('/v1/actors', { slug: 'emmanuel', kind: 'person', name: 'Emmanuel Générale' });
  const events = [
    {
      slug: 'chips',
      title: 'US tightens export controls on chips',
      summary: 'Licences are required for advanced accelerators.',
      date: '2023-10',
    },
    { slug: 'exporting', title: 'A report on exporting models', summary: 'It mentions a control in passing.', date: '2024' },
    {
      slug: 'health',
      title: 'Guidance for health',
      summary: 'Published for ministries.',
      date: '2024-01',
      actors: [{ actor: 'who', role: 'issuer' }],
    },
    {
      slug: 'speech',
      title: 'Opening speech',
      summary: 'He called for cooperation.',
      date: '2025-07-26',
      actors: [{ actor: 'li-qiang', role: 'speaker' }],
      place: { city: 'Shanghai' },
    },
    { slug: 'chinese', title: 'Declaration 上海宣言 on 人工智能治理', date: '2024-07-04' },
    {
      slug: 'french',
      title: 'Sommet à Paris',
      summary: 'L’État et l’école <b>&</b> "others".',
      date: '2025-02',
      actors: [{ actor: 'emmanuel', role: 'host' }],
    },
  ];
  for (const event of events) await api.post('/v1/events', { type: 'other', ...event });
  await api.post('/v1/events', { type: 'other', slug: 'hidden', title: 'Draft export control', date: '2025', state: 'draft' });
});

describe('it finds', () => {
  test.each([
    ['all words, in all their forms', 'export control', ['chips', 'exporting']],
    ['a phrase', '"export controls"', ['chips']],
    ['without a word', 'export -report', ['chips']],
    ['without a phrase', 'export -"export controls"', ['exporting']],
    ['one or the other', 'accelerator or guidance', ['chips', 'health']],
    ['words of the summary', 'licence accelerators', ['chips']],
    ['the name of who takes part', 'Li Qiang', ['speech']],
    ['an alias', '"Premier Li"', ['speech']],
    ['a name that is a common word', 'WHO', ['health']],
    ['a name and a word together', 'WHO guidance', ['health']],
    ['words among which one is too common to look for', 'the controls on the chips', ['chips']],
    ['the place', 'shanghai', ['speech']],
    ['a name in Chinese', '李强', ['speech']],
    ['a part of a Chinese phrase', '人工智能', ['chinese']],
    ['another part, of two signs', '治理', ['chinese']],
    ['letters with accents, written without', 'ecole generale', ['french']],
    ['letters without, written with them', 'Sommét', ['french']],
    ['nothing of a draft', 'draft', []],
    ['nothing that is not there', 'quantum', []],
    ['nothing by signs in another order', '能智', []],
  ])('%s: %s', async (_, q, slugs) => {
    expect(await find(q)).toEqual(slugs);
  });
});

test('names are found as they are written, not by a stem', async () => {
  await api.post('/v1/actors', { slug: 'politico', kind: 'company', name: 'Organizer' });
  await api.post('/v1/events', {
    type: 'other',
    slug: 'by-name',
    title: 'Something else',
    date: '2026',
    actors: [{ actor: 'politico', role: 'author' }],
  });
  expect(await find('Organizer')).toContain('by-name');
  expect((await ask('organizing')).meta.searched_for).toBe('organizer');
});

test('by relevance the best fit comes first, page by page', async () => {
  expect(await find('export controls', '&order=relevance')).toEqual(['chips', 'exporting']);
  expect(await find('export controls', '&order=desc')).toEqual(['exporting', 'chips']);
  const first = await ask('export controls', '&order=relevance&limit=1&total=true');
  expect(first.page.total).toBe(2);
  const second = (await api.get(first.page.next!)).json();
  expect(second.data.map(({ slug }: { slug: string }) => slug)).toEqual(['exporting']);
  const back = (await api.get(second.page.previous)).json();
  expect(back.data.map(({ slug }: { slug: string }) => slug)).toEqual(['chips']);
});

describe('a snippet', () => {
  const snippet = async (q: string) => (await ask(q)).data[0]!.snippet;
  test('marks what was met', async () => {
    expect(await snippet('licence')).toContain('<mark>Licences</mark> are required');
    expect(await snippet('人工智能')).toContain('上海宣言 on <mark>人工智能</mark>');
    expect(await snippet('Li Qiang')).toContain('<mark>Li</mark> <mark>Qiang</mark> · Shanghai');
  });
  test('is HTML in which all else is text', async () => {
    expect(await snippet('sommet')).toContain('&lt;b&gt;&amp;&lt;/b&gt; &quot;others&quot;');
  });
  test('is there only where something was looked for', async () => {
    expect((await api.get('/v1/timeline?limit=1')).json().data[0]).not.toHaveProperty('snippet');
  });
});

describe('a misspelt name', () => {
  test.each([
    ['Qinag', 'speech', 'qiang'],
    ['Shangai', 'speech', 'shanghai'],
    ['Emanuel', 'french', 'emmanuel'],
  ])('%s still finds, and the answer says what was looked for', async (q, slug, searched) => {
    const { data, meta } = await ask(q);
    expect(data.map((event) => event.slug)).toEqual([slug]);
    expect(meta.searched_for).toBe(searched);
  });
  test('is corrected in the total too, and beside words that are right', async () => {
    expect(await ask('Qinag cooperation', '&total=true')).toMatchObject({
      page: { total: 1 },
      meta: { searched_for: 'qiang cooperation' },
    });
  });
  test('what finds something is left as it is', async () => {
    expect((await ask('chips')).meta).not.toHaveProperty('searched_for');
  });
});

describe('what cannot be looked for is refused', () => {
  test.each(['', '   ', '!!!', '""', 'or', '-', 'x '.repeat(21), 'x'.repeat(501), 'a\u0000b'])('%j', async (q) => {
    expect((await api.get(`/v1/timeline?q=${encodeURIComponent(q)}`)).json()).toMatchObject({ status: 400, errors: [{ parameter: 'q' }] });
  });
  test.each(["a'); drop table events; --", 'a & | ! <-> (b', ':*', '\\', 'a:b', '%', "'"])(
    '%j is words or nothing, never SQL and never an operator',
    async (q) => {
      expect((await api.get(`/v1/timeline?q=${encodeURIComponent(q)}`)).statusCode).toBeLessThan(500);
    },
  );
  test('an order by relevance without words', async () => {
    expect((await api.get('/v1/timeline?order=relevance')).json()).toMatchObject({ status: 400, errors: [{ parameter: 'order' }] });
  });
});

test.each([
  ['a b', [['a', 'b']]],
  ['a or b', [['a'], ['b']]],
  ['a OR "b c" -d', [['a'], ['b c', '-d']]],
  ['"open phrase', [['open phrase']]],
  ['or a or', [['a']]],
  ['-"not this" x-y', [['-not this', 'x-y']]],
])('%j is taken apart', (q, expected) => {
  expect(parseSearch(q)!.map((terms) => terms.map(({ text, isExcluded }) => (isExcluded ? `-${text}` : text)))).toEqual(expected);
});
