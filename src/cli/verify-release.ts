// `demarche verify-release --label 2026-11`: recomputes the digest and the counts of a release from its export, read from
// the database, from a server or from a file, and tells whether they are what the release says.
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { check } from '../contract/check.js';
import { StartupError } from '../errors.js';
import { type Contents, contents, label as labelSchema } from '../releases/schema.js';
import { createReleaseStore } from '../releases/store.js';
import { differences, examine, type Found } from '../releases/verify.js';
import { createProgress } from './progress.js';
import { count, EXIT, newCommand, run, UsageError } from './run.js';

interface Options {
  label?: string;
  url?: string;
  file?: string;
  sha256?: string;
}

/** An export, and what is said of it. */
interface Released {
  name: string;
  said: Partial<Contents>;
  bytes: AsyncIterable<Uint8Array>;
}

export default newCommand('verify-release')
  .addHelpText('after', '\nThe SHA-256 and the counts are made again from the export, and compared with what the release says.')
  .option('--label <label>', 'which release')
  .option('--url <address>', 'the server to ask, such as https://demarche.example; otherwise DEMARCHE_URL, or the database')
  .option('--file <path>', 'an export that is at hand; goes with --sha256, and asks nobody')
  .option('--sha256 <digest>', 'the digest that was cited; compared as well')
  .action(verify);

async function verify({ label, url, file, sha256 }: Options): Promise<void> {
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256)) throw new UsageError('--sha256 takes 64 hexadecimal digits.');
  if (file !== undefined) {
    if (label !== undefined || url !== undefined || sha256 === undefined)
      throw new UsageError('--file goes with --sha256 and nothing else; the digest is in the release and in its citations.');
    return report({ name: file, said: {}, bytes: createReadStream(file) }, sha256);
  }
  if (label === undefined) throw new UsageError('Say which release with --label, or give --file and --sha256.');
  const { faults } = check(labelSchema, label, 'body');
  if (faults !== undefined) throw new UsageError(faults[0]!.detail);
  const address = url ?? (process.env.DEMARCHE_URL || undefined);
  if (address !== undefined) return report(await fromServer(label, address), sha256);
  return run(async ({ database }) => {
    const store = createReleaseStore(database);
    const said = await store.get(label);
    await report({ name: `release ${label}`, said, bytes: inBytes(store.lines(said.seq)) }, sha256);
  }, 'While the program runs on the embedded database, give --url with its address.');
}

async function* inBytes(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const line of lines) yield Buffer.from(line);
}

async function fromServer(label: string, url: string): Promise<Released> {
  const { value, faults } = check(z.looseObject(contents.shape), await (await ask(`/v1/releases/${label}`)).json(), 'body');
  if (faults !== undefined) throw new StartupError(`${url} does not answer as a server of releases does; check --url.`);
  const { body } = await ask(`/v1/releases/${label}/export.ndjson`);
  return { name: `release ${label} of ${url}`, said: value, bytes: Readable.fromWeb(body as never) };

  async function ask(path: string): Promise<Response> {
    if (!URL.canParse(path, url)) throw new UsageError('--url takes an address such as https://demarche.example.');
    const address = new URL(path, url);
    const answer = await fetch(address).catch((error: Error) => {
      throw new StartupError(`${address.origin} cannot be reached (${((error.cause as Error) ?? error).message}); check --url.`);
    });
    if (answer.ok) return answer;
    const { detail } = (await answer.json().catch(() => ({}))) as { detail?: string };
    throw new StartupError(`${address.href} answered ${answer.status}${detail === undefined ? '' : `: ${detail}`}`);
  }
}

async function report({ name, said, bytes }: Released, sha256: string | undefined): Promise<void> {
  const progress = createProgress('lines');
  const found = await examine(bytes, (_, entities) => progress.at(entities, undefined)).catch((error: Error) => {
    throw new StartupError(`The export of ${name} cannot be read to its end (${error.message}).`);
  });
  progress.end();
  console.log(describe(found));
  const cited = sha256?.toLowerCase();
  const apart = [
    ...differences({ ...said, sha256: said.sha256 ?? cited }, found),
    ...(said.sha256 !== undefined && cited !== undefined && cited !== said.sha256
      ? [`The release says that its SHA-256 is ${said.sha256}; --sha256 gives ${cited}.`]
      : []),
  ];
  if (apart.length === 0) return console.log(`The export of ${name} is what was released.`);
  console.error(`The export of ${name} is NOT what was released:\n${apart.map((one) => `  ${one}`).join('\n')}`);
  process.exitCode = EXIT.failed;
}

function describe({ counts, bytes, sha256 }: Found): string {
  const entities = Object.values(counts).reduce((sum, one) => sum + one, 0);
  const kinds = Object.entries(counts).map(([name, number]) => `  ${name.padEnd(12)} ${number}`);
  return [`${count(entities, 'line')}, ${count(bytes, 'byte')}`, ...kinds, `  SHA-256      ${sha256}`].join('\n');
}
