// What a key looks like: `dmr_`, 256 random bits and a checksum of them. By the prefix a scanner of leaked secrets knows
// it (`dmr_[\w-]{49}`), by the checksum a mistyped one is refused before the database is asked.
import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PREFIX = 'dmr_';
/** In characters: 256 bits, and the 32 of the checksum. */
const [RANDOM, CHECKSUM] = [43, 6];
/** The longest that was ever given out or taken as ADMIN_KEY. */
const LONGEST = 512;

export function newKey(): string {
  const random = randomBytes(32).toString('base64url');
  return `${PREFIX}${random}${checksumOf(random)}`;
}

/**
 * Whether it cannot be a key, whatever the database holds. Keys made before there were checksums are shorter, and those
 * that were chosen by hand may look like anything: neither is judged.
 */
export function isMistyped(key: string): boolean {
  if (key.length > LONGEST) return true;
  if (!key.startsWith(PREFIX) || key.length !== PREFIX.length + RANDOM + CHECKSUM) return false;
  return checksumOf(key.slice(PREFIX.length, -CHECKSUM)) !== key.slice(-CHECKSUM);
}

/** What is kept of a key. It is random, so a plain SHA-256 is enough. */
export const digestOf = (key: string): string => createHash('sha256').update(key).digest('hex');

function checksumOf(random: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(random));
  return bytes.toString('base64url');
}
