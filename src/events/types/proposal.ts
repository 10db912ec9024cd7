// Somebody proposes an organisation, a text or a measure.
import { line } from '../../contract/text.js';
import { actorSlug, eventType, lines } from './event-type.js';

export const proposal = eventType('proposal', 'Somebody proposes an organisation, a text or a measure.', {
  proposer: actorSlug,
  proposed_seat: line(),
  aims: lines,
});
