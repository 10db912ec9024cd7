// Asks for the details that a type has, as its schema tells: first which are known, then each.
import { checkbox, confirm, input, select } from '@inquirer/prompts';
import { z } from 'zod';
import { actorSlug } from '../../events/types/event-type.js';
import { EVENT_TYPES } from '../../events/types/index.js';
import type { Names } from '../target/names.js';
import { askForName, CONTEXT, fits } from './search.js';

/** What takes more than a line is better written into a file. */
const LONG = ['quotes', 'particulars'];

export async function askForDetails(type: keyof typeof EVENT_TYPES, names: Names): Promise<object | undefined> {
  const fields = Object.entries(EVENT_TYPES[type].details.shape as Record<string, z.ZodType>)
    .filter(([name]) => !LONG.includes(name))
    .map(([name, schema]) => ({ name, schema: bare(schema) }))
    .filter(({ schema }) => canBeAsked(schema));
  const message = `What more is known of the ${type.replaceAll('_', ' ')}? (Space chooses, Enter goes on)`;
  const known = await checkbox(
    { message, choices: fields.map(({ name }) => ({ name: name.replaceAll('_', ' '), value: name })), pageSize: 10 },
    CONTEXT,
  );
  const details: Record<string, unknown> = {};
  for (const { name, schema } of fields.filter(({ name }) => known.includes(name))) {
    const value = await askForOne(name.replaceAll('_', ' '), schema, names);
    if (value !== undefined) details[name] = value;
  }
  return Object.keys(details).length === 0 ? undefined : details;
}

/** A schema without what says that it may be left out. */
const bare = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault
    ? bare(schema.unwrap() as z.ZodType)
    : schema;

const isText = (schema: z.ZodType): boolean => schema.safeParse('2025').success || schema.safeParse('en').success;
const canBeAsked = (schema: z.ZodType): boolean =>
  schema instanceof z.ZodEnum ||
  schema instanceof z.ZodNumber ||
  schema instanceof z.ZodBoolean ||
  (schema instanceof z.ZodArray ? isText(bare(schema.element as z.ZodType)) : isText(schema));

async function askForOne(message: string, schema: z.ZodType, names: Names): Promise<unknown> {
  if (schema === actorSlug) return askForSlug(message, names);
  if (schema instanceof z.ZodEnum) return select({ message, choices: schema.options.map((value) => ({ value: String(value) })) }, CONTEXT);
  if (schema instanceof z.ZodBoolean) return confirm({ message }, CONTEXT);
  if (schema instanceof z.ZodNumber)
    return Number(
      await input({ message, validate: (text) => schema.safeParse(Number(text)).success || 'This takes a whole number.' }, CONTEXT),
    );
  if (!(schema instanceof z.ZodArray)) return (await input({ message, validate: fits(schema) }, CONTEXT)).trim();
  const element = bare(schema.element as z.ZodType);
  if (element !== actorSlug) return listOf(await input({ message: `${message}, with ";" between them` }, CONTEXT));
  const slugs: string[] = [];
  for (let next = await askForSlug(message, names); next !== undefined; next = await askForSlug(message, names)) slugs.push(next);
  return slugs.length === 0 ? undefined : slugs;
}

const listOf = (text: string): string[] =>
  text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Details name actors that are there. */
async function askForSlug(message: string, names: Names): Promise<string | undefined> {
  for (;;) {
    const answer = await askForName(message, 'actor', names);
    if (answer === undefined || typeof answer === 'string') return answer;
    console.error('  Details name actors that are there; add it among the actors first.');
  }
}
