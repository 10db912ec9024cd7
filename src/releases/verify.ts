// Checks an export against what its release says: the digest and the counts are made again from the bytes alone.
import { lineOf, Sum } from './canonical.js';
import type { Contents } from './schema.js';

/** What an export was found to hold, and the first line that is not as exports are written. */
export interface Found extends Contents {
  fault: string | null;
}

/**
 * @param pieces the bytes of an export, cut anywhere
 * @param progress told of the bytes and entities read so far
 */
export async function examine(
  pieces: AsyncIterable<Uint8Array>,
  progress: (bytes: number, entities: number) => void = () => {},
): Promise<Found> {
  const sum = new Sum();
  let fault: string | null = null;
  let bytes = 0;
  let line = 0;
  let place = '';
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    sum.digest(piece);
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const text of lines) look(text);
    bytes += piece.length;
    progress(bytes, line);
  }
  if (rest !== '') fault ??= 'The last line has no end; the export was cut short.';
  return { ...sum.contents(), fault };

  function look(text: string): void {
    line++;
    const entry = parse(text);
    if (entry === null) {
      fault ??= `Line ${line} is not an entity in canonical JSON.`;
      return;
    }
    sum.count(entry);
    const here = `${entry.entity} ${entry.id}`;
    if (here <= place) fault ??= `Line ${line} is out of order, or there twice.`;
    place = here;
  }
}

function parse(text: string): { entity: string; id: string; state: object } | null {
  try {
    const entry = JSON.parse(text);
    const isEntry =
      typeof entry.entity === 'string' && typeof entry.id === 'string' && typeof entry.state === 'object' && entry.state !== null;
    return isEntry && lineOf(entry) === `${text}\n` ? entry : null;
  } catch {
    return null;
  }
}

/** @returns in sentences, where what was found is not what is said; nothing where all agrees */
export function differences(said: Partial<Contents>, found: Found): string[] {
  const sentences: string[] = [];
  if (said.sha256 !== undefined && said.sha256 !== found.sha256)
    sentences.push(`The SHA-256 is ${found.sha256}; it should be ${said.sha256}.`);
  if (said.bytes !== undefined && said.bytes !== found.bytes)
    sentences.push(`The export has ${found.bytes} bytes; it should have ${said.bytes}.`);
  sentences.push(...countsApart('entities', said.counts, found.counts), ...countsApart('events', said.event_types, found.event_types));
  if (found.fault !== null) sentences.push(found.fault);
  return sentences;
}

function countsApart(noun: string, said: Record<string, number> | undefined, found: Record<string, number>): string[] {
  if (said === undefined) return [];
  return [...new Set([...Object.keys(said), ...Object.keys(found)])]
    .sort()
    .filter((name) => (said[name] ?? 0) !== (found[name] ?? 0))
    .map((name) => `There are ${found[name] ?? 0} ${noun} of the kind ${name}; there should be ${said[name] ?? 0}.`);
}
