// API keys in the database: a digest of each, never the key. Each request that bears one has it looked up, so one that is
// revoked or has expired is refused at once, by every process.
import { type CursorKey, cutPage, decodeCursor } from '../contract/cursor.js';
import { isId, newId } from '../contract/ids.js';
import { DEFAULT_LIMIT, type Listing } from '../contract/page.js';
import type { Database } from '../database/connect.js';
import { prepared, type Statement } from '../database/statement.js';
import type { Once, Transaction } from '../database/write.js';
import { Problem, StartupError } from '../errors.js';
import type { Principal } from '../http/access.js';
import { digestOf, isMistyped, newKey } from './form.js';
import type { ApiKey, KeyInput, KeyPatch, ListQuery, NewApiKey, RotatedKey, Rotation } from './schema.js';

export type KeyStore = ReturnType<typeof createKeyStore>;

/** Any constant will do: processes that start together, and admins who change keys, take turns on it. */
const ADMIN_LOCK = 7_301_202_510;

const VALID = '(revoked_at is null and (expires_at is null or expires_at > now()))';
const HAS_ADMIN = `select exists (select 1 from api_keys where role = 'admin' and ${VALID}) as found`;

const TODAY = `(now() at time zone 'UTC')::date`;
const BEARER = `select id, name, role, last_used_on is distinct from ${TODAY} as is_first_use from api_keys where key_hash = $1 and ${VALID}`;
/** After which time it is tried again where it failed, in milliseconds. */
const NOTED_AGAIN_MS = 60_000;
/** Of several processes that note it at once, one writes. */
const LAST_USE = {
  name: 'last use',
  text: `update api_keys set last_used_on = ${TODAY} where id = $1 and last_used_on is distinct from ${TODAY}`,
};

type Tables = Pick<Database['prisma'], 'apiKey'>;
type Running = Tables & Pick<Database['prisma'], '$queryRawUnsafe'>;
type Row = NonNullable<Awaited<ReturnType<Database['prisma']['apiKey']['findUnique']>>>;

export function createKeyStore({ prisma, pool }: Pick<Database, 'prisma' | 'pool'>) {
  const hasAdmin = async (): Promise<boolean> => (await pool.query(HAS_ADMIN)).rows[0].found;

  /** Changes of keys take turns, so that no two of them take away the last admin key together. */
  const inTurn = <Result>(work: (tx: Running) => Promise<Result>, once?: Once): Promise<Result> =>
    prisma.$transaction(async (tx) => {
      await tx.$executeRaw`select pg_advisory_xact_lock(${ADMIN_LOCK})`;
      const on = statementsOn(tx);
      await once?.begin(on);
      const result = await work(tx);
      await once?.end(on, result);
      return result;
    });

  /** When the use of each key was last told to the database, by the clock of `performance`. */
  const told = new Map<string, number>();
  /** Beside the request, which neither waits for it nor fails with it. */
  const noteUse = (id: string): void => {
    const now = performance.now();
    if (now - (told.get(id) ?? Number.NEGATIVE_INFINITY) < NOTED_AGAIN_MS) return;
    told.set(id, now);
    pool.query({ ...LAST_USE, values: [id] }).catch(() => {});
  };

  return {
    /** Who bears the key; null when it is unknown, expired or revoked. */
    async authenticate(key: string): Promise<Principal | null> {
      if (isMistyped(key)) return null;
      const { rows } = await pool.query<Principal & { is_first_use: boolean }>(prepared(BEARER, [digestOf(key)]));
      if (rows[0] === undefined) return null;
      const { is_first_use, ...principal } = rows[0];
      if (is_first_use) noteUse(principal.id);
      return principal;
    },

    create: (input: KeyInput, once?: Once): Promise<NewApiKey> =>
      once === undefined ? insert(prisma, input, newKey()) : inTurn((tx) => insert(tx, input, newKey()), once),

    /** The newest first. */
    async list({ limit = DEFAULT_LIMIT, cursor }: ListQuery = {}): Promise<Listing<ApiKey>> {
      const place = cursor === undefined ? null : decodeCursor(cursor, null, [isKeyId]);
      const from = place === null ? undefined : String(place.key[0]);
      const isBackwards = place?.towards === 'previous';
      const rows = await prisma.apiKey.findMany({
        ...(from !== undefined && { where: { id: isBackwards ? { gt: from } : { lt: from } } }),
        orderBy: { id: isBackwards ? 'asc' : 'desc' },
        take: limit + 1,
      });
      const { rows: kept, ...neighbours } = cutPage(rows, limit, place, ({ id }) => [id], null);
      return { data: kept.map(answerOf), ...neighbours, limit };
    },

    /** @throws Problem 404 */
    get: async (id: string): Promise<ApiKey> => answerOf(await find(prisma, id)),

    /** @throws Problem 404; 409 when it is no longer valid, or when no admin key would outlast the change */
    change: (id: string, { name, expires_at }: KeyPatch): Promise<ApiKey> =>
      inTurn(async (tx) => {
        const row = await findValid(tx, id);
        if (expires_at != null) await keepAnAdmin(tx, row, new Date(expires_at));
        const data = {
          ...(name !== undefined && { name }),
          ...(expires_at !== undefined && { expires_at: expires_at === null ? null : new Date(expires_at) }),
        };
        return answerOf(await tx.apiKey.update({ where: { id }, data }));
      }),

    /**
     * Makes a key that takes the place of another one, which stays valid for the overlap.
     * @throws Problem 404; 409 when it is no longer valid
     */
    rotate: (id: string, { overlap_hours }: Rotation, once?: Once): Promise<RotatedKey> =>
      inTurn(async (tx) => {
        const old = await findValid(tx, id);
        const { name, expires_at } = old;
        const role = old.role as KeyInput['role'];
        const made = await insert(tx, { name, role, expires_at: expires_at?.toISOString() ?? null }, newKey());
        const now = new Date();
        const end = new Date(Math.min(now.getTime() + overlap_hours * 3_600_000, expires_at?.getTime() ?? Number.POSITIVE_INFINITY));
        await tx.apiKey.update({ where: { id }, data: overlap_hours === 0 ? { revoked_at: now } : { expires_at: end } });
        return { ...made, replaced: { id, valid_until: end.toISOString() } };
      }, once),

    /** @throws Problem 404 when there is no such key that could be revoked; 409 when it is the last admin key */
    revoke: (id: string): Promise<void> =>
      inTurn(async (tx) => {
        const row = await tx.apiKey.findUnique({ where: { id } });
        if (row === null || row.revoked_at !== null) throw new Problem('not-found', `There is no key ${id} that could be revoked.`);
        const now = new Date();
        if (isValid(row)) await keepAnAdmin(tx, row, now);
        await tx.apiKey.update({ where: { id }, data: { revoked_at: now } });
      }),

    /**
     * Makes the first admin key where there is none that is valid. Processes that start together take turns.
     * @param given the key to use; one is made when it is undefined
     * @returns the key when it was made now, null when there was one already
     * @throws StartupError when the given one looks like a key of ours and is none
     */
    async ensureAdmin(given: string | undefined): Promise<NewApiKey | null> {
      if (await hasAdmin()) return null;
      if (given !== undefined && isMistyped(given))
        throw new StartupError('ADMIN_KEY looks like a key that this program made, but its checksum is wrong; copy it again.');
      return inTurn(async (tx) => {
        const [{ found } = { found: true }] = await tx.$queryRawUnsafe<{ found: boolean }[]>(HAS_ADMIN);
        return found ? null : insert(tx, { name: 'first admin key', role: 'admin', expires_at: null }, given ?? newKey());
      });
    },
  };
}

/** Statements by hand within a transaction of Prisma. */
const statementsOn = (tx: Running): Transaction => ({
  async query<Row extends object>(statement: Statement | string, values: unknown[] = []) {
    const { text, values: own } = typeof statement === 'string' ? { text: statement, values } : statement;
    return { rows: await tx.$queryRawUnsafe<Row[]>(text, ...own) };
  },
});

async function insert(tx: Tables, { name, role, expires_at }: KeyInput, key: string): Promise<NewApiKey> {
  const row = await tx.apiKey.create({
    data: {
      id: newId(),
      name,
      role,
      key_hash: digestOf(key),
      created_at: new Date(),
      expires_at: expires_at === null ? null : new Date(expires_at),
    },
  });
  return { id: row.id, name, role, created_at: row.created_at.toISOString(), expires_at: row.expires_at?.toISOString() ?? null, key };
}

async function find(tx: Tables, id: string): Promise<Row> {
  const row = await tx.apiKey.findUnique({ where: { id } });
  if (row === null) throw new Problem('not-found', `There is no key ${id}.`);
  return row;
}

async function findValid(tx: Tables, id: string): Promise<Row> {
  const row = await find(tx, id);
  if (!isValid(row)) throw new Problem('conflict', 'The key was revoked or has expired, and stays so; make another one.');
  return row;
}

const isValid = ({ revoked_at, expires_at }: Row): boolean => revoked_at === null && (expires_at === null || expires_at > new Date());

/** Refuses what would leave nobody to make keys: one admin key must outlast the one that is to end. */
async function keepAnAdmin(tx: Tables, { id, role, expires_at }: Row, end: Date): Promise<void> {
  const isShortened = expires_at === null || end < expires_at;
  if (role !== 'admin' || !isShortened) return;
  const other = await tx.apiKey.findFirst({
    where: { role: 'admin', id: { not: id }, revoked_at: null, OR: [{ expires_at: null }, { expires_at: { gt: end } }] },
  });
  if (other === null)
    throw new Problem(
      'conflict',
      'No other admin key would be valid then, and nobody could make one; make another first, or rotate this one.',
    );
}

const isKeyId = (part: CursorKey[number]): boolean => typeof part === 'string' && isId(part);

const answerOf = ({ id, name, role, created_at, expires_at, revoked_at, last_used_on }: Row): ApiKey => ({
  id,
  name,
  role,
  created_at: created_at.toISOString(),
  expires_at: expires_at?.toISOString() ?? null,
  revoked_at: revoked_at?.toISOString() ?? null,
  last_used_on: last_used_on?.toISOString().slice(0, 10) ?? null,
});
