// Events that may be the same development as another one: how answers, refusals and proposals show them.
import { z } from 'zod';
import { id, slug } from './ids.js';

/** The score from which an event counts as a duplicate; measured in tests/events/similar-seed.test.ts. */
export const LIKELY = 0.55;

const reason = z
  .strictObject({
    kind: z.string().meta({ description: 'title, date, sources, actors or type; more may come.' }),
    detail: z.string().meta({ description: 'The same as a sentence.' }),
    similarity: z.number().optional().meta({ description: 'Of the titles: 0 to 1, by the trigrams that they share.' }),
    days: z.int().optional().meta({ description: 'Between the two dates; 0 where they overlap.' }),
    sources: z
      .array(z.strictObject({ id, url: z.string().nullable(), title: z.string(), cited_by: z.int() }))
      .optional()
      .meta({ description: 'Cited by both, each with the number of events that cite it: one that backs many tells little.' }),
    actors: z.array(slug).optional().meta({ description: 'Who takes part in both.' }),
    type: z.string().optional().meta({ description: 'Where the types differ: that of the event that is there.' }),
  })
  .meta({ id: 'SimilarityReason', description: 'One reason why two events may be one: for people, and as figures.' });

export const similarEvent = z
  .strictObject({
    id,
    slug,
    title: z.string(),
    type: z.string(),
    date: z.string().meta({ description: 'EDTF.' }),
    state: z.string().meta({ description: 'Readers without a key are told of published ones only.' }),
    score: z.number().meta({ description: '0 (nothing in common) to 1 (the same).' }),
    likely: z.boolean().meta({ description: `Whether the score reaches ${LIKELY}, from where \`reject_duplicates=true\` refuses.` }),
    reasons: z.array(reason),
  })
  .meta({ id: 'SimilarEvent', description: 'An event that may be the same development, and why.' });

export type SimilarEvent = z.output<typeof similarEvent>;
export type SimilarityReason = z.output<typeof reason>;
