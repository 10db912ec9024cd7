// A conference, summit or forum takes place.
import { line } from '../../contract/text.js';
import { actorSlug, count, eventType } from './event-type.js';

export const forum = eventType('forum', 'A conference, summit or forum takes place.', {
  series: line(),
  edition: line(),
  host: actorSlug,
  co_host: actorSlug,
  theme: line(500),
  venue: line(),
  participants_count: count,
  outcome: line(2000),
  next_session: line(500),
});
