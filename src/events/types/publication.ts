// A plan, strategy, framework or other document comes out.
import { slug } from '../../contract/ids.js';
import { line } from '../../contract/text.js';
import { eventType } from './event-type.js';

export const publication = eventType('publication', 'A plan, strategy, framework or other document comes out.', {
  document_number: line(),
  version: line(),
  licence: line(),
  action_plan: slug.meta({ description: 'Slug of the action plan that came out with it.' }),
});
