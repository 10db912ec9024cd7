// The forms of an export: each makes text of documents, piece by piece. What one cannot hold, it says.
import { stringify } from 'csv-stringify/sync';
import { stringify as yaml } from 'yaml';
import { COLUMNS } from '../csv-columns.js';
import type { Document, Kind } from '../kinds.js';

export type Collected = (kind: Kind) => AsyncIterable<Document>;

export interface Form {
  extensions: string[];
  /** Kinds of documents that it can hold; all where it is left out. */
  only?: Kind['entity'][];
  write(kinds: readonly Kind[], documents: Collected): AsyncIterable<string>;
}

async function* ndjson(kinds: readonly Kind[], documents: Collected): AsyncGenerator<string> {
  for (const kind of kinds) for await (const document of documents(kind)) yield `${JSON.stringify({ entity: kind.entity, ...document })}\n`;
}

/** One document a line, so that two exports can be compared line by line. */
async function* json(kinds: readonly Kind[], documents: Collected): AsyncGenerator<string> {
  yield '{';
  let isFirst = true;
  for await (const { member, list } of listed(kinds, documents)) {
    yield `${isFirst ? '' : ','}\n${JSON.stringify(member)}: [`;
    isFirst = false;
    let separator = '\n';
    for await (const document of list) {
      yield `${separator}${JSON.stringify(document)}`;
      separator = ',\n';
    }
    yield '\n]';
  }
  yield '\n}\n';
}

/** As the files of the first data set are written. */
async function* asYaml(kinds: readonly Kind[], documents: Collected): AsyncGenerator<string> {
  for await (const { member, list } of listed(kinds, documents)) {
    let isEmpty = true;
    for await (const document of list) {
      const text = yaml([document], { lineWidth: 120, compat: 'yaml-1.1' });
      yield `${isEmpty ? `${member}:\n` : '\n'}${text.replace(/^(?=.)/gm, '  ')}`;
      isEmpty = false;
    }
    yield isEmpty ? `${member}: []\n` : '\n';
  }
}

/** Lists by the names that they have in files; the items of plans inside their plans, where plans are. */
async function* listed(
  kinds: readonly Kind[],
  documents: Collected,
): AsyncGenerator<{ member: string; list: AsyncIterable<Document> | Document[] }> {
  const items = kinds.find(({ entity }) => entity === 'action_item');
  const hasPlans = kinds.some(({ entity }) => entity === 'action_plan');
  for (const kind of kinds) {
    if (kind.entity === 'action_plan' && items !== undefined) yield { member: kind.member, list: withItems(kind, items, documents) };
    else if (kind !== items || !hasPlans) yield { member: kind.member, list: documents(kind) };
  }
}

async function* withItems(plans: Kind, items: Kind, documents: Collected): AsyncGenerator<Document> {
  const byPlan = new Map<unknown, Document[]>();
  for await (const { plan, ...item } of documents(items)) byPlan.set(plan, [...(byPlan.get(plan) ?? []), item]);
  for await (const plan of documents(plans)) yield { ...plan, ...(byPlan.has(plan.slug) && { items: byPlan.get(plan.slug) }) };
}

async function* csv(kinds: readonly Kind[], documents: Collected): AsyncGenerator<string> {
  const line = (cells: unknown[]) => stringify([cells], { record_delimiter: 'windows', escape_formulas: true });
  const columns = Object.entries(COLUMNS).filter(([, { write }]) => write !== undefined);
  yield `\uFEFF${line(columns.map(([name]) => name))}`;
  for (const kind of kinds) for await (const event of documents(kind)) yield line(columns.map(([, { write }]) => write!(event) ?? null));
}

export const FORMS: Record<string, Form> = {
  ndjson: { extensions: ['.ndjson', '.jsonl'], write: ndjson },
  json: { extensions: ['.json'], write: json },
  yaml: { extensions: ['.yaml', '.yml'], write: asYaml },
  csv: { extensions: ['.csv'], only: ['event'], write: csv },
};

/** The form that the name of a file asks for. */
export const formNamed = (path: string): string | undefined =>
  Object.entries(FORMS).find(([, { extensions }]) => extensions.some((extension) => path.toLowerCase().endsWith(extension)))?.[0];
