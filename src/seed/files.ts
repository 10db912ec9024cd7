// Reads a data set from YAML files and checks each entry with the schema that the API uses. Every mistake is told with
// its file, line and field.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { itemForms, planForms } from '../action-plans/schema.js';
import type { PlacedItem } from '../action-plans/service.js';
import { actorForms } from '../actors/schema.js';
import { check } from '../contract/check.js';
import { slug } from '../contract/ids.js';
import { partsOf } from '../contract/pointer.js';
import { line, prose } from '../contract/text.js';
import { StartupError } from '../errors.js';
import { eventForms } from '../events/schema.js';
import { initiativeForms } from '../initiatives/schema.js';
import { sourceForms } from '../sources/schema.js';
import { topicForms } from '../topics/schema.js';
import { openYaml } from './yaml.js';

/** One mistake in a file. */
export interface Mistake {
  file: string;
  line: number;
  /** JSON Pointer inside the entry; empty for the entry or the file as a whole. */
  field: string;
  detail: string;
}

/** The files cannot be loaded; nothing was written. */
export class SeedMistakes extends StartupError {
  override name = 'SeedMistakes';
  constructor(readonly mistakes: Mistake[]) {
    super(mistakes.map(({ file, line, field, detail }) => `${file}:${line}${field === '' ? '' : ` ${field}`}: ${detail}`).join('\n'));
  }
}

/** An entry of a file: what it says, and where. */
export interface Entry<Input> {
  input: Input;
  mistake(field: string, detail: string): Mistake;
}

type Of<Forms extends { input: z.ZodType }> = Entry<z.output<Forms['input']>>[];

export interface DataSet {
  topics: Of<typeof topicForms>;
  actors: Of<typeof actorForms>;
  sources: Of<typeof sourceForms>;
  initiatives: Of<typeof initiativeForms>;
  plans: Of<typeof planForms>;
  items: Entry<PlacedItem>[];
  events: Of<typeof eventForms>;
}

const note = z.strictObject({
  topic: line(),
  text: prose(),
  events: z.array(slug).default([]),
  initiatives: z.array(slug).default([]),
  action_plans: z.array(slug).default([]),
});

/**
 * @param directory has topics.yaml, actors.yaml, sources.yaml, initiatives.yaml, action-plans.yaml, events/*.yaml and
 * notes.yaml; one that is missing has nothing in it
 * @throws SeedMistakes with all that does not fit
 */
export function readDataSet(directory: string): DataSet {
  const mistakes: Mistake[] = [];
  const read = <Input>(name: string, member: string, schema: z.ZodType<Input>) =>
    entriesOf(directory, name, member, mistakes).flatMap((raw) => checkEntry(raw, schema, mistakes));
  const years = existsSync(join(directory, 'events'))
    ? readdirSync(join(directory, 'events'))
        .filter((name) => name.endsWith('.yaml'))
        .sort()
    : [];
  const plans = entriesOf(directory, 'action-plans.yaml', 'action_plans', mistakes).map((raw) => splitPlan(raw, mistakes));
  const data: DataSet = {
    topics: read('topics.yaml', 'topics', topicForms.input),
    actors: read('actors.yaml', 'actors', actorForms.input),
    sources: read('sources.yaml', 'sources', sourceForms.input),
    initiatives: read('initiatives.yaml', 'initiatives', initiativeForms.input),
    plans: plans.flatMap(({ plan }) => plan),
    items: plans.flatMap(({ items }) => items),
    events: years.flatMap((name) => read(join('events', name), 'events', eventForms.input)),
  };
  const notes = read('notes.yaml', 'notes', note);
  // Where entries were refused, notes on them would only seem to be on nothing.
  if (mistakes.length === 0) for (const entry of notes) spreadNote(entry, data, mistakes);
  if (mistakes.length > 0) throw new SeedMistakes(mistakes);
  return data;
}

/** An entry as it stands in the file, not yet checked. */
interface RawEntry extends Entry<unknown> {
  input: unknown;
}

function entriesOf(directory: string, file: string, member: string, mistakes: Mistake[]): RawEntry[] {
  const path = join(directory, file);
  if (!existsSync(path)) return [];
  const { errors, value, placeOf } = openYaml(readFileSync(path, 'utf8'));
  for (const { line, detail } of errors) mistakes.push({ file, line, field: '', detail });
  if (errors.length > 0) return [];
  const list = isObject(value) && Object.keys(value).length === 1 ? (value as Record<string, unknown>)[member] : undefined;
  if (!Array.isArray(list)) {
    mistakes.push({ file, line: 1, field: '', detail: `The file takes one member, ${member}, with a list.` });
    return [];
  }
  return list.map((input, index) => ({
    input,
    mistake: (field, detail) => ({ file, line: placeOf([member, index, ...partsOf(field)]).line, field, detail }),
  }));
}

function checkEntry<Input>(raw: RawEntry, schema: z.ZodType<Input>, mistakes: Mistake[]): Entry<Input>[] {
  const { value, faults } = check(schema, raw.input, 'body');
  if (faults === undefined) return [{ ...raw, input: value }];
  for (const { pointer = '', detail } of faults) mistakes.push(raw.mistake(pointer, detail));
  return [];
}

/** A plan's items stand inside it in the file, and are resources of their own. */
function splitPlan(raw: RawEntry, mistakes: Mistake[]) {
  const { items = [], ...plan } = (isObject(raw.input) ? raw.input : {}) as { slug?: string; items?: unknown };
  if (!Array.isArray(items)) mistakes.push(raw.mistake('/items', 'items takes a list.'));
  return {
    plan: checkEntry({ ...raw, input: isObject(raw.input) ? plan : raw.input }, planForms.input, mistakes),
    items: (Array.isArray(items) ? items : []).flatMap((input, index) => {
      const within: RawEntry = { input, mistake: (field, detail) => raw.mistake(`/items/${index}${field}`, detail) };
      return checkEntry(within, itemForms.input, mistakes).map((entry) => ({ ...entry, input: { ...entry.input, plan: plan.slug ?? '' } }));
    }),
  };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Puts a note on everything that it concerns. */
function spreadNote({ input, mistake }: Entry<z.output<typeof note>>, data: DataSet, mistakes: Mistake[]): void {
  const { topic, text } = input;
  const about = (
    member: 'events' | 'initiatives' | 'action_plans',
    entries: Entry<{ slug?: string | undefined; notes: { topic: string; text: string }[] }>[],
  ) => {
    for (const [index, slug] of input[member].entries()) {
      const entry = entries.find((entry) => entry.input.slug === slug);
      if (entry === undefined) mistakes.push(mistake(`/${member}/${index}`, `There is no entry ${slug} in the files.`));
      else entry.input.notes.push({ topic, text });
    }
  };
  about('events', data.events);
  about('initiatives', data.initiatives);
  about('action_plans', data.plans);
}
