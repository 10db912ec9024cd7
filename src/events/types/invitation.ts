// Somebody invites others to take part.
import { line } from '../../contract/text.js';
import { actorSlug, actorSlugs, eventType } from './event-type.js';

export const invitation = eventType('invitation', 'Somebody invites others to take part.', {
  issuer: actorSlug,
  invitees: actorSlugs,
  invitees_total: line().meta({ description: 'How many were invited, in the words of the source, such as "more than 30".' }),
});
