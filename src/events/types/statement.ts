// Somebody makes a position known in writing or through a spokesperson.
import { line } from '../../contract/text.js';
import { actorSlug, eventType } from './event-type.js';

export const statement = eventType('statement', 'Somebody makes a position known in writing or through a spokesperson.', {
  issuer: actorSlug,
  status: line(500),
});
