// Citations: by the rules of each style, with the addresses under which readers reach the server.
import { entries } from 'bibtex-parse';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { cite } from '../../src/releases/citation.js';
import { useApp } from '../support/app.js';

const api = useApp('seeded');
const sha256 = 'c'.repeat(64);
const created_at = '2026-03-09T23:59:59.999Z';
const citation = (label = '2026-03', origin = 'https://demarche.example') => cite({ label, created_at, sha256 }, origin);

test('APA, 7th edition: author, year, title, version, what it is, address', () => {
  expect(citation().apa).toBe(
    'Editors of Demarche. (2026). Demarche policy tracker (Version 2026-03) [Data set]. https://demarche.example/v1/releases/2026-03',
  );
});

test('CSL-JSON has all of it, with the digest', () => {
  expect(citation().csl_json).toEqual({
    id: 'demarche-2026-03',
    type: 'dataset',
    title: 'Demarche policy tracker',
    author: [{ literal: 'Editors of Demarche' }],
    issued: { 'date-parts': [[2026, 3, 9]] },
    version: '2026-03',
    URL: 'https://demarche.example/v1/releases/2026-03',
    note: `SHA-256 of the export: ${sha256}`,
  });
});

describe('BibTeX', () => {
  test('is read by a parser', () => {
    expect(entries(citation().bibtex)).toEqual([
      {
        key: 'demarche-2026-03',
        type: 'misc',
        AUTHOR: 'Editors of Demarche',
        TITLE: 'Demarche policy tracker',
        YEAR: '2026',
        MONTH: 'March',
        VERSION: '2026-03',
        URL: 'https://demarche.example/v1/releases/2026-03',
        NOTE: `Data set, version 2026-03. SHA-256 of the export: ${sha256}`,
      },
    ]);
  });

  test('what TeX would take for a command is escaped, but not in addresses', () => {
    const { bibtex } = citation('v1_2');
    expect(bibtex).toContain('version = {v1\\_2},');
    expect(bibtex).toContain('{Data set, version v1\\_2. SHA-256');
    expect(bibtex).toContain('url = {https://demarche.example/v1/releases/v1_2},');
    expect(entries(bibtex)[0]).toMatchObject({ VERSION: 'v1_2', NOTE: expect.stringContaining('version v1_2.') });
  });

  test('so is all else that TeX gives a meaning', () => {
    expect(citation('a\\b {c} $d & #e %f ~h ^i').bibtex).toContain(
      'version = {a\\textbackslash{}b \\{c\\} \\$d \\& \\#e \\%f \\textasciitilde{}h \\textasciicircum{}i},',
    );
  });

  test.each(['http://a}b', 'http://a{b', 'http://a\\b', 'http://a"b', 'http://a\n}', 'http://', 'no origin at all'])(
    'a host that a request made up (%j) ends no field',
    (origin) => {
      const { bibtex, csl_json } = citation('2026-03', origin);
      const read = entries(bibtex);
      expect(read).toHaveLength(1);
      expect(Object.keys(read[0]!)).toEqual(['key', 'type', 'AUTHOR', 'TITLE', 'YEAR', 'MONTH', 'VERSION', 'URL', 'NOTE']);
      expect(csl_json.URL).toMatch(/\/v1\/releases\/2026-03$/);
    },
  );
});

describe('over HTTP', () => {
  beforeAll(async () => {
    expect((await api.post('/v1/releases', { label: '2026-11' }, { as: 'admin' })).statusCode).toBe(201);
  });
  const get = (path: string, host = 'tracker.example:8080') => api.get(`/v1/releases/2026-11${path}`, { headers: { host } });

  test('the address is the one that was asked', async () => {
    const { citation } = (await get('')).json();
    expect(citation.csl_json.URL).toBe('http://tracker.example:8080/v1/releases/2026-11');
    expect(citation.apa).toContain(citation.csl_json.URL);
    expect(citation.bibtex).toContain(`{${citation.csl_json.URL}}`);
    expect(citation.bibtex).toContain((await get('')).json().sha256);
  });

  test('or PUBLIC_URL, whatever was asked', async () => {
    const config = { logLevel: 'silent', publicUrl: 'https://demarche.example' } as const;
    const app = await buildApp({ config, database: api.database, services: api.services, openapi: '{}' });
    const { body } = await app.inject({ url: '/v1/releases/2026-11/citation.bib', headers: { host: 'elsewhere.example' } });
    expect(body).toContain('{https://demarche.example/v1/releases/2026-11}');
    expect(body).not.toContain('elsewhere');
    await app.close();
  });

  test('each comes as a file of its own type', async () => {
    const { citation } = (await get('')).json();
    const [bib, csl] = [await get('/citation.bib'), await get('/citation.csl.json')];
    expect([bib.headers['content-type'], bib.body]).toEqual(['application/x-bibtex', citation.bibtex]);
    expect(csl.headers['content-type']).toBe('application/vnd.citationstyles.csl+json');
    expect(JSON.parse(csl.body)).toEqual([citation.csl_json]);
  });
});
