// `demarche export`: writes documents in the form in which writes send them, whole or filtered, to a file or to standard
// output. What it writes, demarche import reads.
import { Option } from 'commander';
import { STATES } from '../events/schema.js';
import { openCollection } from './export/collect.js';
import { FORMS, type Form, formNamed } from './export/forms.js';
import { interruption } from './interrupt.js';
import { type Document, KINDS, type Kind } from './kinds.js';
import { createProgress } from './progress.js';
import { count, newCommand, UsageError } from './run.js';
import { openTarget, type TargetOptions } from './target/client.js';
import { writeWhole } from './whole-file.js';

interface Options extends TargetOptions {
  output?: string;
  form?: string;
  only?: string;
  state: string;
  json: boolean;
  [filter: string]: unknown;
}

/** Filters of the timeline, which are passed on as they are. */
const FILTERS: Record<string, string> = {
  from: 'events whose dates overlap what begins here (EDTF)',
  to: 'events whose dates overlap what ends here (EDTF)',
  type: 'events of these types',
  'exclude-type': 'no events of these types',
  actor: 'events with these actors (slugs)',
  country: 'events with an actor of these countries or in a place there',
  topic: 'events on these topics (slugs)',
  'exclude-topic': 'no events on these topics (slugs)',
  initiative: 'events of these initiatives (slugs)',
  plan: 'events that bear on this action plan (slug)',
  item: 'events that bear on these items of the plan (numbers)',
  certainty: 'events of these certainties',
  'min-significance': 'events of at least this significance',
  q: 'events that hold these words',
  'valid-at': 'events that were in force then',
  'known-at': 'everything as it stood then',
  release: 'everything as of this release',
};
/** These say as of when, not what. */
const MOMENTS = ['known_at', 'release'];

const command = newCommand('export')
  .option('-o, --output <file>', 'where to write it; compressed where it ends in .gz; otherwise standard output')
  .addOption(new Option('--form <form>', "which form; otherwise as the file's name says, or ndjson").choices(Object.keys(FORMS)))
  .option(
    '--only <kinds>',
    `which kinds, with commas: ${KINDS.map(({ member }) => member).join(', ')}; events alone where events are filtered`,
  )
  .addOption(new Option('--state <states>', 'events in these states, with commas; any but published needs a key').default('published'))
  .option('--url <address>', 'the server to ask; otherwise DEMARCHE_URL, or the database')
  .option('--key <key>', 'an API key for the server; otherwise DEMARCHE_KEY')
  .option('--json', 'tell the result as JSON', false);
for (const [name, about] of Object.entries(FILTERS)) command.option(`--${name} <value>`, about);
export default command.action(exportDocuments);

async function exportDocuments(options: Options): Promise<void> {
  const { output } = options;
  const form = FORMS[options.form ?? formNamed(output?.replace(/\.gz$/i, '') ?? '') ?? 'ndjson']!;
  const filters = filtersOf(options);
  const isFiltered = Object.keys(filters).some((name) => !MOMENTS.includes(name));
  const kinds = kindsOf(options.only ?? (isFiltered ? 'events' : undefined), form.only);
  const states = options.state.split(',').map((state) => state.trim());
  const unknown = states.find((state) => !(STATES as readonly string[]).includes(state));
  if (unknown !== undefined) throw new UsageError(`--state takes ${STATES.join(', ')}; ${unknown} is none of them.`);
  const signal = interruption();
  const client = await openTarget(options);
  const progress = createProgress('documents', { isSilent: options.json });
  try {
    const collection = await openCollection(client, { filters, states });
    const counts: Record<string, number> = Object.fromEntries(kinds.map(({ member }) => [member, 0]));
    const all = kinds.some(({ entity }) => entity === 'event') ? await collection.total() : 0;
    let done = 0;
    const documents = async function* (kind: Kind): AsyncGenerator<Document> {
      for await (const document of collection.documents(kind)) {
        signal.throwIfAborted();
        counts[kind.member]!++;
        progress.at(kind.entity === 'event' ? counts[kind.member]! : 0, all, ++done);
        yield document;
      }
    };
    const text = form.write(kinds, documents);
    await (output === undefined ? print(text) : writeWhole(output, text));
    progress.end();
    report({ counts, output, from: client.description, isJson: options.json });
  } finally {
    progress.end();
    await client.close();
  }
}

function filtersOf(options: Options): Record<string, string> {
  const named = Object.keys(FILTERS).map((name) => [
    name.replaceAll('-', '_'),
    options[name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())],
  ]);
  return Object.fromEntries(named.filter(([, value]) => value !== undefined));
}

function kindsOf(names: string | undefined, able: Form['only']): readonly Kind[] {
  const possible = able === undefined ? KINDS : KINDS.filter(({ entity }) => able.includes(entity));
  if (names === undefined) return possible;
  const wanted = names.split(',').map((name) => name.trim().replaceAll('-', '_'));
  for (const name of wanted) {
    const kind = KINDS.find(({ entity, member }) => name === entity || name === member);
    if (kind === undefined) throw new UsageError(`--only takes ${KINDS.map(({ member }) => member).join(', ')}; ${name} is none of them.`);
    if (!possible.includes(kind)) throw new UsageError(`This form holds ${possible.map(({ member }) => member).join(', ')} alone.`);
  }
  return possible.filter(({ entity, member }) => wanted.includes(entity) || wanted.includes(member));
}

async function print(text: AsyncIterable<string>): Promise<void> {
  for await (const piece of text) if (!process.stdout.write(piece)) await new Promise((resolve) => process.stdout.once('drain', resolve));
}

/** Where documents go to standard output, what is told of them does not. */
function report({
  counts,
  output,
  from,
  isJson,
}: {
  counts: Record<string, number>;
  output: string | undefined;
  from: string;
  isJson: boolean;
}): void {
  const tell = output === undefined ? console.error : console.log;
  const parts = Object.entries(counts).map(([member, number]) => count(number, member.replace('_', ' ').replace(/s$/, '')));
  if (isJson) tell(JSON.stringify({ counts, file: output ?? null }));
  else tell(`${parts.join(', ')} from ${from}${output === undefined ? '' : ` written to ${output}`}.`);
}
