// Webhooks and their attempts in the database. No answer that is made here holds a secret.
import { type CursorKey, cutPage, decodeCursor } from '../contract/cursor.js';
import { isId } from '../contract/ids.js';
import { DEFAULT_LIMIT, type Listing } from '../contract/page.js';
import type { Database } from '../database/connect.js';
import type { Transaction } from '../database/write.js';
import { instantOf } from '../resources/store.js';
import type { Delivery, ListQuery, Webhook, WebhookFilters } from './schema.js';

/** How many attempts of each webhook are kept. */
const KEPT = 1000;

const COLUMNS = `id, url, description, filters, include_hidden, state, disabled_reason, ${instantOf('disabled_at')} as disabled_at,
  position::float8 as position, failures, ${instantOf('next_attempt_at')} as next_attempt_at,
  ${instantOf('created_at')} as created_at, ${instantOf('updated_at')} as updated_at`;

const ATTEMPT = `message_id, seq::float8 as seq, attempt, status, response_status, duration_ms, error, ${instantOf('at')} as at`;

/** A webhook as deliveries need it. */
export interface Endpoint extends Webhook {
  filters: WebhookFilters;
  /** The secret in force, and during a rotation the one before. */
  secrets: string[];
  /** Whether its next attempt lies ahead, by the clock of the database. */
  waits: boolean;
  /** Changes with each change by an admin. */
  edition: string;
}

const WAITS = 'coalesce(next_attempt_at > now(), false) as waits';

const ENDPOINT = `select ${COLUMNS}, ${WAITS}, updated_at::text as edition,
  case when previous_secret_until > now() then array[secret, previous_secret] else array[secret] end as secrets
  from webhooks where id = $1`;

const ENABLED = {
  name: 'webhooks enabled',
  text: `select id, position::float8 as position, ${WAITS} from webhooks where state = 'enabled'`,
};

const LOG = `insert into webhook_deliveries (webhook_id, message_id, seq, attempt, status, response_status, duration_ms, error, at)
  select id, $2, $3, $4, $5, $6, $7, $8, $9 from webhooks where id = $1`;
const TRIM = `delete from webhook_deliveries where webhook_id = $1 and id <=
  (select id from webhook_deliveries where webhook_id = $1 order by id desc offset ${KEPT - 1} limit 1)`;

/** Whoever delivers has seen the webhook at a position; where it stands elsewhere by now, it is no longer theirs. */
const SETTLE = `with trimmed as (${TRIM}), logged as (${LOG}), settled as (
    update webhooks set position = $11, failures = $12, next_attempt_at = now() + $13 * interval '1 ms',
      state = case when $14::text is null then state else 'disabled' end,
      disabled_reason = case when $14::text is null then disabled_reason else $14 end,
      disabled_at = case when $14::text is null then disabled_at else now() end
    where id = $1 and position = $10 returning updated_at)
  select updated_at::text as edition from settled`;

export type Attempted = Omit<Delivery, 'at'> & { at: Date };

/** What becomes of a webhook after an attempt. */
export interface Settled {
  /** Where it stood. */
  from: number;
  position: number;
  failures: number;
  /** How long to wait before the next attempt, in milliseconds; null for not at all. */
  wait_ms: number | null;
  /** Why it is disabled from now on; null where it is not. */
  disabled_reason: string | null;
}

/** What an admin may change; left out for what stays. */
export type WebhookChanges = Partial<{
  url: string;
  description: string | null;
  filters: WebhookFilters;
  include_hidden: boolean;
  state: 'enabled' | 'disabled';
  disabled_reason: string | null;
  disabled_at: Date | null;
  position: number;
  failures: number;
  next_attempt_at: null;
  secret: string;
  previous_secret: string;
  previous_secret_until: Date;
}>;

export type WebhookStore = ReturnType<typeof createWebhookStore>;

export function createWebhookStore({ pool }: Pick<Database, 'pool'>) {
  const logged = (id: string, one: Attempted) =>
    [id, one.message_id, one.seq, one.attempt, one.status, one.response_status, one.duration_ms, one.error, one.at] as const;

  return {
    async create(
      id: string,
      input: Required<Pick<WebhookChanges, 'url' | 'description' | 'filters' | 'include_hidden' | 'position' | 'secret'>>,
      tx: Transaction = pool,
    ) {
      const { rows } = await tx.query<Webhook>(
        `insert into webhooks (id, url, description, filters, include_hidden, position, secret, state, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'enabled', now(), now()) returning ${COLUMNS}`,
        [id, input.url, input.description, input.filters, input.include_hidden, input.position, input.secret],
      );
      return rows[0]!;
    },

    async find(id: string): Promise<Webhook | null> {
      return (await pool.query<Webhook>(`select ${COLUMNS} from webhooks where id = $1`, [id])).rows[0] ?? null;
    },

    /** With its secrets, for signing. */
    async findEndpoint(id: string): Promise<Endpoint | null> {
      return (await pool.query<Endpoint>({ name: 'webhook endpoint', text: ENDPOINT, values: [id] })).rows[0] ?? null;
    },

    /** @returns the webhook after it; null when there is none */
    async change(id: string, changes: WebhookChanges, tx: Transaction = pool): Promise<Webhook | null> {
      const entries = Object.entries(changes);
      const assignments = entries.map(([column], index) => `${column} = $${index + 2}, `).join('');
      const text = `update webhooks set ${assignments}updated_at = clock_timestamp() where id = $1 returning ${COLUMNS}`;
      return (await tx.query<Webhook>(text, [id, ...entries.map(([, value]) => value)])).rows[0] ?? null;
    },

    async remove(id: string): Promise<boolean> {
      return (await pool.query('delete from webhooks where id = $1', [id])).rowCount === 1;
    },

    /** Those that are sent to: how far each has come, and whether it waits for its next attempt. */
    async enabled(): Promise<{ id: string; position: number; waits: boolean }[]> {
      return (await pool.query(ENABLED)).rows;
    },

    /** Moves over changes that are not for it. @returns whether it still stood where it was seen */
    async skip(id: string, from: number, position: number): Promise<boolean> {
      const text = 'update webhooks set position = $3 where id = $1 and position = $2';
      return (await pool.query({ name: 'webhook skip', text, values: [id, from, position] })).rowCount === 1;
    },

    /** Logs an attempt and what becomes of the webhook. @returns its edition; null where it stands elsewhere by now */
    async settle(id: string, attempt: Attempted, { from, position, failures, wait_ms, disabled_reason }: Settled): Promise<string | null> {
      const values = [...logged(id, attempt), from, position, failures, wait_ms, disabled_reason];
      return (await pool.query<{ edition: string }>({ name: 'webhook settle', text: SETTLE, values })).rows[0]?.edition ?? null;
    },

    async log(id: string, attempt: Attempted): Promise<void> {
      await pool.query(`with trimmed as (${TRIM}) ${LOG}`, [...logged(id, attempt)]);
    },

    list: (query: ListQuery): Promise<Listing<string>> =>
      listNewest<Webhook & { key: string }>(pool, `select ${COLUMNS}, id::text as key from webhooks where $1::uuid is null`, null, query, {
        type: 'uuid',
        isKey: (part) => typeof part === 'string' && isId(part),
      }),

    deliveries: (id: string, query: ListQuery): Promise<Listing<string>> =>
      listNewest<Delivery & { key: string }>(
        pool,
        `select ${ATTEMPT}, id::text as key from webhook_deliveries where webhook_id = $1`,
        id,
        query,
        {
          type: 'bigint',
          isKey: (part) => typeof part === 'string' && /^\d{1,18}$/.test(part),
        },
      ),
  };
}

/** A page, the newest first; the id goes up with time. */
async function listNewest<Row extends { key: string }>(
  pool: Database['pool'],
  select: string,
  of: string | null,
  { limit = DEFAULT_LIMIT, cursor }: ListQuery,
  { type, isKey }: { type: string; isKey: (part: CursorKey[number]) => boolean },
): Promise<Listing<string>> {
  const place = cursor === undefined ? null : decodeCursor(cursor, of, [isKey]);
  const [sign, order] = place?.towards === 'previous' ? ['>', 'asc'] : ['<', 'desc'];
  const text = `${select} and ($2::${type} is null or id ${sign} $2::${type}) order by id ${order} limit $3`;
  const { rows } = await pool.query<Row>(text, [of, place?.key[0] ?? null, limit + 1]);
  const { rows: kept, ...neighbours } = cutPage(rows, limit, place, ({ key }) => [key], of);
  return { data: kept.map(({ key: _, ...item }) => JSON.stringify(item)), ...neighbours, limit };
}
