// What bench/cdn.ts found, as a page.
import { median } from './load.js';
import type { Watched } from './watched-writes.js';

export interface Row {
  name: string;
  isBehind: boolean;
  /** A second, as they came. */
  writes: number;
  /** Requests of readers a second. */
  rate: number;
  failed: number;
  p50_ms: number;
  p99_ms: number;
  /** Of the readers' requests, those that the cache answered; null without one. */
  hit_rate: number | null;
  /** What of the readers' requests reached the server, a second. */
  origin_rate: number;
  /** What the program itself counts, a second: with the looks of the writer, and what pages ask of the API within it. */
  counted_rate: number;
  misses_per_write: number | null;
  /** What a reader is sent, with its head, in kB. */
  kb: number | null;
  /** Seconds on processors for a million requests of readers. */
  program_s: number;
  database_s: number | null;
  /** Varnish and `demarche purge`. */
  cache_s: number;
  watched: Watched;
}

export interface About {
  when: string;
  machine: string;
  versions: string;
  events: number;
  questions: Record<string, number>;
  maxAge_s: number;
  duration_s: number;
}

/** A purge is told at once, and again after two seconds; the rest is for its way, in milliseconds. */
const BOUND_MS = 2500;

const number = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value >= 10 ? value.toFixed(1) : value.toFixed(2);
const orNone = (value: number | null, shown: (value: number) => string = number): string => (value === null ? '' : shown(value));
const table = (head: string[], lines: string[][]): string =>
  [`| ${head.join(' | ')} |`, `| --- |${' ---: |'.repeat(head.length - 1)}`, ...lines.map((line) => `| ${line.join(' | ')} |`)].join('\n');
const quantile = (sorted: number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;

export function reportOn(rows: Row[], about: About): string {
  const behind = rows.filter(({ isBehind }) => isBehind);
  const stale = behind.flatMap(({ watched }) => watched.stale_ms).sort((a, b) => a - b);
  const reverted = behind.reduce((sum, { watched }) => sum + watched.reverted, 0);
  const most = stale.at(-1)!;
  const named = (words: string) => rows.find(({ name }) => name === words)!;
  const [through, without] = [named('all it takes, through Varnish'), named('all it takes, without')];
  const originOf = ({ program_s, database_s }: Row) => program_s + (database_s ?? 0);
  const questions = Object.entries(about.questions).map(([kind, count]) => `${count} ${kind}`);
  return `# Behind a shared cache

Written by \`npm run bench:cdn\`; what is asked and how it is counted is in the code beside this file.

${about.when}; ${about.machine}; ${about.versions}.
${about.events.toLocaleString('en')} events. Varnish with deploy/cdn/varnish.vcl, \`CDN_MAX_AGE=${about.maxAge_s}\`, \`CACHE_MB=64\`, one process; \`demarche purge\`
follows the changes. Readers take br or gzip and ask for ${questions.join(', ')}, by Zipf within each kind, ${about.duration_s} s each row, after a
warm-up; "steady" is a pace that is kept, "all it takes" as many as there are answers for. All run on this one machine.
What is "counted there" (/metrics) has the looks of the writer in it, and what pages ask of the API within the program.

${table(
  [
    'readers',
    'writes a second',
    'requests a second',
    'p50 ms',
    'p99 ms',
    'failed',
    'hit rate',
    'to the server, a second',
    'counted there',
    'misses a write',
    'kB sent',
  ],
  rows.map((row) => [
    row.name,
    number(row.writes),
    number(row.rate),
    row.p50_ms.toFixed(2),
    row.p99_ms.toFixed(2),
    String(row.failed),
    orNone(row.hit_rate, (rate) => `${(100 * rate).toFixed(2)} %`),
    number(row.origin_rate),
    number(row.counted_rate),
    orNone(row.misses_per_write),
    orNone(row.kb),
  ]),
)}

Seconds on processors for a million requests of readers; the writes and their purges are among it, so a steady row says more of a
server that is asked little, and the other of one that is asked much:

${table(
  ['readers', 'writes a second', 'the program', 'the database', 'both: the server', 'Varnish and purge', 'all'],
  rows.map((row) => [
    row.name,
    number(row.writes),
    number(row.program_s),
    orNone(row.database_s),
    number(originOf(row)),
    row.isBehind ? number(row.cache_s) : '',
    number(originOf(row) + row.cache_s),
  ]),
)}

With Varnish ${number(through.rate / without.rate)} times as many requests are answered as without, and a million of them takes the server
${number(originOf(without) / originOf(through))} times less.

From the answer to a write until the last answer through Varnish that was from before it (each write is looked for at single events,
timelines, pages and feeds, for 3 s): median ${number(median(stale))} ms, p99 ${number(quantile(stale, 0.99))} ms, most ${number(most)} ms, of ${stale.length} writes; seen and then not
seen any more: ${reverted}. A purge is told at once and again after 2 s, so the bound is ${(BOUND_MS / 1000).toFixed(1)} s: it ${most <= BOUND_MS ? 'holds' : '**does not hold**'}.
While \`demarche purge\` does not run, the bound is \`CDN_MAX_AGE\`.
`;
}
