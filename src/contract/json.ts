// JSON as it is taken: what two readers could understand in two ways is refused, rather than settled in silence
// (I-JSON, RFC 7493). `JSON.parse` takes all of it: of a name that stands twice it keeps the last, and a number that it
// cannot hold it rounds.

const QUOTE = 0x22;
const MINUS = 0x2d;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPENING = 0x7b;
const CLOSING = 0x7d;
const isDigit = (sign: number): boolean => sign >= 0x30 && sign <= 0x39;
const isSpace = (sign: number): boolean => sign === 0x20 || sign === 0x0a || sign === 0x0d || sign === 0x09;

/** Every whole number of fewer signs than this is kept as it is. */
const LONG_NUMBER = 16;

/**
 * @param text JSON that is well-formed
 * @returns what is ambiguous in it, as a sentence; null where nothing is
 */
export function ambiguityIn(text: string): string | null {
  /** The names of each object that is open at this place. */
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) {
      const end = endOfText(text, at);
      if (isName(text, end + 1)) {
        const names = open[open.length - 1]!;
        const before = names.size;
        const name = nameBetween(text, at, end);
        if (name === '__proto__') return 'The member "__proto__" is not taken; leave it out.';
        if (names.add(name).size === before) return `The member "${name.slice(0, 60)}" is there twice in one object; send it once.`;
      }
      at = end;
    } else if (sign === OPENING) open.push(new Set());
    else if (sign === CLOSING) open.pop();
    else if (sign === MINUS || isDigit(sign)) {
      const end = endOfNumber(text, at);
      const number = text.slice(at, end);
      if (!isKept(number)) return `The number ${number.slice(0, 60)} is larger than can be kept exactly; send it as text, or smaller.`;
      at = end - 1;
    }
  }
  return null;
}

/** Where the text that begins at a quotation mark ends: the next one that no odd number of backslashes goes before. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text.charCodeAt(first - 1) === BACKSLASH) first--;
    if ((end - first) % 2 === 0) return end;
  }
}

/** The same name may be written in several ways. */
function nameBetween(text: string, start: number, end: number): string {
  const name = text.slice(start + 1, end);
  return name.includes('\\') ? (JSON.parse(`"${name}"`) as string) : name;
}

function isName(text: string, after: number): boolean {
  let at = after;
  while (isSpace(text.charCodeAt(at))) at++;
  return text.charCodeAt(at) === COLON;
}

function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && /[\d.eE+-]/.test(text[end]!)) end++;
  return end;
}

/** Fractions are rounded, as everybody knows them to be; whole numbers are not. */
function isKept(number: string): boolean {
  if (number.length < LONG_NUMBER && !/e/i.test(number)) return true;
  const value = Number(number);
  return Number.isFinite(value) && (/[.e]/i.test(number) || Number.isSafeInteger(value));
}
