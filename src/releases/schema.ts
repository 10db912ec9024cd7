// Releases on the wire: a label for a state of the data, what was in it, how to check that, and how to cite it.
import { z } from 'zod';
import { instant } from '../contract/ids.js';
import { cursor, flag, limit, listOf } from '../contract/page.js';
import { prose } from '../contract/text.js';

export const LABEL_LENGTH = 60;

export const label = z
  .string()
  .max(LABEL_LENGTH)
  .regex(/^[a-z0-9]+([._-][a-z0-9]+)*$/, {
    error:
      'A label takes lower-case letters a-z and digits, with single dots, hyphens or underscores between them, such as 2026-11 or v1.2.',
  })
  .meta({ description: 'Names the release for ever, such as 2026-11 or v1.2.' });

export const releaseInput = z
  .strictObject({ label, notes: prose(5000).nullable().default(null).meta({ description: 'What readers of the release should know.' }) })
  .meta({ id: 'ReleaseBody' });
export type ReleaseInput = z.output<typeof releaseInput>;

const counts = (description: string) => z.record(z.string(), z.int().min(1)).meta({ description });

/** What a release says of its export: all that is needed to check it. */
export const contents = z.object({
  counts: counts('How many of each entity are in the export.'),
  event_types: counts('How many of its events are of each type.'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .meta({ description: 'SHA-256 of the bytes of the export, in hexadecimal.' }),
  bytes: z.int().min(0).meta({ description: 'Length of the export.' }),
});
export type Contents = z.output<typeof contents>;

export const cslItem = z
  .strictObject({
    id: z.string(),
    type: z.literal('dataset'),
    title: z.string(),
    author: z.array(z.strictObject({ literal: z.string() })),
    issued: z.strictObject({ 'date-parts': z.array(z.array(z.int())) }),
    version: z.string(),
    URL: z.string(),
    note: z.string(),
  })
  .meta({ description: 'An item of CSL-JSON, as reference managers read it.' });
export type CslItem = z.output<typeof cslItem>;

export const release = z
  .strictObject({
    label,
    notes: z.string().nullable(),
    seq: z.int().meta({ description: 'The last change that it knows.' }),
    pinned_at: instant.meta({ description: 'When that change was recorded.' }),
    created_at: instant,
    author: z.string().meta({ description: 'Who made it.' }),
    ...contents.shape,
    export_url: z.string().meta({ description: 'Where the export is.' }),
    timeline_url: z.string().meta({ description: 'The timeline as it was.' }),
    citation: z.strictObject({
      apa: z.string().meta({ description: 'As the APA style, 7th edition, has it.' }),
      bibtex: z.string().meta({ description: 'For BibTeX and biblatex.' }),
      csl_json: cslItem,
    }),
  })
  .meta({ id: 'Release', description: 'A state of the data that can be cited: it never changes, and its export can be checked.' });
export type ReleaseAnswer = z.output<typeof release>;

export const releaseList = listOf(release, 'ReleaseList');

export const releaseQuery = z.strictObject({ limit, cursor, total: flag('total', 'Adds the total to the page.') });
export type ReleaseQuery = z.output<typeof releaseQuery>;

export const releaseWriteQuery = z.strictObject({
  validate_only: flag('validate_only', 'Do everything but keep it: the answer is what would have been.'),
});
export type ReleaseWriteQuery = z.output<typeof releaseWriteQuery>;

/** A release as it is kept. */
export type Release = Pick<ReleaseAnswer, 'label' | 'notes' | 'seq' | 'pinned_at' | 'created_at' | 'author'> & Contents;
