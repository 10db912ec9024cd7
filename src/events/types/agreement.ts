// Parties agree on a text that binds them: a treaty, a charter, a memorandum.
import { z } from 'zod';
import { line } from '../../contract/text.js';
import { actorSlugs, count, eventType } from './event-type.js';

export const agreement = eventType('agreement', 'Parties agree on a text that binds them: a treaty, a charter, a memorandum.', {
  symbol: line(),
  signatories: actorSlugs,
  signatories_count: count,
  ratified_by: actorSlugs.meta({ description: 'Those that ratified, accepted or approved it by this event.' }),
  in_force: z.boolean().nullable().meta({ description: 'Null where it is not known.' }),
  entry_into_force_condition: line(2000),
  seat: line(),
});
