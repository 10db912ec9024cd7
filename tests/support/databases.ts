// Databases of their own for test files, copied from a template in tens of milliseconds.
import pg from 'pg';

export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** How the program is to reach a database: past the pooler or through it, where the tests have one. */
export function reaching(
  url: string,
  pooler: string | null,
): { databaseUrl: string; databasePooler?: 'transaction'; databaseDirectUrl?: string } {
  if (pooler === null) return { databaseUrl: url };
  return { databaseUrl: databaseUrl(pooler, new URL(url).pathname.slice(1)), databasePooler: 'transaction', databaseDirectUrl: url };
}

/** Copies take turns: a template may not be in use while it is copied. */
const COPY_LOCK = 7_301_202_509;

export const copyDatabase = (server: string, template: string, name: string): Promise<void> =>
  administer(server, async (client) => {
    await client.query('select pg_advisory_lock($1)', [COPY_LOCK]);
    await client.query(`create database ${name} template ${template} encoding 'UTF8'`);
  });

export const dropDatabase = (server: string, name: string): Promise<void> =>
  administer(server, async (client) => void (await client.query(`drop database if exists ${name} with (force)`)));

async function administer(server: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
