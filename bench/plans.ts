// What a question costs the database: the statements that the product sends for it, taken down while it answers, and how
// they are run (explain). A statement that is kept prepared is explained as it is kept: by the plan that is chosen after
// it was run a few times.
import pg from 'pg';
import { buildApp } from '../src/app.js';
import { connectDatabase } from '../src/database/connect.js';
import type { Statement } from '../src/database/statement.js';
import { createServices } from '../src/services.js';

export interface Step {
  /** Such as "Index Scan of event_cards by event_cards_timeline_idx". */
  what: string;
  rows: number;
  buffers: number;
  /** Of its own, without what it reads from, in milliseconds. */
  own_ms: number;
}

/** The statement of a question that takes the longest. */
export interface Cost {
  ms: number;
  planning_ms: number;
  /** Pages of 8 kB that were found in the server's memory, and those that were not. */
  hit: number;
  read: number;
  /** Where most of its time goes. */
  steps: Step[];
}

interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Actual Total Time': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Node[];
}

interface Explained {
  Plan: Node;
  'Planning Time': number;
  'Execution Time': number;
}

/** After so many runs the server decides whether the plan is kept. */
const RUNS_BEFORE = 5;
const SHOWN_STEPS = 3;
/** Besides those that read a table or an index. The time of others may be that of what they have evaluated elsewhere in the plan. */
const TOLD = new Set(['Aggregate', 'Function Scan', 'Hash Join', 'Incremental Sort', 'Merge Join', 'ProjectSet', 'Sort', 'Unique']);
const LONGEST_MS = 120_000;

export interface Explainer {
  /** @returns what went wrong, where it did */
  costOf(path: string): Promise<Cost | string>;
  close(): Promise<void>;
}

export async function openExplainer(databaseUrl: string): Promise<Explainer> {
  const database = await connectDatabase({ databaseUrl, dataDir: '', databasePool: 2 });
  const taken: Statement[] = [];
  const query = database.pool.query.bind(database.pool) as (...input: unknown[]) => unknown;
  database.pool.query = ((statement: string | Statement, values?: unknown[]) => {
    taken.push(typeof statement === 'string' ? { text: statement, values: values ?? [] } : statement);
    return query(statement, values);
  }) as typeof database.pool.query;
  const services = createServices(database);
  const app = await buildApp({ config: { logLevel: 'silent', cacheMb: 0 }, database, services, openapi: '{"openapi":"3.1.0"}' });
  await app.ready();
  // As the product has its connections.
  const options = `-c jit=off -c max_parallel_workers_per_gather=0 -c statement_timeout=${LONGEST_MS}`;
  const client = new pg.Client({ connectionString: databaseUrl, options });
  await client.connect();
  return {
    async costOf(path) {
      taken.length = 0;
      await app.inject(path);
      const costs: Cost[] = [];
      try {
        for (const statement of taken.filter(({ text }) => /^\s*(select|with)\s/.test(text))) costs.push(await explain(client, statement));
      } catch (error) {
        return (error as Error).message;
      }
      return costs.sort((a, b) => b.ms - a.ms)[0] ?? 'no statement';
    },
    async close() {
      await client.end();
      await app.close();
      await services.deliveries.stop();
      await database.close();
    },
  };
}

async function explain(client: pg.Client, { name, text, values }: Statement): Promise<Cost> {
  const asked = 'explain (analyze, buffers, format json)';
  const { rows } = await (name === undefined ? client.query(`${asked} ${text}`, values) : explainKept(client, asked, text, values));
  return costOf(rows[0]['QUERY PLAN'][0]);
}

async function explainKept(client: pg.Client, asked: string, text: string, values: unknown[]): Promise<pg.QueryResult> {
  const run = `execute kept${values.length === 0 ? '' : `(${values.map(literalOf).join(', ')})`}`;
  await client.query(`prepare kept as ${text}`);
  try {
    for (let time = 0; time < RUNS_BEFORE; time++) await client.query(run);
    return await client.query(`${asked} ${run}`);
  } finally {
    await client.query('deallocate kept');
  }
}

function literalOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (value instanceof Date) return pg.escapeLiteral(value.toISOString());
  return pg.escapeLiteral(Array.isArray(value) ? `{${value.map((one) => JSON.stringify(String(one))).join(',')}}` : String(value));
}

function costOf({ Plan, 'Planning Time': planning_ms, 'Execution Time': ms }: Explained): Cost {
  const steps = stepsOf(Plan).sort((a, b) => b.own_ms - a.own_ms);
  return { ms, planning_ms, hit: Plan['Shared Hit Blocks'], read: Plan['Shared Read Blocks'], steps: steps.slice(0, SHOWN_STEPS) };
}

const timeOf = (node: Node): number => node['Actual Total Time'] * node['Actual Loops'];
const buffersOf = (node: Node): number => node['Shared Hit Blocks'] + node['Shared Read Blocks'];

function stepsOf(node: Node): Step[] {
  const below = node.Plans ?? [];
  const sum = (of: (node: Node) => number): number => below.reduce((all, one) => all + of(one), 0);
  const isTold = node['Relation Name'] !== undefined || node['Index Name'] !== undefined || TOLD.has(node['Node Type']);
  const relation = node['Relation Name'] === undefined ? '' : ` of ${node['Relation Name']}`;
  const index = node['Index Name'] === undefined ? '' : ` by ${node['Index Name']}`;
  const step = {
    what: `${node['Node Type']}${relation}${index}`,
    rows: node['Actual Rows'] * node['Actual Loops'],
    buffers: Math.max(0, buffersOf(node) - sum(buffersOf)),
    own_ms: Math.max(0, timeOf(node) - sum(timeOf)),
  };
  return [...(isTold ? [step] : []), ...below.flatMap(stepsOf)];
}
