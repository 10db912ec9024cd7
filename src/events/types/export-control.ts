// Exports are controlled, or a control is relaxed, suspended or rescinded.
import { z } from 'zod';
import { line } from '../../contract/text.js';
import { actorSlug, actorSlugs, eventType, lines } from './event-type.js';

export const exportControl = eventType('export_control', 'Exports are controlled, or a control is relaxed, suspended or rescinded.', {
  authority: actorSlug,
  legal_basis: line(2000),
  effect: z.enum(['tighten', 'relax', 'rescind', 'suspend']),
  controlled_items: lines,
  targets: actorSlugs,
  target_scope: line(2000),
});
