// The floors: what the same bytes cost with nothing around them. And the other ways to make a page, with as little around
// them. Run as `floors.ts <name> <port>`.
//
// F1: node:http sends them from memory. F2: Fastify does. F3: Fastify sends the result of one prepared statement as it is.
// F304: Fastify answers an empty 304. All but F1 log each request with pino, as the product does.
// built: the JSON of the page is built in PostgreSQL when it is read. rows: rows are read, put together and written as JSON
// in Node.
import { createServer } from 'node:http';
import Fastify from 'fastify';
import pg from 'pg';
import { CARD_OF_EVENT } from '../src/events/sql.js';
import { readRowsPage } from './rows.js';

const [, , floor, port] = process.argv as [string, string, string, string];
const CARDS = `
  select '{"data":[' || string_agg(c.card, ',') || ']}' as body
  from (select card from event_cards where state = 'published' order by start_date, precision_rank, event_id limit 50) c`;
const BUILT = `
  select '{"data":[' || string_agg(row_to_json(x)::text, ',') || ']}' as body
  from (select event_id from event_cards where state = 'published' order by start_date, precision_rank, event_id limit 50) p
  join events e on e.id = p.event_id cross join lateral (${CARD_OF_EVENT}) x`;

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10, options: '-c jit=off' });
const readText = async (name: string, text: string): Promise<string> => (await pool.query({ name, text })).rows[0].body;
const body = await readText('page', CARDS);

if (floor === 'F1') {
  const bytes = Buffer.from(body);
  createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length });
    response.end(bytes);
  }).listen(Number(port), '127.0.0.1');
} else {
  const app = Fastify({ logger: true, logController: new Fastify.LogController({ disableRequestLogging: true }) });
  app.addHook('onResponse', async (request, reply) => {
    request.log.info({ method: request.method, path: request.url, status: reply.statusCode, duration_ms: reply.elapsedTime }, 'request');
  });
  const bytes = Buffer.from(body);
  const page: Record<string, () => Promise<string> | Buffer> = {
    F2: () => bytes,
    F3: () => readText('page', CARDS),
    built: () => readText('built', BUILT),
    rows: () => readRowsPage(pool),
  };
  app.get('/', async (_request, reply) => {
    if (floor === 'F304') return reply.code(304).send();
    return reply.type('application/json; charset=utf-8').send(await page[floor]!());
  });
  await app.listen({ port: Number(port), host: '127.0.0.1' });
}
