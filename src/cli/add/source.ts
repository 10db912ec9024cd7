// Asks where a development can be read: a source that is there is named, one that is new is made.
import { input, select } from '@inquirer/prompts';
import { line } from '../../contract/text.js';
import { SOURCE_KINDS, sourceForms } from '../../sources/schema.js';
import { ask, type Client } from '../target/client.js';
import { CONTEXT, fits } from './search.js';

const isUrl = (url: string): true | string =>
  sourceForms.input.safeParse({ url, title: 'x' }).success || 'A url is an absolute http or https address.';

/** @returns a citation; undefined for none */
export async function askForSource(client: Client, isFirst: boolean): Promise<unknown> {
  const message = isFirst ? 'Where can it be read? A url (Enter for none)' : 'Where else? A url (Enter for no more)';
  const url = (await input({ message, validate: (text) => text.trim() === '' || isUrl(text.trim()) }, CONTEXT)).trim();
  if (url === '') return undefined;
  const { value } = await ask<{ data?: { title: string; publisher: string | null }[] }>(
    client,
    'GET',
    `/v1/sources?url=${encodeURIComponent(url)}`,
  );
  const [known] = value.data ?? [];
  if (known !== undefined) {
    console.error(`  That is ${[known.title, known.publisher].filter(Boolean).join(', ')}.`);
    return { source: url };
  }
  const title = (await input({ message: 'Its title', validate: fits(line(500)) }, CONTEXT)).trim();
  const publisher = (await input({ message: 'Its publisher (may be left out)' }, CONTEXT)).trim();
  const kind = await select(
    { message: 'What is it?', choices: SOURCE_KINDS.map((value) => ({ name: value.replaceAll('_', ' '), value })), default: 'media' },
    CONTEXT,
  );
  return { source: { url, title, kind, ...(publisher !== '' && { publisher }) } };
}
