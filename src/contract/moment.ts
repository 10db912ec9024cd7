// As of which moment something is asked: what the database held then, whatever was recorded later.
import { z } from 'zod';
import { edtfDate, parseDate } from './date.js';
import { instant } from './ids.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const isDay = (value: string) => !Number.isNaN(Date.parse(value)) && new Date(value).toISOString().startsWith(value);

/** A day or an instant. @param name of the parameter */
export const momentText = (name: string) =>
  z.string().refine((value) => (DAY.test(value) ? isDay(value) : instant.safeParse(value).success), {
    error: `${name} is a day, such as 2025-09-01, or an instant in UTC, such as 2025-09-01T12:00:00Z.`,
  });

const known_at = momentText('known_at').optional().meta({
  description:
    'As the database stood then, with the names of then: at an instant (RFC 3339 in UTC) or at the end of a day (UTC). What was recorded later is absent, what was deleted later is there.',
});

const release = z
  .string()
  .min(1)
  .max(60)
  .optional()
  .meta({ description: 'As the database stood at this release (label); `GET /v1/releases` lists them. Instead of `known_at`.' });

export const momentMembers = { known_at, release };
export const momentQuery = z.strictObject(momentMembers);

/** A moment as it is asked for; the present where both are left out. */
export type MomentQuery = z.output<typeof momentQuery>;

/** The last millisecond that a moment names. */
export const endOf = (moment: string): Date => new Date(DAY.test(moment) ? `${moment}T23:59:59.999Z` : moment);

/** Whether nobody can know yet what will be known then; a day that is not over can be asked for. */
export const isToCome = (moment: string): boolean => {
  const now = new Date();
  return DAY.test(moment) ? moment > now.toISOString().slice(0, 10) : endOf(moment) > now;
};

/** As of which day something stood, by what had happened until then, whenever it was recorded. */
export const validAt = edtfDate
  .optional()
  .meta({ description: 'As it stood on that day (EDTF; at the end of a month or year): by what had begun until then.' });

export const validMomentQuery = momentQuery.extend({ valid_at: validAt });
export type ValidMomentQuery = z.output<typeof validMomentQuery>;

/** The last day that `valid_at` may mean, YYYY-MM-DD; null where it is left out. */
export const lastDayOf = (valid_at: string | undefined): string | null =>
  valid_at === undefined ? null : (parseDate(valid_at)!.end_date ?? '9999-12-31');

/** What is told with an answer that is made of many facts: up to which change it knows. */
export const asOfMembers = {
  as_of_seq: z.int().meta({ description: 'The last change that this answer knows of.' }),
  last_change_at: instant.nullable().meta({ description: 'When that change was recorded; null while nothing is.' }),
};
