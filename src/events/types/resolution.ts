// A body adopts a resolution.
import { z } from 'zod';
import { line } from '../../contract/text.js';
import { actorSlug, count, eventType } from './event-type.js';

export const resolution = eventType('resolution', 'A body adopts a resolution.', {
  symbol: line(),
  vote: z.strictObject({ yes: count, no: count, abstain: count }),
  adopted_by: actorSlug,
  draft: line(),
  co_sponsors: z.union([count, line(500)]),
});
