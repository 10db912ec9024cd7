// What a database takes on disk, by table and by index, and how long it took to load.
import pg from 'pg';
import type { Loading } from './multiplied.js';

export interface Relation {
  table: string;
  /** Null for the table itself, with what is stored beside its rows. */
  index: string | null;
  bytes: number;
}

export interface Storage {
  database_bytes: number;
  relations: Relation[];
  /** Null where it was filled row by row, and nobody took the time. */
  loading: Loading | null;
}

const RELATIONS = `
  select t.relname as table, null as index, pg_relation_size(t.oid) + coalesce(pg_total_relation_size(nullif(t.reltoastrelid, 0)), 0) as bytes
  from pg_class t where t.relkind = 'r' and t.relnamespace = 'public'::regnamespace
  union all
  select t.relname, i.relname, pg_relation_size(i.oid)
  from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid where t.relnamespace = 'public'::regnamespace`;

export async function readStorage(databaseUrl: string): Promise<Storage> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: relations } = await client.query<Relation>(RELATIONS);
    const { rows } = await client.query<{ bytes: string; comment: string | null }>(
      `select pg_database_size(oid) as bytes, shobj_description(oid, 'pg_database') as comment from pg_database where datname = current_database()`,
    );
    const { bytes, comment } = rows[0]!;
    return {
      database_bytes: Number(bytes),
      relations: relations.map((relation) => ({ ...relation, bytes: Number(relation.bytes) })),
      loading: comment === null ? null : JSON.parse(comment),
    };
  } finally {
    await client.end();
  }
}

const SETTINGS = ['shared_buffers', 'effective_cache_size', 'work_mem', 'random_page_cost', 'max_wal_size', 'fsync', 'autovacuum'];

/** The server's version, and what it is set to where that matters here. */
export async function readServer(databaseUrl: string): Promise<{ version: string; settings: string }> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string }>('select version()');
    const { rows: settings } = await client.query<{ text: string }>(
      `select string_agg(name || ' ' || current_setting(name), ', ' order by array_position($1::text[], name)) as text from pg_settings where name = any($1)`,
      [SETTINGS],
    );
    return { version: rows[0]!.version.split(',')[0]!, settings: settings[0]!.text };
  } finally {
    await client.end();
  }
}
