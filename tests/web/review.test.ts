// The pages to add and to review, without a browser: the form follows the schemas, and the queue shows to each what the API
// tells them, side by side.
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, test } from 'vitest';
import { EVENT_TYPES } from '../../src/events/types/index.js';
import { useApp } from '../support/app.js';

const api = useApp('seeded');
const see = async (url: string, as?: keyof typeof api.keys) => {
  const authorization = as && `Bearer ${api.keys[as]}`;
  const { body, headers } = await api.app.inject({ url, headers: { accept: 'text/html', ...(authorization && { authorization }) } });
  return { headers, body, document: parseHTML(body).document };
};

describe('the form to add', () => {
  test.each(Object.keys(EVENT_TYPES))('asks of a %s for each member of its details', async (type) => {
    const { document } = await see(`/add?type=${type}`);
    const details = document.querySelector('#details')!;
    const asked = [...details.querySelectorAll(':scope > .field [data-member], :scope > [data-list], :scope > [data-group]')].map(
      (one) => one.getAttribute('data-member') ?? one.getAttribute('data-list') ?? one.getAttribute('data-group'),
    );
    expect(asked).toEqual(Object.keys(EVENT_TYPES[type as 'speech'].details.shape));
    expect(document.querySelector('[data-type] option[selected]')!.getAttribute('value')).toBe(type);
  });

  test('says without scripts that the API takes it, and has no key in it', async () => {
    const { body, document } = await see('/add', 'editor');
    expect(document.querySelector('noscript')!.textContent).toContain('POST /v1/proposals');
    expect(document.querySelector('form[data-add]')!.hasAttribute('hidden')).toBe(true);
    expect(body).not.toContain(api.keys.editor);
  });
});

describe('the queue', () => {
  beforeAll(async () => {
    const rationale = 'So says <i>the second</i> source.';
    const sources = ['https://example.org/second'];
    const target = { entity: 'event', id: 'li-qiang-waic-2025-keynote' };
    const change = { summary: 'Another <b>summary</b>.', topics: ['cooperation'] };
    await api.post('/v1/proposals', { target, change, rationale, sources }, { as: 'contributor' });
    const young = { type: 'speech', title: 'Li Qiang opens WAIC 2025 and calls AI governance fragmented', date: '2025-07-26' };
    await api.post('/v1/proposals', { target: { entity: 'event' }, change: young, rationale, sources }, { as: 'contributor' });
  });

  type Found = ReturnType<typeof parseHTML>['document']['documentElement'];
  const stepsIn = (one: Found) => [...one.querySelectorAll('[data-step]')].map((button) => button.getAttribute('data-step'));

  test('shows editors what is there and what would be, the oldest first, as text', async () => {
    const { document, body, headers } = await see('/review', 'editor');
    const [change, young] = [...document.querySelectorAll('.proposal')];
    const cells = [...change!.querySelectorAll('tbody tr')].map((row) =>
      [...row.querySelectorAll('th, td')].map((one) => one.textContent!.trim()),
    );
    const summary = cells.find(([name]) => name === 'Summary')!;
    expect(summary[1]).toContain('The premier said AI risked becoming an exclusive game');
    expect(summary[2]).toBe('Another <b>summary</b>.');
    expect([...change!.querySelectorAll('del')].map((one) => one.textContent)).toContain('keynote');
    expect(change!.querySelector('h2 a')!.getAttribute('href')).toBe('/events/li-qiang-waic-2025-keynote');
    expect([...change!.querySelectorAll('[data-step]')].map((one) => one.getAttribute('data-step'))).toEqual([
      'comments',
      'accept',
      'request-changes',
      'reject',
      'take',
    ]);
    expect(young!.querySelector('.similar')!.textContent).toContain('likely');
    expect(body).not.toContain('<b>summary');
    expect(headers['cache-control']).toBe('private, no-cache');
  });

  test('shows its author what is undecided, to comment on and to withdraw; and nobody else', async () => {
    const { document } = await see('/review', 'contributor');
    expect([...document.querySelectorAll('.proposal')].map(stepsIn)).toEqual([
      ['comments', 'withdraw'],
      ['comments', 'withdraw'],
    ]);
    const stranger = await see('/review');
    expect(stranger.document.querySelectorAll('.proposal')).toHaveLength(0);
    expect(stranger.body).not.toContain('Another');
  });

  test('an editor decides on nothing of their own, and finds it under their own', async () => {
    const sources = [{ source: { url: 'https://example.org/x', title: 'X' } }];
    const change = { type: 'speech', title: 'Of an editor', date: '2025-07-26', sources };
    const { id } = (await api.post('/v1/proposals', { target: { entity: 'event' }, change, rationale: 'So.' }, { as: 'editor' })).json();
    const { document } = await see('/review?author=me', 'editor');
    const cards = [...document.querySelectorAll('.proposal')];
    expect(cards.map((one) => one.id)).toEqual([`p-${id}`]);
    expect(stepsIn(cards[0]!)).toEqual(['comments', 'withdraw']);
    expect((await see('/review?author=me')).document.querySelectorAll('.proposal')).toHaveLength(0);
  });

  test('a proposal has a page of its own, which no shared cache keeps and no engine lists', async () => {
    const { data } = (await api.get('/v1/proposals?author=me', { as: 'contributor' })).json();
    const { document, headers } = await see(`/review/${data[0].id}`);
    expect(document.querySelector('.proposal h1')!.textContent).toContain('Li Qiang');
    expect(document.querySelectorAll('[data-step]')).toHaveLength(0);
    expect(headers['cache-control']).toBe('private, no-cache');
    expect(document.querySelector('meta[name="robots"]')!.getAttribute('content')).toBe('noindex');
    const editor = await see(`/review/${data[0].id}`, 'editor');
    expect(stepsIn(editor.document.querySelector('.proposal')!)).toContain('accept');
    expect(
      (await see(`/review/${data[0].id.replace(/.$/, (end: string) => (end === '0' ? '1' : '0'))}`)).document.querySelector('h1')!
        .textContent,
    ).toBe('There is nothing here');
  });

  test('the sources of a change are told by their addresses, not by ids', async () => {
    const { sources } = (await api.get('/v1/events/li-qiang-waic-2025-keynote/revisions/1')).json().state;
    const kept = sources.slice(1);
    const target = { entity: 'event', id: 'li-qiang-waic-2025-keynote' };
    const answer = await api.post(
      '/v1/proposals',
      { target, change: { sources: kept }, rationale: 'One too many.', sources: ['https://example.org/y'] },
      { as: 'contributor' },
    );
    const { document } = await see(`/review/${answer.json().id}`, 'editor');
    const cells = [...document.querySelectorAll('.changes tbody td')].map((one) => one.textContent!);
    expect(cells).toHaveLength(2);
    for (const text of cells) {
      expect(text).toContain('source https://');
      expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
    }
  });
});
