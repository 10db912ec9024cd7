// Somebody promises something to others.
import { edtfDate } from '../../contract/date.js';
import { line } from '../../contract/text.js';
import { eventType, lines } from './event-type.js';

export const pledge = eventType('pledge', 'Somebody promises something to others.', {
  promised: line(2000),
  beneficiaries: lines,
  deadline_on: edtfDate,
});
