// An authority issues rules, guidance, standards or a decision.
import { line } from '../../contract/text.js';
import { actorSlug, eventType } from './event-type.js';

export const regulatoryAction = eventType('regulatory_action', 'An authority issues rules, guidance, standards or a decision.', {
  authority: actorSlug,
  legal_basis: line(500),
  former_name: line(),
  budget: line(500),
});
