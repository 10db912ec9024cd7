// The timeline page without scripts: the address is the state, the same question stands behind the list, the counts, the
// pages of the list and every other form, and nothing that the API refuses is shown.
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('seeded');
const see = async (url: string) => {
  const { statusCode, headers, body } = await api.app.inject({ url, headers: { accept: 'text/html' } });
  const { document } = parseHTML(body);
  const titles = [...document.querySelectorAll('.entry h3')].map((title) => title.textContent);
  return { status: statusCode, headers, document, titles };
};
const titlesOf = async (url: string): Promise<string[]> => (await api.get(url)).json().data.map(({ title }: { title: string }) => title);

test('lists what the API answers to the same question, the latest first', async () => {
  expect((await see('/')).titles).toEqual(await titlesOf('/v1/timeline?order=desc&limit=25'));
  const asked = 'type=speech,statement&country=CN&from=2025&to=2026-06&min_significance=3';
  expect((await see(`/?${asked}&order=asc`)).titles).toEqual(await titlesOf(`/v1/timeline?${asked}&order=asc&limit=25`));
  expect((await see('/?q=export+chips')).titles).toEqual(await titlesOf('/v1/timeline?q=export+chips&order=relevance&limit=25'));
});

test('pages of the list follow one another, and each development is on one of them', async () => {
  const seen: (string | null)[] = [];
  let address: string | null = '/?topic=semiconductors&group=actor';
  while (address !== null) {
    const { status, document, titles } = await see(address);
    expect(status).toBe(200);
    seen.push(...titles);
    address = document.querySelector('.pager a[rel=next]')?.getAttribute('href') ?? null;
    if (address !== null) expect(address).toMatch(/^\/\?topic=semiconductors&group=actor&cursor=/);
  }
  expect(seen).toEqual(await titlesOf('/v1/timeline?topic=semiconductors&order=desc&limit=200'));
  expect(seen.length).toBeGreaterThan(25);
});

test('what a form sends along empty is taken out of the address', async () => {
  const { status, headers } = await see('/?q=&from=2025&to=&certainty=&order=&group=type');
  expect([status, headers.location]).toEqual([302, '/?from=2025']);
  expect((await see('/?q=&to=')).headers.location).toBe('/');
});

describe('filters', () => {
  test('show what is chosen, with the counts of the API, and carry on what has no field', async () => {
    const { document } = await see('/?type=speech&type=pledge&q=AI&exclude_topic=summit&group=actor&min_significance=2');
    const checked = [...document.querySelectorAll('.filters input[checked]')].map((input) => input.getAttribute('value'));
    expect(checked.sort()).toEqual(['pledge', 'speech']);
    const { facets } = (
      await api.get('/v1/timeline?type=speech,pledge&q=AI&exclude_topic=summit&min_significance=2&facets=country')
    ).json();
    const shown = [...document.querySelectorAll('#facet-country .number')].map((number) => Number(number.textContent));
    expect(shown).toEqual(facets.country.slice(0, 25).map(({ count }: { count: number }) => count));
    const hidden = [...document.querySelectorAll('.filters input[type=hidden]')].map(
      (input) => `${input.getAttribute('name')}=${input.getAttribute('value')}`,
    );
    expect(hidden).toEqual(['exclude_topic=summit', 'group=actor']);
    expect(document.querySelector('#q')!.getAttribute('value')).toBe('AI');
    expect(document.querySelector('#min_significance option[selected]')!.getAttribute('value')).toBe('2');
  });

  test('each field has a name that is read out', async () => {
    const { document } = await see('/');
    for (const field of document.querySelectorAll('input:not([type=hidden]), select'))
      expect(document.querySelector(`label[for="${field.id}"]`), field.outerHTML).not.toBeNull();
  });
});

test('the same view elsewhere: each form answers the same question', async () => {
  const { document } = await see(
    `/?type=pledge&from=2025-07&to=2025-08&group=initiative&known_at=${new Date().toISOString().slice(0, 10)}`,
  );
  const links = [...document.querySelectorAll('.elsewhere a')].map((link) => link.getAttribute('href')!);
  expect(links).toHaveLength(8);
  for (const link of links) {
    expect(link).toMatch(/^\/v1\/timeline(\.[a-z.]+)?\?type=pledge&from=2025-07&to=2025-08&known_at=/);
    const answer = await api.get(link);
    expect([answer.statusCode, answer.body.includes('/pledge') || answer.body.length > 300], link).toEqual([200, true]);
  }
});

test('the histogram leads to each year, and tells which of them are looked at', async () => {
  const { document } = await see('/?from=2025&to=2025');
  const years = [...document.querySelectorAll('.years a')];
  const { data } = (await api.get('/v1/timeline/histogram?interval=year')).json();
  expect(years).toHaveLength(data.length);
  expect(years.filter((year) => year.getAttribute('class') === 'in').map((year) => year.getAttribute('href'))).toEqual([
    '/?from=2025&to=2025',
  ]);
});
