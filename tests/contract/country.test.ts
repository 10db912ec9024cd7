// Countries by whatever they are called: taken as a code or a name, answered as alpha-2 with an English name.
import countries from 'i18n-iso-countries';
import { describe, expect, test } from 'vitest';
import { COUNTRY_NAMES, country_code } from '../../src/contract/country.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const read = (text: string) => country_code.safeParse(text).data;

describe('what is taken', () => {
  test.each([
    ['CN', 'CN'],
    ['cn', 'CN'],
    ['DEU', 'DE'],
    ['deu', 'DE'],
    ['South Korea', 'KR'],
    ['south-korea', 'KR'],
    ['Republic of Korea', 'KR'],
    ['Viet Nam', 'VN'],
    ['Vietnam', 'VN'],
    ['UK', 'GB'],
    ['U.S.', 'US'],
    ['United States', 'US'],
    ["Côte d'Ivoire", 'CI'],
    ["Cote d'Ivoire", 'CI'],
    ['Moldova, Republic of', 'MD'],
    ['Turkey', 'TR'],
    ['Türkiye', 'TR'],
  ])('%s is %s', (text, code) => {
    expect(read(text)).toBe(code);
  });
  test.each(['', 'XX', 'EU', 'Atlantis', 'C1N', 'Congo', '中国'])('%j is none', (text) => {
    expect(read(text)).toBeUndefined();
  });
  test('every code of ISO 3166-1, in two letters and in three, and every name that we answer', () => {
    for (const [code, alpha3] of Object.entries(countries.getAlpha2Codes()))
      expect([code, alpha3, COUNTRY_NAMES[code]!].map(read), code).toEqual([code, code, code]);
  });
});

test('the database has the same names', async () => {
  const codes = Object.keys(COUNTRY_NAMES);
  const { rows } = await api.database.pool.query<{ code: string; name: string | null }>(
    'select code, country_name(code) as name from unnest($1::text[]) code',
    [[...codes, 'XX']],
  );
  expect(Object.fromEntries(rows.map(({ code, name }) => [code, name]))).toEqual({ ...COUNTRY_NAMES, XX: null });
});

test('a write takes a name and answers the code with the name, in actors and places', async () => {
  const made = await api.post('/v1/actors', { slug: 'seoul', kind: 'government_body', name: 'Seoul', country_code: 'south korea' });
  expect(made.json()).toMatchObject({ country_code: 'KR', country_name: 'South Korea' });
  const event = {
    slug: 'summit',
    type: 'forum',
    title: 'A summit',
    date: '2024-05',
    place: { city: 'Paris', country_code: 'FRA' },
    actors: [{ actor: 'seoul', role: 'host' }],
  };
  expect((await api.post('/v1/events', event)).json()).toMatchObject({
    place: { city: 'Paris', country_code: 'FR', country_name: 'France' },
    actors: [{ country_code: 'KR', country_name: 'South Korea' }],
  });
});

test('filters take any of them, and ask the same question however it is written', async () => {
  const total = async (path: string, country: string) =>
    (await api.get(`${path}?total=true&country=${encodeURIComponent(country)}`)).json().page.total;
  for (const country of ['KR', 'KOR', 'South Korea', 'kr,KOR,Germany'])
    expect([await total('/v1/timeline', country), await total('/v1/actors', country)], country).toEqual([1, 1]);
  expect(await total('/v1/timeline', 'France')).toBe(1);
  const tags = await Promise.all(
    ['DE,KR', 'South Korea,Germany', 'KOR,DEU,DE'].map(async (country) => (await api.get(`/v1/timeline?country=${country}`)).headers.etag),
  );
  expect(new Set(tags).size).toBe(1);
});

test('a country that is none is refused, with what would do', async () => {
  expect((await api.get('/v1/timeline?country=Atlantis')).json().errors).toEqual([
    { parameter: 'country', detail: expect.stringContaining('such as CN, DEU or ZA') },
  ]);
});
