// Sources on the wire, and the citations by which events and plans refer to them.
import { z } from 'zod';
import { edtfDate } from '../contract/date.js';
import { id, instant, slug, stamps } from '../contract/ids.js';
import { cursor, flag, limit, listOf, several } from '../contract/page.js';
import { whyLost } from '../contract/pointer.js';
import { sortBy } from '../contract/sort.js';
import { language, line, prose } from '../contract/text.js';
import { writeForms } from '../contract/write.js';

export const SOURCE_KINDS = ['official', 'media', 'academic', 'civil_society', 'other'] as const;
export const STANCES = ['supports', 'disputes'] as const;
export const ACCESSES = ['seen', 'cited', 'known', 'seed'] as const;

const url = z
  .string()
  .max(2000)
  .refine((value) => /^https?:\/\//i.test(value) && URL.canParse(value) && !new URL(value).username, {
    error: 'A url is an absolute http or https address without user name.',
  })
  .meta({ description: 'Absolute http or https address.', format: 'uri' });

const members = z.strictObject({
  slug: slug.nullable().default(null).meta({ description: 'A readable address, above all for sources without a url.' }),
  url: url.nullable().default(null).meta({ description: 'Where it is; one article is one source, whatever tracking its url carries.' }),
  title: line(500),
  publisher: line().nullable().default(null),
  kind: z.enum(SOURCE_KINDS).default('other'),
  language: language.nullable().default(null),
  published_on: edtfDate.nullable().default(null),
  retrieved_at: instant.nullable().default(null),
  archived_url: url.nullable().default(null),
});

export const sourceForms = writeForms('Source', members, {
  finish(value, context) {
    if (value.url === null && value.slug === null)
      context.addIssue({ code: 'custom', path: ['url'], message: 'A source takes a url, or a slug where it has none.' });
    return value;
  },
});
export type SourceInput = z.output<typeof members>;
export type SourceDocument = SourceInput;

const described = {
  url: z.string().nullable(),
  title: z.string(),
  publisher: z.string().nullable(),
  kind: z.string().meta({ description: `${SOURCE_KINDS.join(', ')}; more may come.` }),
  language: z.string().nullable(),
  published_on: z.string().nullable().meta({ description: 'EDTF.' }),
};

export const source = z
  .strictObject({
    id,
    slug: slug.nullable(),
    ...described,
    retrieved_at: instant.nullable(),
    archived_url: z.string().nullable(),
    ...stamps,
  })
  .meta({ id: 'Source', description: 'Where a fact comes from.' });

export const sourceList = listOf(source, 'SourceList');

export const sourceQuery = z.strictObject({
  kind: several('kind', z.enum(SOURCE_KINDS), 'Only sources of this kind.'),
  publisher: line().optional().meta({ description: 'Only sources of this publisher, as written.' }),
  language: language.optional(),
  url: url.optional().meta({ description: 'Only the source of this address, in whatever form.' }),
  sort: sortBy('title', 'created_at', 'updated_at'),
  limit,
  cursor,
  total: flag('total', 'Adds the total to the page.'),
});
export type SourceQuery = z.output<typeof sourceQuery>;

/** The longest JSON that a value may be written as. */
const VALUE_LENGTH = 2000;

export type JsonValue = null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue };

const evidence = {
  claim: z
    .string()
    .max(200)
    .regex(/^(\/[^/]*)+$/, { error: 'A claim is a JSON Pointer to the member it backs, such as /date.' })
    .nullable()
    .default(null)
    .meta({ description: 'JSON Pointer of the member that it backs or disputes; null for the whole.' }),
  quote: prose(1000).nullable().default(null),
  locator: line().nullable().default(null).meta({ description: 'Where in the source: a page, a paragraph, a time.' }),
  stance: z.enum(STANCES).default('supports'),
  value: z
    .unknown()
    .optional()
    .refine((value) => value === undefined || z.json().safeParse(value).success, { error: 'A value is JSON.' })
    .refine((value) => value === undefined || JSON.stringify(value).length <= VALUE_LENGTH, {
      error: `A value takes at most ${VALUE_LENGTH} characters of JSON.`,
    })
    .meta({
      description:
        'What this source gives in place of the claimed member: any JSON but null. Only with the stance disputes, a claim, and a note that says why it is not followed.',
    }),
  access: z.enum(ACCESSES).nullable().default(null).meta({
    description:
      'How it was read: seen (its text was read), cited (its address was given by a text that was read), known (address from memory), seed (the article the data set starts from).',
  }),
  note: prose(1000).nullable().default(null).meta({ description: 'With a value: why the record follows another one.' }),
};

/** A citation as writes send it: the source by url, slug or id, or inline in full. */
export const citationInput = z
  .strictObject({
    source: z.union([z.string().min(1).max(2000), sourceForms.input]).meta({
      description: 'A url, slug or id of a source that exists, or a source in full; one whose url exists already is linked as it stands.',
    }),
    ...evidence,
  })
  .superRefine(({ value, stance, claim, note }, context) => {
    if (value === undefined || value === null) return;
    const refuse = (member: string, message: string) => context.addIssue({ code: 'custom', path: [member], message });
    if (stance !== 'disputes')
      refuse('value', 'A value is what the source gives in place of yours; send the stance disputes with it, or leave it out.');
    if (claim === null) refuse('value', 'A value is that of one member; send a claim, such as /date, with it, or leave it out.');
    if (note === null) refuse('note', 'A value takes a note that says why the record follows another one.');
  })
  // Left out where there is none, so that documents without it stay what they were.
  .transform(({ value, ...rest }): typeof rest & { value?: Exclude<JsonValue, null> } =>
    value === undefined || value === null ? rest : { ...rest, value: value as Exclude<JsonValue, null> },
  );
export type CitationInput = z.output<typeof citationInput>;

/** A citation as documents keep it: the source by id, which no change of its url can break. */
export type Citation = Omit<CitationInput, 'source'> & { source: string };

/** Members that no source speaks of: the address, and the sources themselves. */
const UNCLAIMED = new Set(['slug', 'sources']);

/**
 * Holds that each claim points to a member of the document that it stands in.
 * @param document as it will be kept
 * @param members what such a document may have
 * @param noun as in "an event"
 */
export function refuseLostClaims(
  document: { sources: Pick<CitationInput, 'claim'>[] },
  members: z.ZodObject,
  noun: string,
  context: z.RefinementCtx,
): void {
  const known = Object.keys(members.shape).filter((name) => !UNCLAIMED.has(name));
  for (const [index, { claim }] of document.sources.entries()) {
    const message = claim === null ? undefined : whyLost(claim, document, known, noun);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['sources', index, 'claim'], message });
  }
}

export const citation = z
  .strictObject({
    id,
    ...described,
    archived_url: z.string().nullable(),
    claim: z.string().nullable(),
    quote: z.string().nullable(),
    locator: z.string().nullable(),
    stance: z.string().meta({ description: 'supports or disputes; more may come.' }),
    value: z
      .unknown()
      .meta({ description: 'What this source gives in place of the member it disputes, as JSON; null where it names none.' }),
    access: z.string().nullable(),
    note: z.string().nullable(),
  })
  .meta({ id: 'Citation', description: 'A source, and which member it backs or disputes.' });
