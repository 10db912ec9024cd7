// Tells somebody of each statement that is sent: what it does to which table, never its values.
import type pg from 'pg';

/** @returns to be called when it is answered; undefined where nobody wants to know */
export type OnStatement = (summary: string) => ((error?: unknown) => void) | undefined;

type Query = (...input: unknown[]) => unknown;

/** From now on, for each connection of the pool. */
export function watchStatements(pool: pg.Pool, onStatement: OnStatement): void {
  const watched = new WeakSet<object>();
  pool.on('acquire', (client) => {
    if (watched.has(client)) return;
    watched.add(client);
    const query = (client.query as Query).bind(client);
    client.query = ((...input: unknown[]) => {
      const answered = onStatement(summaryOf(textOf(input[0])));
      if (answered === undefined) return query(...input);
      const last = input.at(-1);
      if (typeof last === 'function')
        return query(...input.slice(0, -1), (error: unknown, result: unknown) => {
          answered(error ?? undefined);
          last(error, result);
        });
      const result = query(...input);
      if (result instanceof Promise) result.then(() => answered(), answered);
      else answered();
      return result;
    }) as typeof client.query;
  });
}

const textOf = (query: unknown): string => (typeof query === 'string' ? query : String((query as { text?: unknown } | null)?.text ?? ''));

const summaries = new Map<string, string>();
/** There are fewer, but for lists of many lengths. */
const MOST = 2000;

/** What a statement does to its first table: "select event_cards", "insert revisions"; the first words of all else: "begin". */
export function summaryOf(text: string): string {
  const known = summaries.get(text);
  if (known !== undefined) return known;
  // What is set for a transaction goes before what it is set for.
  const plain = text
    .replace(/--.*$/gm, '')
    .replace(/^(\s*set local [^;]*;)+/i, '')
    .replace(/"public"\.|"/g, '');
  const verb = /^\s*(\w+)/.exec(plain)?.[1]?.toLowerCase() ?? 'statement';
  const does = verb === 'with' ? (/\b(insert|update|delete)\b/i.exec(plain)?.[1]?.toLowerCase() ?? 'select') : verb;
  const table = TABLES[does]?.exec(plain)?.[1];
  const summary = table === undefined ? does : `${does} ${table.toLowerCase()}`;
  if (summaries.size < MOST) summaries.set(text, summary);
  return summary;
}

const TABLES: Record<string, RegExp> = {
  select: /\bfrom\s+([a-z_][\w.]*)/i,
  insert: /\binsert\s+into\s+([a-z_][\w.]*)/i,
  update: /\bupdate\s+(?:only\s+)?([a-z_][\w.]*)/i,
  delete: /\bdelete\s+from\s+([a-z_][\w.]*)/i,
};
