// The coverage of an action plan on the wire: its items against columns, and which developments are in each cell.
import { z } from 'zod';
import { slug } from '../contract/ids.js';
import { asOfMembers, type MomentQuery, momentMembers } from '../contract/moment.js';
import { limitUpTo, several } from '../contract/page.js';
import { EFFECTS } from '../events/schema.js';

export { EFFECTS };

export const COLUMNS_BY = ['actor', 'country', 'year', 'quarter', 'type'] as const;
export type ColumnsBy = (typeof COLUMNS_BY)[number];

/** How many columns there are at most, and where nobody says how many. */
const MOST_COLUMNS = 200;
export const DEFAULT_COLUMNS = 50;

/** How many events a cell names. */
export const NEWEST = 3;

export const coverageQuery = z.strictObject({
  by: z
    .enum(COLUMNS_BY, { error: `by takes ${COLUMNS_BY.join(', ')}.` })
    .optional()
    .meta({ description: 'What the columns are.', default: 'year' }),
  effect: several(
    'effect',
    z.enum(EFFECTS, { error: `effect takes ${EFFECTS.join(', ')}.` }),
    'Only developments that bear on an item so.',
  ),
  columns: limitUpTo(MOST_COLUMNS, DEFAULT_COLUMNS, 'columns').meta({
    description: `How many columns: 1 to ${MOST_COLUMNS}, those with most events, of years and quarters the latest; a larger number is clamped. Default ${DEFAULT_COLUMNS}.`,
    type: 'integer',
    minimum: 1,
    default: DEFAULT_COLUMNS,
  }),
  ...momentMembers,
});
export type CoverageQuery = Omit<z.output<typeof coverageQuery>, keyof MomentQuery>;

const counts = {
  events: z.int().meta({ description: 'How many published events; each counts once, whatever its effects.' }),
  advances: z.int(),
  hinders: z.int(),
  mentions: z.int(),
};

const cell = z
  .strictObject({
    column: z.string().meta({ description: 'The value of the column.' }),
    ...counts,
    newest: z
      .array(z.strictObject({ slug, title: z.string(), date: z.string(), effects: z.array(z.string()) }))
      .meta({ description: `The newest ${NEWEST} of them.` }),
  })
  .meta({ id: 'CoverageCell' });

const row = z
  .strictObject({
    number: z.int(),
    title: z.string(),
    status: z.string().nullable().meta({ description: 'As an editor judges it; null where nobody did.' }),
    ...counts,
    balance: z.int().meta({ description: 'Those that advance it, less those that hinder it.' }),
    last_event_on: z.string().nullable().meta({ description: 'First day of the latest.' }),
    is_gap: z.boolean().meta({ description: 'Whether none of what is asked for bears on it.' }),
    is_hindered: z.boolean().meta({ description: 'Whether any of it hinders it.' }),
    cells: z.array(cell).meta({ description: 'In the order of the columns; one in which there is none is left out.' }),
  })
  .meta({ id: 'CoverageRow' });

export const coverage = z
  .strictObject({
    counted: z.string().meta({ description: 'What is counted.' }),
    plan: z.strictObject({ slug, title: z.string() }),
    by: z.string(),
    effects: z.array(z.string()).meta({ description: 'Which effects are counted.' }),
    columns: z.array(
      z.strictObject({
        value: z.string().meta({ description: 'As the timeline takes it; of years 2025, of quarters 2025-Q3.' }),
        name: z.string().nullable().meta({ description: 'For people; null where the value speaks for itself.' }),
        events: z.int(),
      }),
    ),
    columns_total: z.int().meta({ description: 'How many columns there would be, were they not limited.' }),
    items: z.array(row),
    gaps: z.array(z.int()).meta({ description: 'The numbers of the items on which none bears.' }),
    hindered: z.array(z.int()).meta({ description: 'The numbers of the items that any hinders.' }),
    meta: z.strictObject({ ...asOfMembers, rule: z.string().meta({ description: 'How is counted.' }) }),
  })
  .meta({ id: 'Coverage', description: 'The items of a plan against columns: how many developments bear on each, and how.' });
export type Coverage = z.output<typeof coverage>;
