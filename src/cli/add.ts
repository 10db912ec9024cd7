// `demarche add`: adds one development. On a terminal it asks for what is not given, completes names, looks for duplicates,
// shows what it is about to send, and sends it: as an event, or as a proposal where the key may not publish.
import { Option } from 'commander';
import { check } from '../contract/check.js';
import { REASONS } from '../contract/write.js';
import { StartupError } from '../errors.js';
import { eventForms } from '../events/schema.js';
import { EVENT_TYPE_NAMES } from '../events/types/index.js';
import { cardOf } from './add/card.js';
import { findSimilar, propose, publish, type Sent, type Similar } from './add/send.js';
import { COLUMNS } from './csv-columns.js';
import { namesToSlugs, UnknownName } from './import/named.js';
import { described, inputsOf, isMistake, mistakeIn, type Placed } from './import/read.js';
import { readWhole } from './import/whole.js';
import type { Document } from './kinds.js';
import { Interrupted, newCommand, optionOf, UsageError } from './run.js';
import { type Client, openTarget, type TargetOptions } from './target/client.js';

export interface AddOptions extends TargetOptions {
  from?: string;
  draft: boolean;
  propose: boolean;
  rationale?: string;
  reason: string;
  comment?: string;
  yes: boolean;
  ask: boolean;
  json: boolean;
  [member: string]: unknown;
}

const propertyOf = (name: string): string => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

/** What people would not guess. */
const ABOUT: Record<string, string> = {
  type: `one of ${EVENT_TYPE_NAMES.join(', ')}`,
  date: 'EDTF, such as 2025-07-26, 2025-07 or 2025-07-26/2025-07-28',
  actors: 'who took part, by slug or name, each with a role: "china (host); France (participant)"',
  topics: 'by slug or name, with ";" between them',
  initiatives: 'by slug or name, with ";" between them',
  action_items: 'which commitments it bears on: "the-plan/4 (advances)"',
  related: 'other events: "the-speech (responds_to)"',
  source_urls: 'where it can be read; one that is new is made',
  source_titles: 'the titles of the sources, in their order',
  details: 'a JSON object; which members it has is told by the type',
};

const command = newCommand('add')
  .option('--from <file>', 'a JSON or YAML file with one event; what is given beside it takes its place')
  .option('--draft', 'keep it as a draft', false)
  .option('--propose', 'send it as a proposal, for an editor to decide on', false)
  .option('--rationale <text>', 'of a proposal: why it should be there')
  .addOption(new Option('--reason <reason>', 'why; kept in the history').choices(REASONS).default('new_development'))
  .option('--comment <text>', 'a comment; kept in the history')
  .option('--yes', 'send it without asking, duplicates or not', false)
  .option('--no-ask', 'ask nothing, even on a terminal')
  .option('--url <address>', 'the server to write to; otherwise DEMARCHE_URL, or the database')
  .option('--key <key>', 'an API key for the server; otherwise DEMARCHE_KEY')
  .option('--json', 'tell the result as JSON', false);
for (const name of Object.keys(COLUMNS)) if (name !== 'state') command.option(`${optionOf(name)} <value>`, ABOUT[name]);
export default command.action(add);

async function add(options: AddOptions): Promise<void> {
  const client = await openTarget(options);
  const asks = options.ask && !options.yes && !options.json && process.stdin.isTTY === true && process.stderr.isTTY === true;
  try {
    const given = await givenBy(options, client);
    const event = asks ? await (await import('./add/ask.js')).askForEvent(given, client) : given;
    refuseUnfit(event);
    const similar = await findSimilar(client, event);
    const sent = asks ? await confirm(event, similar, options, client) : await sendUnasked(event, similar, options, client);
    report(sent, options);
  } catch (error) {
    // What asks throws this when Ctrl-C is pressed.
    if ((error as Error).name === 'ExitPromptError') throw new Interrupted('Interrupted; nothing was sent.');
    throw error;
  } finally {
    await client.close();
  }
}

/** What the file and the options say. @throws StartupError where that cannot be read */
async function givenBy(options: AddOptions, client: Client): Promise<Document> {
  const event = options.from === undefined ? {} : await readOne(options.from);
  for (const [name, { read }] of Object.entries(COLUMNS)) {
    const value = name === 'state' ? undefined : options[propertyOf(name)];
    if (typeof value !== 'string') continue;
    try {
      read(value, event);
    } catch (error) {
      throw new UsageError(`${optionOf(name)}: ${(error as Error).message}`);
    }
  }
  if (options.draft) event.state = 'draft';
  try {
    await namesToSlugs(client)(event);
  } catch (error) {
    if (error instanceof UnknownName) throw new StartupError(error.message);
    throw error;
  }
  return withSources(event);
}

async function readOne(path: string): Promise<Document> {
  const reads = await readWhole(inputsOf(path, undefined));
  const mistake = reads.find(isMistake);
  if (mistake !== undefined) throw new StartupError(described(mistake));
  const [placed, more] = reads.filter((read): read is Placed => !isMistake(read));
  if (placed === undefined || more !== undefined || placed.entity !== 'event')
    throw new StartupError(`${path} takes one event; demarche import takes several.`);
  const { faults } = check(eventForms.input, placed.document, 'body');
  // What it lacks may be given beside it.
  const wrong = (faults ?? []).filter(({ detail }) => !/ is missing; /.test(detail));
  if (wrong.length > 0)
    throw new StartupError(wrong.map(({ pointer = '', detail }) => described(mistakeIn(placed, pointer, detail))).join('\n'));
  return placed.document;
}

/** Sources that were given as addresses are made where they are new. */
function withSources({ source_titles, ...event }: Document): Document {
  const titles = (source_titles ?? []) as string[];
  const sources = ((event.sources ?? []) as { source: unknown }[]).map((citation, index) =>
    typeof citation.source === 'string' && /^https?:\/\//i.test(citation.source)
      ? { ...citation, source: { url: citation.source, title: (titles[index] ?? citation.source).slice(0, 500) } }
      : citation,
  );
  return { ...event, ...(sources.length > 0 && { sources }) };
}

/** What is wrong is told before anything is sent. */
function refuseUnfit(event: Document): void {
  const { faults } = check(eventForms.input, event, 'body');
  if (faults === undefined) return;
  const sentences = faults.map(({ pointer = '', detail }) => `${pointer === '' ? '' : `${pointer}: `}${detail}`);
  throw new UsageError(sentences.join('\n'));
}

async function sendUnasked(event: Document, similar: Similar[], options: AddOptions, client: Client): Promise<Sent> {
  const likely = similar.filter(({ likely }) => likely);
  if (likely.length > 0 && !options.yes)
    throw new StartupError(
      `It may be there already:\n${likely.map(lineOf).join('\n')}\nNothing was sent. Say --yes to add it all the same.`,
    );
  return options.propose ? propose(client, event, options) : publish(client, event, options);
}

async function confirm(event: Document, similar: Similar[], options: AddOptions, client: Client): Promise<Sent> {
  const { decide } = await import('./add/decide.js');
  console.error(`\n${cardOf(event)}\n`);
  if (similar.length > 0) console.error(`It may be there already:\n${similar.map(lineOf).join('\n')}\n`);
  return decide(
    client,
    event,
    options,
    similar.some(({ likely }) => likely),
  );
}

const lineOf = ({ slug, date, title, score, reasons }: Similar): string =>
  `  ${Math.round(score * 100)} %  ${date}  ${title} (${slug})\n        ${reasons.map(({ detail }) => detail).join(' ')}`;

function report({ kind, address, slug, state }: Sent, { json }: AddOptions): void {
  if (json) console.log(JSON.stringify({ kind, address, slug, state }));
  else if (kind === 'proposal') console.log(`Proposed; follow it at ${address}.`);
  else console.log(`${state === 'draft' ? 'Kept as a draft' : 'Published'}: ${address}`);
}
