// A law is introduced, passed, amended or takes effect.
import { line } from '../../contract/text.js';
import { count, eventType, lines } from './event-type.js';

export const legislation = eventType('legislation', 'A law is introduced, passed, amended or takes effect.', {
  bills: lines,
  vote: line(500),
  articles: count,
  maximum_fine: line(500),
  compute_threshold: line(500),
});
