// Questions that are answered by typing the first letters of a name.
import { input, search, select } from '@inquirer/prompts';
import type { z } from 'zod';
import { country_code } from '../../contract/country.js';
import { ACTOR_KINDS } from '../../contract/kinds.js';
import { type Client, mustAsk } from '../target/client.js';
import type { Named, NamedKind, Names } from '../target/names.js';

/** Questions go to standard error, so that standard output is for the result alone. */
export const CONTEXT = { output: process.stderr };

/** Whether a schema takes what is typed; else what it says. */
export const fits =
  (schema: z.ZodType) =>
  (text: string): true | string => {
    const { error } = schema.safeParse(text.trim());
    if (error === undefined) return true;
    return error.issues.map(({ code, message }) => (code === 'too_small' ? 'This takes some text.' : message)).join(' ');
  };

type Answer = { slug: string } | { made: string } | null;

/** @returns a slug, something new in full, or undefined for nothing (more) */
export async function askForName(message: string, kind: NamedKind, names: Names): Promise<unknown> {
  const answer = await search<Answer>(
    { message: `${message} (type a name; Enter for none)`, source: (term) => choicesOf(term ?? '', kind, names), pageSize: 8 },
    CONTEXT,
  );
  if (answer === null) return undefined;
  if ('slug' in answer) return answer.slug;
  return makeNew(answer.made, kind);
}

const NEW: readonly NamedKind[] = ['actor', 'topic'];

async function choicesOf(term: string, kind: NamedKind, names: Names) {
  if (term.trim() === '') return [{ name: 'none, or no more', value: null }];
  const found = (await names.search(kind, term)).slice(0, 50).map(choiceOf);
  const made = NEW.includes(kind) ? [{ name: `a new ${kind}: ${term.trim()}`, value: { made: term.trim() } }] : [];
  return [...found, ...made];
}

const choiceOf = ({ slug, name, about }: Named) => ({
  name: about === '' ? name : `${name} (${about})`,
  value: { slug },
  description: slug,
});

async function makeNew(name: string, kind: NamedKind): Promise<object> {
  if (kind === 'topic') return { name };
  const what = await select(
    { message: `What is ${name}?`, choices: ACTOR_KINDS.map((value) => ({ name: value.replaceAll('_', ' '), value })) },
    CONTEXT,
  );
  const validate = (text: string) => text.trim() === '' || fits(country_code)(text);
  const country = (await input({ message: 'Of which country, as two letters (may be left out)', validate }, CONTEXT)).trim();
  return { name, kind: what, ...(country !== '' && { country_code: country.toUpperCase() }) };
}

interface Item {
  plan: string;
  item: number;
}

export async function askForItem(message: string, client: Client, names: Names): Promise<Item | undefined> {
  const plans = await names.search('action_plan', '');
  const items: { plan: string; number: number; title: string }[] = [];
  for (const { slug } of plans)
    items.push(...(await mustAsk<{ data: typeof items }>(client, 'GET', `/v1/action-plans/${slug}/items?limit=200`)).data);
  if (items.length === 0) return undefined;
  const source = async (term: string | undefined) => {
    const asked = (term ?? '').trim().toLowerCase();
    const fitting = items.filter(({ plan, number, title }) => `${plan}/${number} ${title}`.toLowerCase().includes(asked));
    const choices = fitting
      .slice(0, 50)
      .map(({ plan, number, title }) => ({ name: `${number} ${title}`, value: { plan, item: number }, description: plan }));
    return asked === '' ? [{ name: 'none, or no more', value: null }, ...choices] : choices;
  };
  return (
    (await search<Item | null>({ message: `${message} (type a word of it; Enter for none)`, source, pageSize: 8 }, CONTEXT)) ?? undefined
  );
}
