// NDJSON, line by line, however many there are: each a document with its `entity`; one without is an event.
import { linesOf } from '../lines.js';
import { openJson } from './json.js';
import type { Input, Mistake, Placed } from './read.js';

export async function* readNdjson(input: Input): AsyncGenerator<Placed | Mistake> {
  const { file } = input;
  let line = 0;
  for await (const text of linesOf(input.text())) {
    line++;
    const bare = line === 1 ? text.replace(/^\uFEFF/, '') : text;
    if (bare.trim() === '') continue;
    const opened = openJson(bare, line);
    if ('error' in opened) yield { file, field: '', ...opened.error };
    else yield placed(file, opened.value, opened.placeOf);
  }
}

function placed(file: string, value: unknown, place: Placed['place']): Placed | Mistake {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { file, ...place(''), field: '', detail: 'A line takes one document, a JSON object.' };
  const { entity = 'event', ...document } = value as Record<string, unknown>;
  return { entity: String(entity), document, file, place };
}
