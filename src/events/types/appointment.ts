// Somebody is elected or appointed to an office or a body.
import { z } from 'zod';
import { line } from '../../contract/text.js';
import { eventType, lines } from './event-type.js';

export const appointment = eventType('appointment', 'Somebody is elected or appointed to an office or a body.', {
  office: line(500),
  vote: line(500),
  members: lines,
  candidates: lines,
  term_years: z.number().min(0).max(100),
});
