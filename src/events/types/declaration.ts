// Several declare common aims in a text that does not bind.
import { actorSlugs, count, eventType } from './event-type.js';

export const declaration = eventType('declaration', 'Several declare common aims in a text that does not bind.', {
  signatories: actorSlugs,
  signatories_count: count,
});
