// The wire shape of an error: problem details for HTTP APIs (RFC 9457), `application/problem+json`.
import { z } from 'zod';
import { similarEvent } from './similar.js';

export const problem = z
  .strictObject({
    type: z.string().meta({ description: 'Path of a page that explains this kind of problem.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What went wrong here, in a sentence.' }),
    instance: z.string().meta({ description: 'The request, by its id in the log.' }),
    errors: z
      .array(
        z.strictObject({
          pointer: z.string().optional().meta({ description: 'JSON Pointer (RFC 6901) into the body.' }),
          line: z.int().optional().meta({ description: 'Of a batch: the number of the line, into which the pointer leads.' }),
          parameter: z.string().optional().meta({ description: 'Name of the parameter.' }),
          detail: z.string().meta({ description: 'How to mend it, in a sentence.' }),
        }),
      )
      .optional(),
    tombstone: z
      .strictObject({
        entity: z.string(),
        id: z.string(),
        slug: z.string().nullable(),
        state: z.string().meta({ description: 'deleted, withdrawn or merged.' }),
        version: z.int(),
        reason: z.string().nullable(),
        recorded_at: z.string(),
      })
      .optional()
      .meta({ description: 'With 410: what was here and when it went.' }),
    clashes: z
      .array(z.strictObject({ field: z.string(), base: z.unknown(), theirs: z.unknown(), proposed: z.unknown() }))
      .optional()
      .meta({
        description:
          'With 409 of a proposal: the fields, as JSON Pointers, that were changed since the version it was made for; what each was then, is now, and should become.',
      }),
    similar: z.array(similarEvent).optional().meta({ description: 'With 409 of a duplicate: the events that seem to be the same.' }),
    oldest_seq: z.int().optional().meta({ description: 'With 410 of the changes: the oldest position from which they can be read.' }),
    resume_url: z.string().optional().meta({ description: 'With 410 of the changes: where to read all that there is, to start over.' }),
  })
  .meta({ id: 'Problem', description: 'An error, as RFC 9457 describes it.' });
