// Many values in one text, one by one and in constant memory: lines of JSON (NDJSON, JSON Lines), or the elements of a
// JSON array. They are cut apart here and each is read by itself, so that one that is broken breaks no other one.
import { ambiguityIn } from './json.js';

export const LINE_FORMS = ['lines', 'array'] as const;
export type LinesForm = (typeof LINE_FORMS)[number];

/** The largest line, in bytes: as much as a single write may be. */
export const LINE_MOST = 1024 * 1024;

/** A line as it stands; null where it is longer than one may be. Of an array, lines are its elements. */
export interface RawLine {
  /** From 1. Blank lines count, and are not told. */
  line: number;
  text: Uint8Array | null;
}

/** The text as a whole is no array, or does not end; whatever is in it. */
export class BrokenLines extends Error {}

/** @throws BrokenLines where what holds the lines together is broken, once it is met */
export const cutLines = (chunks: AsyncIterable<Uint8Array>, form: LinesForm): AsyncGenerator<RawLine> =>
  form === 'lines' ? cutAtLineEnds(chunks) : cutArray(chunks);

const [TAB, LF, CR, SPACE, QUOTE, COMMA, BACKSLASH] = [0x09, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x5b, 0x5d, 0x7b, 0x7d];
const isSpace = (sign: number): boolean => sign === SPACE || sign === LF || sign === CR || sign === TAB;

/** The bytes of one line, as they come; those of one that is too long are let go. */
class Gathering {
  private parts: Uint8Array[] = [];
  private length = 0;

  add(part: Uint8Array): void {
    this.length += part.length;
    if (this.length <= LINE_MOST) this.parts.push(part);
    else this.parts = [];
  }

  /** @returns undefined where there is nothing but space; null where it is too long */
  take(): Uint8Array | null | undefined {
    const text = this.length > LINE_MOST ? null : this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts);
    this.parts = [];
    this.length = 0;
    return text?.every(isSpace) ? undefined : text;
  }
}

async function* cutAtLineEnds(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<RawLine> {
  const gathering = new Gathering();
  let line = 1;
  for await (const chunk of withoutMark(chunks)) {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      gathering.add(chunk.subarray(start, end));
      const text = gathering.take();
      if (text !== undefined) yield { line, text };
      line++;
      start = end + 1;
    }
    gathering.add(chunk.subarray(start));
  }
  const text = gathering.take();
  if (text !== undefined) yield { line, text };
}

/** An element ends at a comma or the closing bracket outside of all brackets and texts; whether it is JSON is not looked at. */
async function* cutArray(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<RawLine> {
  const gathering = new Gathering();
  let state: 'before' | 'within' | 'after' = 'before';
  let line = 1;
  let depth = 0;
  let isText = false;
  let isEscaped = false;
  for await (const chunk of withoutMark(chunks)) {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const sign = chunk[at]!;
      if (isText) {
        if (isEscaped) isEscaped = false;
        else if (sign === BACKSLASH) isEscaped = true;
        else if (sign === QUOTE) isText = false;
      } else if (state !== 'within') {
        if (isSpace(sign)) continue;
        if (state === 'after') throw new BrokenLines('Something stands behind the array; send one array.');
        if (sign !== OPEN_LIST)
          throw new BrokenLines('The body takes an array of events, or one event in each line as application/x-ndjson.');
        state = 'within';
        start = at + 1;
      } else if (sign === QUOTE) isText = true;
      else if (sign === OPEN || sign === OPEN_LIST) depth++;
      else if (depth === 0 && (sign === COMMA || sign === CLOSE_LIST)) {
        gathering.add(chunk.subarray(start, at));
        const text = gathering.take();
        const isEmpty = sign === CLOSE_LIST && line === 1 && text === undefined;
        if (text === undefined && !isEmpty)
          throw new BrokenLines(`Element ${line} of the array is missing: two commas, or one at the end.`);
        if (text !== undefined) yield { line: line++, text };
        if (sign === CLOSE_LIST) state = 'after';
        start = at + 1;
      } else if (sign === CLOSE || sign === CLOSE_LIST) depth = Math.max(0, depth - 1);
    }
    if (state === 'within') gathering.add(chunk.subarray(start));
  }
  if (state === 'before') throw new BrokenLines('The body is empty; it takes an array of events.');
  if (state === 'within') throw new BrokenLines('The array does not end: a closing bracket is missing, or a quotation mark.');
}

/** A byte order mark at the beginning is no part of the text. */
async function* withoutMark(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | null = new Uint8Array();
  for await (const chunk of chunks) {
    if (head === null) yield chunk;
    else {
      head = Buffer.concat([head, chunk]);
      if (head.length < 3) continue;
      yield head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? head.subarray(3) : head;
      head = null;
    }
  }
  if (head !== null && head.length > 0) yield head;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @returns the value of a line, or a sentence that says why it has none */
export function readValue(text: Uint8Array | null): { value: unknown; detail?: undefined } | { value?: undefined; detail: string } {
  if (text === null) return { detail: 'The line is longer than the 1 MiB that one may have.' };
  let json: string;
  try {
    json = decoder.decode(text);
  } catch {
    return { detail: 'The line is not valid UTF-8; send JSON in UTF-8 (RFC 8259).' };
  }
  try {
    const value: unknown = JSON.parse(json);
    const detail = ambiguityIn(json);
    return detail === null ? { value } : { detail };
  } catch (error) {
    return { detail: `The line is not valid JSON: ${(error as Error).message.slice(0, 200)}.` };
  }
}
