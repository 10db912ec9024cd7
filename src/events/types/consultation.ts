// An authority asks the public or selected parties for their views.
import { edtfDate } from '../../contract/date.js';
import { actorSlug, eventType } from './event-type.js';

export const consultation = eventType('consultation', 'An authority asks the public or selected parties for their views.', {
  authority: actorSlug,
  opens_on: edtfDate,
  closes_on: edtfDate,
});
