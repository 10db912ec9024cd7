// Ids and slugs: how things are named in addresses. Ids are UUIDv7 (RFC 9562), so they sort by creation; slugs are
// lower-case words joined by hyphens and never change, since they are addresses.
import { v5, v7 } from 'uuid';
import { z } from 'zod';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;
export const SLUG_LENGTH = 120;

export const newId = (): string => v7();
/** For names that come from elsewhere: of all that this program makes from names, and of nothing else. */
const NAMES = '0b5f8e1c-6d0e-4c57-9a3b-2f6f1d1c7a40';
/** The id of what has a name elsewhere (UUIDv5): the same one wherever and whenever it is made. */
export const idOfName = (name: string): string => v5(name, NAMES);
export const isId = (text: string): boolean => UUID.test(text);

export const id = z.string().regex(UUID).meta({ description: 'UUIDv7 (RFC 9562).', format: 'uuid' });

export const slug = z
  .string()
  .max(SLUG_LENGTH)
  .regex(SLUG, { error: 'A slug takes lower-case letters a-z, digits and single hyphens, such as "waic-2025".' })
  .meta({ description: 'Readable address; set once, never changed.' });

/** The last part of an address: an id or a slug. */
export const key = z.string().min(1).max(SLUG_LENGTH).meta({ description: 'The id or the slug.' });

export const version = z.int().min(1).meta({ description: 'Counts up by one with each change.' });

export const instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$/, {
    error: 'An instant is written as RFC 3339 in UTC, such as 2025-07-26T09:00:00Z.',
    abort: true,
  })
  .refine((value) => !Number.isNaN(Date.parse(value)), { error: 'There is no such instant.', abort: true })
  .meta({ description: 'An instant, RFC 3339 in UTC.', format: 'date-time' });

/** What every resource bears besides its own members; all read-only. */
export const stamps = { version, created_at: instant, updated_at: instant };
