// The floors: what the same bytes cost with nothing around them. Run as `floors.ts <F1|F2|F3|F304> <port>`.
//
// F1: node:http sends them from memory. F2: Fastify does. F3: Fastify sends the result of one prepared statement as it is.
// F304: Fastify answers an empty 304. All but F1 log each request with pino, as the product does.
import { createServer } from 'node:http';
import Fastify from 'fastify';
import pg from 'pg';

const [, , floor, port] = process.argv as [string, string, string, string];
const PAGE = `
  select '{"data":[' || string_agg(c.card, ',') || ']}' as body
  from (select card from event_cards where state = 'published' order by start_date, precision_rank, event_id limit 50) c`;

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const readPage = async (): Promise<string> => (await pool.query({ name: 'page', text: PAGE })).rows[0].body;
const body = await readPage();

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
  app.get('/', async (_request, reply) => {
    if (floor === 'F304') return reply.code(304).send();
    return reply.type('application/json; charset=utf-8').send(floor === 'F2' ? bytes : await readPage());
  });
  await app.listen({ port: Number(port), host: '127.0.0.1' });
}
