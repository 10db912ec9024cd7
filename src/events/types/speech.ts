// Somebody speaks in public: a keynote, an address, remarks.
import { line } from '../../contract/text.js';
import { actorSlug, eventType } from './event-type.js';

export const speech = eventType('speech', 'Somebody speaks in public: a keynote, an address, remarks.', {
  speaker: actorSlug,
  venue: line(),
  forum: line(),
});
