// CSV (RFC 4180) and its kin with ";" or tabs: a table of events, of whose columns a mapping says what they become.
import { type CsvError, parse } from 'csv-parse';
import { COLUMNS } from '../csv-columns.js';
import type { Document } from '../kinds.js';
import type { Mapped } from './mapping.js';
import { UnknownName } from './named.js';
import type { Input, Mistake, Placed } from './read.js';

/** What a spreadsheet would have taken for a formula, as our own tables write it. */
const ESCAPED = /^'(?=[=+\-@\t\r＝＋－＠])/;

interface Row {
  cells: string[];
  /** On which line of the file it begins. */
  line: number;
}

export interface Table {
  headers: string[];
  /** What the first row says, to be shown. */
  first: string[];
  /** Those after the header. */
  rows: AsyncIterable<Row | Mistake>;
}

/** Reads up to the header. */
export async function openTable(input: Input): Promise<Table> {
  const rows = rowsOf(input);
  const [header, first] = [await rows.next(), await rows.next()];
  const rest = first.done ? rows : after(first.value, rows);
  if (header.done) return { headers: [], first: [], rows };
  if (!('cells' in header.value)) return { headers: [], first: [], rows: after(header.value, rest) };
  return { headers: header.value.cells, first: first.done || !('cells' in first.value) ? [] : first.value.cells, rows: rest };
}

async function* after<Value>(first: Value, rest: AsyncIterable<Value>): AsyncGenerator<Value> {
  yield first;
  yield* rest;
}

async function* rowsOf(input: Input): AsyncGenerator<Row | Mistake> {
  const text = input.text()[Symbol.asyncIterator]();
  const head = await text.next();
  const options = {
    bom: true,
    info: true,
    delimiter: delimiterOf(head.done ? '' : head.value),
    skip_empty_lines: true,
    relax_column_count: true,
  };
  const reading = parse(options);
  const feeding = feed(reading, head.done ? [] : [head.value], text);
  let line = 1;
  let width: number | undefined;
  try {
    for await (const { record, info } of reading as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      width ??= record.length;
      if (record.length === width) yield { cells: record, line };
      else
        yield {
          file: input.file,
          line,
          column: Math.min(record.length, width) + 1,
          field: '',
          detail: `The header has ${width} columns, and this row ${record.length}; check its quotes.`,
        };
      line = info.lines + 1;
    }
    await feeding;
  } catch (error) {
    const { lines, message } = error as CsvError & { lines?: number };
    if (lines === undefined) throw error;
    yield { file: input.file, line: lines, column: 1, field: '', detail: `This is not valid CSV: ${message}` };
  }
}

async function feed(parser: ReturnType<typeof parse>, first: string[], rest: AsyncIterator<string>): Promise<void> {
  const write = (piece: string) => parser.write(piece) || new Promise((resolve) => parser.once('drain', resolve).once('close', resolve));
  try {
    for (const piece of first) await write(piece);
    for (let next = await rest.next(); !next.done && !parser.destroyed; next = await rest.next()) await write(next.value);
    parser.end();
  } catch (error) {
    parser.destroy(error as Error);
  }
}

/** Of the usual ones, the one that the header has most of. */
function delimiterOf(text: string): string {
  const [header = ''] = text.split('\n', 1);
  const number = (sign: string) => header.split(sign).length;
  return [';', '\t'].reduce((best, sign) => (number(sign) > number(best) ? sign : best), ',');
}

/** @param resolve turns the names in an event into slugs. @throws UnknownName, which becomes a mistake of that row */
export async function* readTable(
  file: string,
  { rows }: Table,
  mapped: Mapped[],
  resolve: (event: Document) => Promise<void>,
): AsyncGenerator<Placed | Mistake> {
  for await (const row of rows) {
    if (!('cells' in row)) {
      yield row;
      continue;
    }
    yield await eventOf(file, row, mapped, resolve);
  }
}

async function eventOf(
  file: string,
  { cells, line }: Row,
  mapped: Mapped[],
  resolve: (event: Document) => Promise<void>,
): Promise<Placed | Mistake> {
  const document: Document = {};
  const columnOf = (pointer: string): number => {
    const targets = mapped.map(({ target }) => target);
    const [, first = '', second = ''] = pointer.split('/');
    return Math.max(
      0,
      targets.indexOf(first),
      targets.indexOf(`${first}_${second}`),
      first === 'sources' ? targets.indexOf('source_urls') : 0,
    );
  };
  const place = (pointer: string) => ({ line, column: columnOf(pointer) + 1 });
  for (const [index, { target, header }] of mapped.entries()) {
    const cell = cells[index]!.replace(ESCAPED, '').trim();
    if (target === null || cell === '') continue;
    try {
      COLUMNS[target]!.read(cell, document);
    } catch (error) {
      return { file, line, column: index + 1, field: `/${target}`, detail: `${(error as Error).message} (column ${header})` };
    }
  }
  pairSources(document);
  try {
    await resolve(document);
  } catch (error) {
    if (!(error instanceof UnknownName)) throw error;
    return { file, ...place(error.pointer), field: error.pointer, detail: error.message };
  }
  return { entity: 'event', document, file, place };
}

/** Each url with its title, so that one that is new is made; without a title, its address is its name. */
function pairSources(document: Document): void {
  const titles = (document.source_titles ?? []) as string[];
  delete document.source_titles;
  const sources = (document.sources ?? []) as { source: string }[];
  if (sources.length === 0) return;
  const isPaired = titles.length === sources.length;
  document.sources = sources.map(({ source }, index) => ({
    source: /^https?:\/\//i.test(source) ? { url: source, title: (isPaired ? titles[index]! : source).slice(0, 500) } : source,
  }));
}
