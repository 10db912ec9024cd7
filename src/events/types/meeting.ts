// Representatives meet: talks, a session of a body, a round table.
import { line } from '../../contract/text.js';
import { count, eventType, lines } from './event-type.js';

export const meeting = eventType('meeting', 'Representatives meet: talks, a session of a body, a round table.', {
  chair: line(),
  participants_count: count,
  members: lines,
  meeting_number: line(),
});
