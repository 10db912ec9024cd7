// Reads files into documents, each with the place of everything in it. What cannot be read is a mistake with its place, and
// keeps nothing else from being read.
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { StartupError } from '../../errors.js';
import type { Place } from '../../seed/yaml.js';
import type { Document } from '../kinds.js';
import { UsageError } from '../run.js';

/** A document as it stands in a file. */
export interface Placed {
  entity: string;
  document: Document;
  file: string;
  /** Where the member stands that a JSON Pointer names, or the nearest thing around it. */
  place(pointer: string): Place;
}

export interface Mistake extends Place {
  file: string;
  /** JSON Pointer inside the document; empty for it as a whole. */
  field: string;
  detail: string;
}

export const isMistake = (read: Placed | Mistake): read is Mistake => 'detail' in read;

export const mistakeIn = ({ file, place }: Placed, field: string, detail: string): Mistake => ({ file, ...place(field), field, detail });

/** "events.yaml:12:5 /date: …" */
export const described = ({ file, line, column, field, detail }: Mistake): string =>
  `${file}:${line}:${column}${field === '' ? '' : ` ${field}`}: ${detail}`;

/** A file, opened but not read. */
export interface Input {
  /** As mistakes call it. */
  file: string;
  form: string;
  /** In bytes; undefined for standard input. */
  size: number | undefined;
  /** Its text, piece by piece; to be called once. */
  text(): AsyncIterable<string>;
  /** How many bytes were read so far. */
  done(): number;
}

const FORM_OF = new Map([
  ['ndjson', 'ndjson'],
  ['jsonl', 'ndjson'],
  ['json', 'json'],
  ['yaml', 'yaml'],
  ['yml', 'yaml'],
  ['csv', 'csv'],
  ['tsv', 'csv'],
]);

/**
 * @param path of a file or of a directory, whose files are meant; "-" for standard input
 * @throws StartupError where it is not there, or may not be looked at
 */
export function inputsOf(path: string, form: string | undefined): Input[] {
  if (path === '-') return [open('standard input', form ?? 'ndjson', undefined, () => process.stdin)];
  if (!existsSync(path)) throw new StartupError(`There is no file ${path}.`);
  if (statSync(path).isDirectory())
    return filesIn(path)
      .filter((name) => formOf(name) !== undefined)
      .sort()
      .flatMap((name) => inputsOf(join(path, name), form));
  const named = form ?? formOf(path);
  if (named === undefined)
    throw new UsageError(`The name ${path} does not tell its form; say it with --form ${[...new Set(FORM_OF.values())].join('|')}.`);
  return [open(path, named, statSync(path).size, () => createReadStream(path))];
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    throw unreadable(directory, error);
  }
}

const formOf = (path: string): string | undefined => FORM_OF.get(/\.(\w+)(?:\.gz)?$/i.exec(path)?.[1]?.toLowerCase() ?? '');

const unreadable = (path: string, error: unknown): StartupError =>
  new StartupError(`${path} cannot be read (${error instanceof TypeError ? 'it is not UTF-8' : (error as Error).message}).`);

/** @param begin opens it, once it is to be read: what fails before somebody listens would end the process */
function open(file: string, form: string, size: number | undefined, begin: () => NodeJS.ReadableStream): Input {
  let done = 0;
  async function* text(): AsyncGenerator<string> {
    // Whoever iterates says when it flows, not who counts.
    const bytes = begin().pause();
    bytes.on('data', (piece: Buffer) => {
      done += piece.length;
    });
    const unzipped = createGunzip();
    const plain = file.endsWith('.gz') ? bytes.on('error', (error: Error) => unzipped.destroy(error)).pipe(unzipped) : bytes;
    const decoder = new TextDecoder('utf-8', { fatal: true });
    try {
      for await (const piece of plain) yield decoder.decode(piece as unknown as Uint8Array, { stream: true });
      yield decoder.decode();
    } catch (error) {
      throw unreadable(file, error);
    }
  }
  return { file, form, size, text, done: () => done };
}

export async function wholeText({ text }: Input): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of text()) pieces.push(piece);
  return pieces.join('');
}
