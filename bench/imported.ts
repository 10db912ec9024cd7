// What an import is measured with: a database of its own with actors, topics and sources, and lines that name them.

import { connectDatabase, type Database } from '../src/database/connect.js';
import { migrate, readMigrations } from '../src/database/migrate.js';
import { write } from '../src/database/write.js';
import { MIGRATIONS } from '../src/files.js';
import { createServices, type Services } from '../src/services.js';

const AUTHOR = { author_id: null, author_name: 'bench' };
const [TOPICS, ACTORS, SOURCES] = [300, 2000, 5000];
const TYPES = [
  'statement',
  'legislation',
  'meeting',
  'publication',
  'speech',
  'agreement',
  'export_control',
  'regulatory_action',
  'report',
  'forum',
];
const COUNTRIES = ['US', 'CN', 'DE', 'FR', 'GB', 'JP', 'KR', 'IN', 'BR', 'ZA', 'RU', 'SG', 'AE', 'CA', 'QA'];

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

export async function prepareImport(url: string): Promise<{ database: Database; services: Services }> {
  const database = await connectDatabase({ databaseUrl: url, dataDir: '', databasePool: 4 });
  await migrate(database, readMigrations(MIGRATIONS));
  const services = createServices(database);
  await write(database, { ...AUTHOR, statement_timeout_ms: 0 }, async (running) => {
    const all = async (service: { createAll(running: never, entries: never): Promise<unknown> }, inputs: object[]) =>
      service.createAll(running as never, inputs.map((input) => ({ input })) as never);
    await all(
      services.topics,
      numbers(TOPICS).map((n) => ({ slug: `topic-${n}`, name: `Topic ${n}`, description: null, broader: null, notes: [] })),
    );
    await all(
      services.actors,
      numbers(ACTORS).map((n) => ({
        ...{ slug: `actor-${n}`, kind: 'company', name: `Actor ${n}`, native_name: null, aliases: [`Alias ${n}`], notes: [] },
        ...{ country_code: COUNTRIES[n % COUNTRIES.length], affiliation: null, wikidata_id: null },
      })),
    );
    await all(
      services.sources,
      numbers(SOURCES).map((n) => ({
        ...{
          slug: null,
          url: `https://example.org/${n}`,
          title: `Source ${n} on what happened`,
          publisher: `Publisher ${n % 500}`,
          kind: 'media',
        },
        ...{ language: 'en', published_on: null, retrieved_at: null, archived_url: null },
      })),
    );
  });
  await database.pool.query('vacuum analyze');
  return { database, services };
}

/** Line n, as NDJSON has it: two actors, three topics and two sources, by their slugs and urls, some far more often than others. */
export function lineOf(n: number): string {
  const often = (count: number, turn: number) => Math.floor(count ** (((n * 7919 + turn * 104_729) % 10_007) / 10_007)) - 1;
  const other = (first: number, count: number, turn: number) => (first + turn * 97 + 1) % count;
  const [actor, topic] = [often(ACTORS, 1), often(TOPICS, 2)];
  return JSON.stringify({
    slug: `imported-${n}`,
    type: TYPES[Math.floor(((n * 31) % 100) ** 2 / 1000)],
    title: `A development, part ${n}`,
    summary: `What happened is told in a sentence or two, so that the card has about the length that cards have in practice; it was number ${n} of its kind.`,
    date: `${1990 + (n % 36)}-${String(1 + (n % 12)).padStart(2, '0')}-${String(1 + (n % 28)).padStart(2, '0')}`,
    significance: 1 + (n % 5),
    actors: [
      { actor: `actor-${actor}`, role: 'issuer' },
      { actor: `actor-${other(actor, ACTORS, 1)}`, role: 'participant' },
    ],
    topics: [0, 1, 2].map((turn) => `topic-${other(topic, TOPICS, turn)}`),
    sources: [{ source: `https://example.org/${(n * 7) % SOURCES}` }, { source: `https://example.org/${(n * 7 + 1) % SOURCES}` }],
  });
}
