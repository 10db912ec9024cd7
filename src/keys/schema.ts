// API keys on the wire. The key itself is answered once, when it is made.
import { z } from 'zod';
import { id, instant } from '../contract/ids.js';
import { listOf } from '../contract/page.js';
import { line } from '../contract/text.js';
import { ROLES } from '../http/access.js';

export const keyInput = z
  .strictObject({
    name: line(100).meta({ description: 'Who or what bears it; goes into the history of what it writes.' }),
    role: z.enum(ROLES).meta({ description: 'contributor reads drafts; editor writes; admin makes keys too.' }),
    expires_at: instant
      .refine((value) => Date.parse(value) > Date.now(), {
        error: 'expires_at lies in the past; give an instant to come, or leave it out.',
      })
      .nullable()
      .default(null)
      .meta({ description: 'When it stops being valid; null for never.' }),
  })
  .meta({ id: 'KeyBody' });
export type KeyInput = z.output<typeof keyInput>;

const described = { id, name: z.string(), role: z.string(), created_at: instant, expires_at: instant.nullable() };

export const apiKey = z
  .strictObject({ ...described, revoked_at: instant.nullable() })
  .meta({ id: 'Key', description: 'An API key, without the key itself.' });
export type ApiKey = z.output<typeof apiKey>;

export const newApiKey = z
  .strictObject({ ...described, key: z.string().meta({ description: 'Shown this once; it is stored only as a digest.' }) })
  .meta({ id: 'NewKey', description: 'An API key that was just made.' });
export type NewApiKey = z.output<typeof newApiKey>;

export const keyList = listOf(apiKey, 'KeyList');
