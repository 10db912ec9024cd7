// A development that no other type fits.
import { eventType } from './event-type.js';

export const other = eventType('other', 'A development that no other type fits.', {});
