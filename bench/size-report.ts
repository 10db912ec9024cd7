// bench/SIZE.md, from what was measured: tables alone, and of each row how it grows.
import { arch, cpus, platform, totalmem } from 'node:os';
import type { Cost } from './plans.js';
import type { Measured, Sized } from './size.js';

export interface Report {
  /** From the smallest to the largest. */
  sized: Sized[];
  /** Of the questions, in their order. */
  names: string[];
  /** Those whose statements are told. */
  growing: string[];
  rounds: number;
  server: { version: string; settings: string };
}

/** From the smallest size to the largest. */
export interface Growth {
  /** Of the size, and of the time. */
  size: number;
  time: number;
  /** Of the time, at the largest, in milliseconds. */
  ms: number;
  failed: number | null;
}

const TOO_SLOW_MS = 1000;
/** What takes this much longer, and at least so long, is said to grow. */
const GROWS = 1.7;
const NOTICED_MS = 5;
/** Of relations that take fewer bytes an event at the largest size only the sum is told. */
const SMALL_BYTES = 1;

export function growthOf(sized: Sized[], name: string): Growth {
  const [small, large] = [sized[0]!, sized.at(-1)!];
  const { median_ms, failed } = large.answers.get(name)!;
  return { size: large.size / small.size, time: median_ms / small.answers.get(name)!.median_ms, ms: median_ms, failed };
}

/** With one size alone, what it takes long to answer. */
export const isGrowing = ({ size, time, ms, failed }: Growth): boolean =>
  failed !== null || (size > 1 ? time >= GROWS && ms >= NOTICED_MS : ms >= 10 * NOTICED_MS);

/** By the power of the size that the time grows with. */
function wordOf({ size, time, failed }: Growth): string {
  if (failed !== null) return 'not answered';
  if (size === 1) return '–';
  const power = Math.log(time) / Math.log(size);
  if (power < 0.1) return 'constant';
  if (power < 0.35) return 'hardly';
  if (power < 0.8) return 'less than linear';
  return power <= 1.2 ? 'linear' : 'more than linear';
}

const named = (count: number): string => (count >= 1e6 ? `${count / 1e6} M` : `${count / 1000} k`);
const number = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 ? 1 : 2));
const times = (value: number): string => `× ${number(value)}`;
const table = (head: string[], left: number, rows: string[][]): string =>
  [head, head.map((_, index) => (index < left ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

export function reportSizes(report: Report): string {
  const { sized, rounds, server } = report;
  const sizes = sized.map(({ size }) => named(size)).join(', ');
  return `# What grows

Written by \`npm run bench:size\`; what is asked, and how it is taken, is in the code beside this file.

${new Date().toISOString().slice(0, 10)}; ${cpus().length} × ${cpus()[0]!.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${arch()}; Node ${process.version}; ${server.version}.
Settings of the server: ${server.settings}. Sizes: ${sizes} events.

## Loading

${loading(sized)}

A size whose loading is not told was written row by row, as the product writes; the others are copies of it, of which the rows are
loaded first and the indexes made afterwards, so that their indexes are packed more tightly. Start: of the product, until it is ready; median.

## What an event takes on disk

${storage(sized)}

## Answers

Of the built product, over HTTP, at one connection, one question at a time; it keeps no answers (\`CACHE_MB=0\`). *First*: the first
request to a process that has just started. Then medians (and the most) of ${rounds} later requests, in rounds that take turns, after some to warm
up; what takes long is asked fewer times. Milliseconds. *Grows*: from the smallest size to the largest.

${answers(report)}

## The statements of those that grow

Of each question the statement that takes the longest, explained: milliseconds in the database, pages of 8 kB that were found in
the server's memory and that were not, and the steps in which it spends most time, each with the rows it yields and the pages that it looks at.

${report.growing.length === 0 ? 'None grows.' : statements(report)}

## Too slow

${slow(report)}
`;
}

const loading = (sized: Sized[]): string =>
  table(
    ['events', 'rows, s', 'indexes, s', 'database, MB', 'bytes an event', 'start, ms'],
    0,
    sized.map(({ size, storage, started_ms }) => [
      named(size),
      storage.loading === null ? '–' : number(storage.loading.rows),
      storage.loading === null ? '–' : number(storage.loading.indexes),
      number(storage.database_bytes / 1e6),
      number(storage.database_bytes / size),
      number(started_ms),
    ]),
  );

function storage(sized: Sized[]): string {
  const nameOf = ({ table, index }: { table: string; index: string | null }): string => (index === null ? table : `${table}: ${index}`);
  const bytes = sized.map(({ storage }) => new Map(storage.relations.map((relation) => [nameOf(relation), relation.bytes])));
  const { size, storage: largest } = sized.at(-1)!;
  const isShown = (relation: { bytes: number }): boolean => relation.bytes / size >= SMALL_BYTES;
  const ofTable = (name: string): number => largest.relations.reduce((sum, one) => sum + (one.table === name ? one.bytes : 0), 0);
  // Tables by what they take with their indexes, each before its indexes.
  const shown = largest.relations
    .filter(isShown)
    .sort((a, b) =>
      a.table === b.table ? Number(a.index !== null) - Number(b.index !== null) || b.bytes - a.bytes : ofTable(b.table) - ofTable(a.table),
    );
  const rest = largest.relations.filter((relation) => !isShown(relation)).map(nameOf);
  const row = (name: string, taken: number[]): string[] => [
    name,
    ...taken.flatMap((value, index) => [
      number(value / 1e6),
      number(value / sized[index]!.size),
      ...(index === 0 ? [] : [times(value / taken[index - 1]!)]),
    ]),
  ];
  const takenBy = (name: string): number[] => bytes.map((all) => all.get(name) ?? 0);
  const summed = (names: string[]): number[] => bytes.map((all) => names.reduce((sum, name) => sum + (all.get(name) ?? 0), 0));
  return table(
    [
      'table: index',
      ...sized.flatMap(({ size }, index) => [
        `${named(size)}: MB`,
        'bytes an event',
        ...(index === 0 ? [] : [`of ${named(sized[index - 1]!.size)}`]),
      ]),
    ],
    1,
    [
      ...shown.map((relation) => row(nameOf(relation), takenBy(nameOf(relation)))),
      row('all others', summed(rest)),
      row('all tables', summed(largest.relations.filter(({ index }) => index === null).map(nameOf))),
      row('all indexes', summed(largest.relations.filter(({ index }) => index !== null).map(nameOf))),
    ],
  );
}

const first = ({ first_failed, first_ms }: Measured): string =>
  first_failed === null ? number(first_ms) : `${first_failed} after ${number(first_ms)}`;
const later = ({ failed, median_ms, most_ms }: Measured): string =>
  failed === null ? `${number(median_ms)} (${number(most_ms)})` : `${failed} after ${number(median_ms)}`;

const answers = ({ sized, names }: Report): string =>
  table(
    ['question', ...sized.flatMap(({ size }) => [`${named(size)}: first`, 'later']), 'grows', 'with the size'],
    1,
    names.map((name) => {
      const growth = growthOf(sized, name);
      return [
        name,
        ...sized.flatMap(({ answers }) => [first(answers.get(name)!), later(answers.get(name)!)]),
        growth.failed === null ? times(growth.time) : '–',
        wordOf(growth),
      ];
    }),
  );

const step = ({ what, rows, buffers, own_ms }: Cost['steps'][number]): string =>
  `${what}: ${Math.round(rows).toLocaleString('en')} rows, ${buffers.toLocaleString('en')} pages, ${number(own_ms)} ms`;

const statements = ({ sized, growing }: Report): string =>
  table(
    ['question', 'events', 'ms', 'pages found', 'pages not found', 'steps'],
    1,
    growing.flatMap((name) =>
      sized.map(({ size, costs }) => {
        const cost = costs.get(name)!;
        return typeof cost === 'string'
          ? [name, named(size), '–', '–', '–', cost]
          : [
              name,
              named(size),
              number(cost.ms),
              cost.hit.toLocaleString('en'),
              cost.read.toLocaleString('en'),
              cost.steps.map(step).join('<br>'),
            ];
      }),
    ),
  );

function slow({ sized, names }: Report): string {
  const { size, answers } = sized.at(-1)!;
  const found = names.filter((name) => answers.get(name)!.failed !== null || answers.get(name)!.median_ms > TOO_SLOW_MS);
  const bar = `more than ${TOO_SLOW_MS.toLocaleString('en')} ms at ${named(size)} events`;
  if (found.length === 0) return `No question takes ${bar}.`;
  return `These take ${bar}, or are not answered:\n\n${found.map((name) => `- ${name}: ${later(answers.get(name)!)} ms`).join('\n')}`;
}
