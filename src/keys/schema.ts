// API keys on the wire. The key itself is answered once, when it is made.
import { z } from 'zod';
import { id, instant } from '../contract/ids.js';
import { cursor, limit, listOf } from '../contract/page.js';
import { line } from '../contract/text.js';
import { ROLES } from '../http/access.js';

const name = line(100).meta({ description: 'Who or what bears it; goes into the history of what it writes.' });
const expiresAt = instant
  .refine((value) => Date.parse(value) > Date.now(), {
    error: 'expires_at lies in the past; give an instant to come, or leave it out.',
  })
  .nullable();
const whenItEnds = { description: 'When it stops being valid; null for never.' };

export const keyInput = z
  .strictObject({
    name,
    role: z.enum(ROLES).meta({ description: 'contributor reads drafts and proposes changes; editor writes; admin makes keys too.' }),
    expires_at: expiresAt.default(null).meta(whenItEnds),
  })
  .meta({ id: 'KeyBody' });
export type KeyInput = z.output<typeof keyInput>;

export const keyPatch = z
  .strictObject({ name: name.optional(), expires_at: expiresAt.optional().meta(whenItEnds) })
  .meta({ id: 'KeyPatch', description: 'A JSON Merge Patch (RFC 7396): what is left out stays. The role of a key never changes.' });
export type KeyPatch = z.output<typeof keyPatch>;

export const OVERLAP_HOURS = 24;
const MOST_OVERLAP_HOURS = 30 * 24;

export const rotation = z
  .strictObject({
    overlap_hours: z
      .int()
      .min(0)
      .max(MOST_OVERLAP_HOURS)
      .default(OVERLAP_HOURS)
      .meta({ description: 'For how long the old key stays valid, in hours; 0 revokes it at once.' }),
  })
  .meta({ id: 'KeyRotationBody' });
export type Rotation = z.output<typeof rotation>;

export const listQuery = z.strictObject({ limit, cursor });
export type ListQuery = z.output<typeof listQuery>;

const described = { id, name: z.string(), role: z.string(), created_at: instant, expires_at: instant.nullable() };

export const apiKey = z
  .strictObject({
    ...described,
    revoked_at: instant.nullable(),
    last_used_on: z.string().nullable().meta({
      description: 'The day on which it was last sent, in UTC; null where it never was, or before this was kept.',
      format: 'date',
    }),
  })
  .meta({ id: 'Key', description: 'An API key, without the key itself.' });
export type ApiKey = z.output<typeof apiKey>;

const shownOnce = { key: z.string().meta({ description: 'Shown this once; it is stored only as a digest.' }) };

export const newApiKey = z
  .strictObject({ ...described, ...shownOnce })
  .meta({ id: 'NewKey', description: 'An API key that was just made.' });
export type NewApiKey = z.output<typeof newApiKey>;

export const rotatedKey = z
  .strictObject({
    ...described,
    ...shownOnce,
    replaced: z.strictObject({ id, valid_until: instant }).meta({ description: 'The old key, and until when it is still taken.' }),
  })
  .meta({ id: 'RotatedKey', description: 'The API key that takes the place of another one.' });
export type RotatedKey = z.output<typeof rotatedKey>;

export const keyList = listOf(apiKey, 'KeyList');
