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
      'accept',
      'request-changes',
      'reject',
      'take',
    ]);
    expect(young!.querySelector('.similar')!.textContent).toContain('likely');
    expect(body).not.toContain('<b>summary');
    expect(headers['cache-control']).toBe('private, no-cache');
  });

  test('shows its author what is undecided, without buttons; and nobody else', async () => {
    const { document } = await see('/review', 'contributor');
    expect([document.querySelectorAll('.proposal').length, document.querySelectorAll('[data-step]').length]).toEqual([2, 0]);
    const stranger = await see('/review');
    expect(stranger.document.querySelectorAll('.proposal')).toHaveLength(0);
    expect(stranger.body).not.toContain('Another');
  });
});
