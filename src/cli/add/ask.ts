// Asks for an event, member by member: what was given already is not asked again, and what may be left out can be.
import { input, select } from '@inquirer/prompts';
import { ACTOR_ROLES, INVITEE_RESPONSES } from '../../actors/schema.js';
import { country_code } from '../../contract/country.js';
import { edtfDate } from '../../contract/date.js';
import { line, prose } from '../../contract/text.js';
import { CERTAINTIES, EFFECTS } from '../../events/schema.js';
import { EVENT_TYPE_NAMES, EVENT_TYPES } from '../../events/types/index.js';
import { ACTIONS } from '../../initiatives/schema.js';
import type { Document } from '../kinds.js';
import type { Client } from '../target/client.js';
import { createNames, type Names } from '../target/names.js';
import { askForDetails } from './details.js';
import { askForItem, askForName, CONTEXT, fits } from './search.js';
import { askForSource } from './source.js';

type Question = (event: Document, names: Names, client: Client) => Promise<unknown>;

const optional =
  (message: string, schema?: Parameters<typeof fits>[0]): (() => Promise<string | undefined>) =>
  async () =>
    (
      await input(
        {
          message: `${message} (may be left out)`,
          ...(schema !== undefined && { validate: (text) => text.trim() === '' || fits(schema)(text) }),
        },
        CONTEXT,
      )
    ).trim() || undefined;

const oneOf =
  (message: string, values: readonly string[], otherwise?: string): (() => Promise<string>) =>
  () =>
    select(
      {
        message,
        choices: values.map((value) => ({ name: value.replaceAll('_', ' '), value })),
        ...(otherwise !== undefined && { default: otherwise }),
        pageSize: 10,
      },
      CONTEXT,
    );

/** Until nothing more is named. */
const several =
  (one: (event: Document, names: Names, client: Client, all: unknown[]) => Promise<unknown>): Question =>
  async (event, names, client) => {
    const all: unknown[] = [];
    for (let next = await one(event, names, client, all); next !== undefined; next = await one(event, names, client, all)) all.push(next);
    return all.length === 0 ? undefined : all;
  };

const QUESTIONS: Record<string, Question> = {
  type: () =>
    select(
      {
        message: 'What is it?',
        choices: EVENT_TYPE_NAMES.map((value) => ({
          name: value.replaceAll('_', ' '),
          value,
          description: EVENT_TYPES[value].description,
        })),
        pageSize: 10,
      },
      CONTEXT,
    ),
  title: async () => (await input({ message: 'Title', validate: fits(line(300)) }, CONTEXT)).trim(),
  date: async () =>
    (await input({ message: 'Date, such as 2025-07-26, 2025-07 or 2025-07-26/2025-07-28', validate: fits(edtfDate) }, CONTEXT)).trim(),
  summary: optional('Summary', prose(5000)),
  place: async () => {
    const city = await optional('City', line(200))();
    const country = await optional('Country, as two letters', country_code)();
    return city === undefined && country === undefined
      ? undefined
      : { ...(city !== undefined && { city }), ...(country !== undefined && { country_code: country }) };
  },
  action: async () => {
    const step = await oneOf('Which step does it mark?', ['none', ...ACTIONS], 'none')();
    return step === 'none' ? undefined : step;
  },
  significance: async () =>
    Number(
      await select(
        {
          message: 'How much does it matter?',
          choices: [
            ['1', 'minor'],
            ['2', ''],
            ['3', 'usual'],
            ['4', ''],
            ['5', 'a turning point'],
          ].map(([value, about]) => ({ name: `${value} ${about}`.trim(), value: value! })),
          default: '3',
        },
        CONTEXT,
      ),
    ),
  certainty: oneOf('How sure is it?', CERTAINTIES, 'confirmed'),
  actors: several(async (_event, names) => {
    const actor = await askForName('Who took part?', 'actor', names);
    if (actor === undefined) return undefined;
    const role = await oneOf('As what?', ACTOR_ROLES, 'participant')();
    const response = role === 'invitee' ? await oneOf('What did they answer?', INVITEE_RESPONSES)() : undefined;
    return { actor, role, ...(response !== undefined && { response }) };
  }),
  details: ({ type }, names) => askForDetails(type as keyof typeof EVENT_TYPES, names),
  topics: several((_event, names) => askForName('On which topic?', 'topic', names)),
  initiatives: several((_event, names) => askForName('Part of which initiative?', 'initiative', names)),
  action_items: several(async (_event, names, client) => {
    const item = await askForItem('Which commitment does it bear on?', client, names);
    return item === undefined ? undefined : { ...item, effect: await oneOf('How?', EFFECTS)() };
  }),
  sources: several((_event, _names, client, all) => askForSource(client, all.length === 0)),
};

export async function askForEvent(given: Document, client: Client): Promise<Document> {
  const names = createNames(client);
  const event: Document = { ...given };
  for (const [member, question] of Object.entries(QUESTIONS)) {
    if (event[member] !== undefined) continue;
    const answer = await question(event, names, client);
    if (answer !== undefined) event[member] = answer;
  }
  return event;
}
