// A batch of events on the wire: what is sent, and what is told of each line and of all.
import { z } from 'zod';
import { id, slug, version } from '../contract/ids.js';
import { flag } from '../contract/page.js';
import { problem } from '../contract/problem.js';
import { writeQuery } from '../contract/write.js';

/** How much one may be. */
export const BATCH_MOST = { lines: 100_000, bytes: 100_000_000 };

export const batchQuery = writeQuery.extend({
  atomic: flag('atomic', 'All or nothing: where one line is at fault, nothing is kept, and the answer is a problem that tells which.'),
  upsert: flag('upsert', 'A line with the slug of an event replaces it, as PUT does; one that changes nothing makes no version.'),
});
export type BatchQuery = z.output<typeof batchQuery>;

/** Each line is read by itself, so one that does not fit is told of and is no fault of the whole. */
export const batchBody = z.any().meta({
  type: 'array',
  maxItems: BATCH_MOST.lines,
  items: { anyOf: [{ $ref: '#/components/schemas/EventBody' }, { description: 'What is at fault: told of in its result.' }] },
  description: 'Events, each as `POST /v1/events` takes it. A line that does not fit is told of in its result.',
});

export const lineResult = z
  .strictObject({
    line: z.int().meta({ description: 'Its number, from 1: of the line (blank ones count), or of the element of the array.' }),
    status: z.string().meta({ description: 'created, updated, unchanged, invalid or conflict; more may come.' }),
    id: id.optional(),
    slug: slug.optional(),
    version: version.optional(),
    errors: z
      .array(
        z.strictObject({
          pointer: z.string().optional().meta({ description: 'JSON Pointer (RFC 6901) into the line.' }),
          detail: z.string().meta({ description: 'How to mend it, in a sentence.' }),
        }),
      )
      .optional()
      .meta({ description: 'Of a line that is invalid or in conflict; 20 at most.' }),
  })
  .meta({ id: 'BatchLine', description: 'What became of a line.' });

const count = z.int().min(0);
export const batchSummary = z
  .strictObject({
    lines: count.meta({ description: 'How many lines were settled; blank ones are none.' }),
    created: count,
    updated: count,
    unchanged: count,
    invalid: count,
    conflict: count,
    kept: z.boolean().meta({ description: 'Whether what was written is there; false with validate_only.' }),
    complete: z.boolean().meta({
      description: 'Whether every line was settled. Where it is false, those that nothing is told of were not written; `problem` says why.',
    }),
    problem: problem.optional(),
  })
  .meta({ id: 'BatchSummary', description: 'What became of all lines.' });

export const batchAnswer = z
  .strictObject({ data: z.array(lineResult).meta({ description: 'In the order in which lines were settled.' }), summary: batchSummary })
  .meta({ id: 'BatchAnswer', description: 'What became of a batch. As NDJSON: a line for each of `data`, then `{"summary": …}`.' });
