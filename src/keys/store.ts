// API keys in the database: a digest of each, never the key. They are random, so a plain SHA-256 is enough.
import { createHash, randomBytes } from 'node:crypto';
import { newId } from '../contract/ids.js';
import type { Database } from '../database/connect.js';
import { Problem } from '../errors.js';
import type { Principal } from '../http/access.js';
import type { ApiKey, KeyInput, NewApiKey } from './schema.js';

const digest = (key: string): string => createHash('sha256').update(key).digest('hex');

export type KeyStore = ReturnType<typeof createKeyStore>;

/** Any constant will do: processes that start together take turns on it. */
const ADMIN_LOCK = 7_301_202_510;

const VALID = '(revoked_at is null and (expires_at is null or expires_at > now()))';
const HAS_ADMIN = `select exists (select 1 from api_keys where role = 'admin' and ${VALID}) as found`;

export function createKeyStore({ prisma, pool }: Pick<Database, 'prisma' | 'pool'>) {
  const hasAdmin = async (): Promise<boolean> => (await pool.query(HAS_ADMIN)).rows[0].found;

  const insert = async (tx: Pick<Database['prisma'], 'apiKey'>, { name, role, expires_at }: KeyInput, key: string): Promise<NewApiKey> => {
    const row = await tx.apiKey.create({
      data: {
        id: newId(),
        name,
        role,
        key_hash: digest(key),
        created_at: new Date(),
        expires_at: expires_at === null ? null : new Date(expires_at),
      },
    });
    return { id: row.id, name, role, created_at: row.created_at.toISOString(), expires_at: row.expires_at?.toISOString() ?? null, key };
  };

  return {
    /** Who bears the key; null when it is unknown, expired or revoked. */
    async authenticate(key: string): Promise<Principal | null> {
      const { rows } = await pool.query<Principal>(`select id, name, role from api_keys where key_hash = $1 and ${VALID}`, [digest(key)]);
      return rows[0] ?? null;
    },

    create: (input: KeyInput): Promise<NewApiKey> => insert(prisma, input, newKey()),

    /** The newest first. */
    async list(): Promise<ApiKey[]> {
      const rows = await prisma.apiKey.findMany({ orderBy: { id: 'desc' }, take: 200 });
      return rows.map(({ id, name, role, created_at, expires_at, revoked_at }) => ({
        id,
        name,
        role,
        created_at: created_at.toISOString(),
        expires_at: expires_at?.toISOString() ?? null,
        revoked_at: revoked_at?.toISOString() ?? null,
      }));
    },

    /** @throws Problem 404 when there is no such key that is still valid */
    async revoke(id: string): Promise<void> {
      const { count } = await prisma.apiKey.updateMany({ where: { id, revoked_at: null }, data: { revoked_at: new Date() } });
      if (count === 0) throw new Problem('not-found', `There is no key ${id} that could be revoked.`);
    },

    /**
     * Makes the first admin key where there is none that is valid. Processes that start together take turns.
     * @param given the key to use; one is made when it is undefined
     * @returns the key when it was made now, null when there was one already
     */
    async ensureAdmin(given: string | undefined): Promise<NewApiKey | null> {
      if (await hasAdmin()) return null;
      return prisma.$transaction(async (tx) => {
        await tx.$executeRaw`select pg_advisory_xact_lock(${ADMIN_LOCK})`;
        const [{ found } = { found: true }] = await tx.$queryRawUnsafe<{ found: boolean }[]>(HAS_ADMIN);
        return found ? null : insert(tx, { name: 'first admin key', role: 'admin', expires_at: null }, given ?? newKey());
      });
    },
  };
}

const newKey = (): string => `dmr_${randomBytes(32).toString('base64url')}`;
