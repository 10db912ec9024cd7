// A head of state or government acts by order, decree or directive.
import { eventType, lines } from './event-type.js';

export const executiveAction = eventType('executive_action', 'A head of state or government acts by order, decree or directive.', {
  rescinds: lines,
});
