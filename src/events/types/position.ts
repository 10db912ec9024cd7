// An actor takes a position on an initiative or a text.
import { line } from '../../contract/text.js';
import { actorSlug, eventType } from './event-type.js';

export const position = eventType('position', 'An actor takes a position on an initiative or a text.', {
  holder: actorSlug,
  stance: line(500),
});
