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

const FORM_OF: Record<string, string> = {
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'json',
  yaml: 'yaml',
  yml: 'yaml',
  csv: 'csv',
  tsv: 'csv',
};

/** @param path of a file or of a directory, whose files are meant; "-" for standard input */
export function inputsOf(path: string, form: string | undefined): Input[] {
  if (path === '-') return [open('standard input', form ?? 'ndjson', undefined, process.stdin)];
  if (!existsSync(path)) throw new StartupError(`There is no file ${path}.`);
  if (statSync(path).isDirectory())
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => formOf(name) !== undefined)
      .sort()
      .flatMap((name) => inputsOf(join(path, name), form));
  const named = form ?? formOf(path);
  if (named === undefined)
    throw new UsageError(
      `The name ${path} does not tell its form; say it with --form ${Object.values(FORM_OF)
        .filter((one, index, all) => all.indexOf(one) === index)
        .join('|')}.`,
    );
  return [open(path, named, statSync(path).size, createReadStream(path))];
}

const formOf = (path: string): string | undefined => FORM_OF[/\.(\w+)(?:\.gz)?$/i.exec(path)?.[1]?.toLowerCase() ?? ''];

function open(file: string, form: string, size: number | undefined, bytes: NodeJS.ReadableStream): Input {
  let done = 0;
  bytes.pause();
  async function* text(): AsyncGenerator<string> {
    bytes.on('data', (piece: Buffer) => {
      done += piece.length;
    });
    const plain = file.endsWith('.gz') ? bytes.on('error', (error: Error) => unzipped.destroy(error)).pipe(unzipped) : bytes;
    const decoder = new TextDecoder('utf-8', { fatal: true });
    try {
      for await (const piece of plain) yield decoder.decode(piece as unknown as Uint8Array, { stream: true });
      yield decoder.decode();
    } catch (error) {
      throw new StartupError(`${file} cannot be read (${error instanceof TypeError ? 'it is not UTF-8' : (error as Error).message}).`);
    }
  }
  const unzipped = createGunzip();
  return { file, form, size, text, done: () => done };
}

export async function wholeText({ text }: Input): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of text()) pieces.push(piece);
  return pieces.join('');
}
