// A report with findings comes out.
import { count, eventType } from './event-type.js';

export const report = eventType('report', 'A report with findings comes out.', {
  pages: count,
  experts: count,
  countries: count,
});
