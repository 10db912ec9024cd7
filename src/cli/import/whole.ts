// YAML and JSON files, which are read whole: lists of documents by the names that they have in the first data set, or a
// list of events, or one event. Put in an order in which they can be imported, with what stands apart put where it belongs.

import { partsOf } from '../../contract/pointer.js';
import { openYaml, type Place } from '../../seed/yaml.js';
import { type Document, KINDS, rankOf } from '../kinds.js';
import { openJson } from './json.js';
import { type Input, isMistake, type Mistake, type Placed, wholeText } from './read.js';

type At = (pointer: string) => Place;

/** @returns what stands in the files, kind by kind */
export async function readWhole(inputs: Input[]): Promise<(Placed | Mistake)[]> {
  const all: (Placed | Mistake)[] = [];
  for (const input of inputs) all.push(...documentsOf(input.file, await open(input)));
  const rank = (read: Placed | Mistake) => (isMistake(read) ? -1 : rankOf(read.entity));
  const sorted = all.sort((one, other) => rank(one) - rank(other));
  return spreadNotes(sorted);
}

type Opened = { value: unknown; place: At } | { errors: (Place & { detail: string })[] };

async function open(input: Input): Promise<Opened> {
  const text = await wholeText(input);
  if (input.form === 'json') {
    const opened = openJson(text.replace(/^\uFEFF/, ''));
    return 'error' in opened ? { errors: [opened.error] } : { value: opened.value, place: opened.placeOf };
  }
  const { errors, value, placeOf } = openYaml(text);
  return errors.length > 0 ? { errors } : { value, place: (pointer) => placeOf(partsOf(pointer)) };
}

const isObject = (value: unknown): value is Document => typeof value === 'object' && value !== null && !Array.isArray(value);

function documentsOf(file: string, opened: Opened): (Placed | Mistake)[] {
  if ('errors' in opened) return opened.errors.map((error) => ({ file, field: '', ...error }));
  const { value, place } = opened;
  if (Array.isArray(value)) return listOf(file, 'event', value, '', place);
  if (!isObject(value)) return [{ file, ...place(''), field: '', detail: 'The file takes lists of documents, such as events: [ … ].' }];
  const members = Object.entries(value);
  if ('title' in value && 'type' in value) return listOf(file, 'event', [value], null, place);
  return members.flatMap(([name, list]) => {
    const entity = memberNamed(name);
    const known = [...KINDS.map(({ member }) => member), 'notes'];
    if (entity === undefined)
      return [{ file, ...place(`/${name}`), field: `/${name}`, detail: `There is no list ${name}; there are ${known.join(', ')}.` }];
    if (!Array.isArray(list)) return [{ file, ...place(`/${name}`), field: `/${name}`, detail: `${name} takes a list.` }];
    return listOf(file, entity, list, `/${name}`, place);
  });
}

const memberNamed = (name: string): string | undefined => (name === 'notes' ? 'note' : KINDS.find(({ member }) => member === name)?.entity);

/** @param above pointer of the list; null where the one document is the file */
function listOf(file: string, entity: string, list: unknown[], above: string | null, place: At): (Placed | Mistake)[] {
  return list.flatMap((value, index): (Placed | Mistake)[] => {
    const within = above === null ? '' : `${above}/${index}`;
    const at: At = (pointer) => place(`${within}${pointer}`);
    if (!isObject(value)) return [{ file, ...at(''), field: '', detail: 'An entry takes members, such as title: ….' }];
    const { entity: named, ...document } = value;
    if (entity !== 'action_plan' || document.items === undefined) return [{ entity: String(named ?? entity), document, file, place: at }];
    const { items, ...plan } = document;
    if (!Array.isArray(items)) return [{ file, ...at('/items'), field: '/items', detail: 'items takes a list.' }];
    const placedItems = listOf(file, 'action_item', items, `${within}/items`, place).map((read) =>
      isMistake(read) ? read : { ...read, document: { plan: plan.slug, ...read.document } },
    );
    return [{ entity, document: plan, file, place: at }, ...placedItems];
  });
}

/** Puts each note on everything that it concerns. */
function spreadNotes(all: (Placed | Mistake)[]): (Placed | Mistake)[] {
  const notes = all.filter((read): read is Placed => !isMistake(read) && read.entity === 'note');
  const rest: (Placed | Mistake)[] = all.filter((read) => isMistake(read) || read.entity !== 'note');
  for (const { document, file, place } of notes) {
    const { topic, text } = document;
    for (const entity of ['event', 'initiative', 'action_plan']) {
      const member = `${entity}s`;
      for (const [index, slug] of ((document[member] ?? []) as unknown[]).entries()) {
        const found = rest.find((read): read is Placed => !isMistake(read) && read.entity === entity && read.document.slug === slug);
        const field = `/${member}/${index}`;
        if (found === undefined) rest.push({ file, ...place(field), field, detail: `There is no entry ${slug} in the files.` });
        else found.document.notes = [...((found.document.notes ?? []) as object[]), { topic, text }];
      }
    }
  }
  return rest;
}
