// `demarche import`: brings in what a file holds, by the same checks as the API. It says where each mistake stands, and goes
// on with the rest, unless it is to be all or nothing.
import { Option } from 'commander';
import { REASONS } from '../contract/write.js';
import { StartupError } from '../errors.js';
import { openTable, readTable } from './import/csv.js';
import { load, type Tally } from './import/load.js';
import { isCertain, lackingIn, mapColumns, showMapping } from './import/mapping.js';
import { namesToSlugs } from './import/named.js';
import { readNdjson } from './import/ndjson.js';
import { described, type Input, inputsOf, isMistake, type Mistake, type Placed } from './import/read.js';
import type { SendOptions } from './import/send.js';
import { readWhole } from './import/whole.js';
import { interruption } from './interrupt.js';
import { createProgress, type Progress } from './progress.js';
import { count, EXIT, Interrupted, newCommand, UsageError } from './run.js';
import { type Client, openTarget, type TargetOptions } from './target/client.js';

interface Options extends TargetOptions, SendOptions {
  form?: string;
  map: string[];
  yes: boolean;
  dryRun: boolean;
  json: boolean;
}

/** Of how many mistakes the machine is told one by one. */
const MISTAKES_MOST = 1000;

export default newCommand('import')
  .argument('<files...>', 'files or directories of them; "-" for standard input; those that end in .gz are unpacked')
  .addOption(new Option('--form <form>', "which form; otherwise as the file's name says").choices(['ndjson', 'json', 'yaml', 'csv']))
  .option(
    '--map <pairs>',
    'of a table: which column is what, such as title=Headline,date=Day',
    (text, all: string[]) => [...all, ...text.split(',')],
    [],
  )
  .option('--yes', 'of a table: take the mapping as it is shown', false)
  .option('--dry-run', 'read the files and show the mapping and the first documents; ask and send nothing', false)
  .option('--validate-only', 'check everything, keep nothing', false)
  .option('--atomic', 'all or nothing; events alone', false)
  .option('--upsert', 'put what is given in the place of what is there under the same slug or url', false)
  .addOption(new Option('--reason <reason>', 'why; kept in the history').choices(REASONS).default('import'))
  .option('--comment <text>', 'a comment on the changes; kept in the history')
  .option('--url <address>', 'the server to write to; otherwise DEMARCHE_URL, or the database')
  .option('--key <key>', "an editor's API key for the server; otherwise DEMARCHE_KEY")
  .option('--json', 'tell the result as JSON', false)
  .action(importFiles);

async function importFiles(files: string[], options: Options): Promise<void> {
  const inputs = files.flatMap((file) => inputsOf(file, options.form));
  if (inputs.length === 0) throw new StartupError('There is nothing to import in there: no file ends in .ndjson, .json, .yaml or .csv.');
  const signal = interruption();
  const client = await openTarget(options);
  const progress = createProgress('documents', { isSilent: options.json });
  try {
    const reading = await readAll(inputs, options, client);
    if (options.dryRun) return await showFirst(reading.source);
    await bringIn(client, reading, { options, signal, progress });
  } finally {
    progress.end();
    await client.close();
  }
}

interface Bringing {
  options: Options;
  signal: AbortSignal;
  progress: Progress;
}

async function bringIn(client: Client, { source, standing }: Reading, { options, signal, progress }: Bringing) {
  const mistakes: Mistake[] = [];
  const tally: Tally = { created: 0, updated: 0, unchanged: 0, refused: 0 };
  let last: Placed | undefined;
  let failed: Error | undefined;
  await load(client, watched(source, options.atomic), options, tally, {
    signal,
    settled(placed) {
      last = placed;
      const settled = tally.created + tally.updated + tally.unchanged + tally.refused;
      const { done, all } = standing(settled);
      progress.at(done, all, settled);
    },
    refused(mistake) {
      if (mistakes.push(mistake) > MISTAKES_MOST) mistakes.pop();
      if (!options.json) progress.line(described(mistake));
    },
  }).catch((error: Error) => {
    failed = error;
  });
  progress.end();
  const reached: Reached = last === undefined ? null : { file: last.file, line: last.place('').line };
  const told = {
    ...tally,
    validate_only: options.validateOnly,
    interrupted: signal.aborted,
    reached,
    error: failed?.message ?? null,
    mistakes,
  };
  if (options.json) console.log(JSON.stringify(told));
  else console.log(summaryOf(tally, options, client));
  if (signal.aborted) throw new Interrupted(interruptedAt(reached, options));
  if (failed !== undefined) throw stoppedAt(reached, failed, options);
  if (tally.refused > 0) process.exitCode = EXIT.failed;
}

/** What is kept whole or not at all goes in one stream, which other kinds are no part of. */
async function* watched(source: AsyncIterable<Placed | Mistake>, atomic: boolean): AsyncGenerator<Placed | Mistake> {
  for await (const read of source) {
    if (atomic && isMistake(read)) throw new StartupError(`${described(read)}\nNothing was written.`);
    if (atomic && !isMistake(read) && read.entity !== 'event')
      throw new UsageError(`--atomic goes with events alone; ${read.file} has the kind ${read.entity} too. Nothing was written.`);
    yield read;
  }
}

const summaryOf = ({ created, updated, unchanged, refused }: Tally, { atomic, validateOnly }: Options, { description }: Client): string => {
  if (atomic && refused > 0) return `${count(refused, 'mistake')}; nothing was written.`;
  const parts = `${created} created, ${updated} updated, ${unchanged} unchanged, ${refused} refused`;
  return validateOnly ? `Checked, nothing was written: ${parts}.` : `${parts} in ${description}.`;
};

/** The last document that was settled; null where none was. */
type Reached = { file: string; line: number } | null;

function interruptedAt(reached: Reached, options: Options): string {
  if (reached === null || !isKept(options)) return 'Interrupted; nothing was written.';
  return `Interrupted at ${reached.file}:${reached.line}. ${howToGoOn(options)}`;
}

/** What ended it before its time, and how far it got. */
function stoppedAt(reached: Reached, failed: Error, options: Options): Error {
  if (reached === null || !isKept(options) || !(failed instanceof StartupError)) return failed;
  return new StartupError(`${failed.message}\nIt got as far as ${reached.file}:${reached.line}. ${howToGoOn(options)}`);
}

/** Whether what is settled is written, whatever comes after it. */
const isKept = ({ atomic, validateOnly }: Options): boolean => !atomic && !validateOnly;

const howToGoOn = ({ upsert }: Options): string =>
  `What was acknowledged stays. Run it again${upsert ? '' : ' with --upsert'} to go on: what is there already is left as it is.`;

interface Reading {
  source: AsyncIterable<Placed | Mistake>;
  /** How far one is with so many documents settled: in documents where all are at hand, else in bytes that were read. */
  standing(settled: number): { done: number; all: number | undefined };
}

/** Files that are read whole come first, in the order in which their documents can be written; the others as they are named. */
async function readAll(inputs: Input[], options: Options, client: Client): Promise<Reading> {
  const isWhole = ({ form }: Input) => form === 'yaml' || form === 'json';
  const streams: AsyncIterable<Placed | Mistake>[] = [];
  for (const input of inputs) {
    if (input.form === 'ndjson') streams.push(readNdjson(input));
    else if (input.form === 'csv') streams.push(await tableOf(input, options, client));
  }
  const atHand = await readWhole(inputs.filter(isWhole));
  const size = inputs.every((input) => input.size !== undefined) ? inputs.reduce((sum, input) => sum + input.size!, 0) : undefined;
  return {
    source: (async function* () {
      yield* atHand;
      for (const stream of streams) yield* stream;
    })(),
    standing: (settled) =>
      streams.length === 0
        ? { done: settled, all: atHand.length }
        : { done: inputs.reduce((sum, input) => sum + input.done(), 0), all: size },
  };
}

async function tableOf(input: Input, options: Options, client: Client): Promise<AsyncIterable<Placed | Mistake>> {
  const table = await openTable(input);
  const mapped = mapColumns(table.headers, options.map);
  const lacking = lackingIn(mapped);
  const isShown = !isCertain(mapped) || options.dryRun || lacking.length > 0;
  if (isShown && !options.json) console.error(`${input.file}\n${showMapping(mapped, table.first)}`);
  if (lacking.length > 0) {
    const pairs = lacking.map((target) => `${target}=…`).join(',');
    throw new UsageError(`No column of ${input.file} is ${lacking.join(', nor ')}; say which one with --map ${pairs}`);
  }
  if (!isCertain(mapped) && !options.yes && !options.dryRun) await confirmMapping();
  return readTable(input.file, table, mapped, namesToSlugs(client));
}

async function confirmMapping(): Promise<void> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true)
    throw new UsageError('Columns were guessed or left out; look at the mapping, then say --yes, or mend it with --map.');
  const { confirm } = await import('@inquirer/prompts');
  const isRight = await confirm({ message: 'Is that right?' }, { output: process.stderr });
  if (!isRight) throw new UsageError('Nothing was read. Say which column is what with --map, such as --map title=Headline.');
}

async function showFirst(source: AsyncIterable<Placed | Mistake>): Promise<void> {
  let shown = 0;
  for await (const read of source) {
    if (isMistake(read)) {
      console.error(described(read));
      process.exitCode = EXIT.failed;
    } else if (shown++ < 3) console.log(JSON.stringify({ entity: read.entity, ...read.document }, null, 2));
  }
  console.error(`${count(shown, 'document')} could be read; nothing was sent.`);
}
