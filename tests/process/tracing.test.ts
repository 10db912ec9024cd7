// Traces: sent to the collector that the standard variables name, with nothing in them that is a secret; and where no
// variable asks for them, nothing of it is loaded.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useDatabase } from '../support/app.js';
import { startCollector } from './collector.js';
import { type Program, post, startProgram } from './program.js';

const KEY = 'a-secret-of-at-least-thirty-two-characters';
const SERVER = 2;
const CLIENT = 3;
const used = useDatabase('empty');
const directory = mkdtempSync(join(tmpdir(), 'demarche-tracing-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const settings = () => ({ DATABASE_URL: used.url, ADMIN_KEY: KEY, SEED: 'false', LOG_LEVEL: 'info' });

describe('where a collector is named', () => {
  let collector: Awaited<ReturnType<typeof startCollector>>;
  let program: Program;
  beforeAll(async () => {
    collector = await startCollector();
    program = await startProgram({
      ...settings(),
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.address,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-token=for-the-collector-alone',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      OTEL_BSP_SCHEDULE_DELAY: '50',
    });
  });
  afterAll(async () => {
    program?.process.kill('SIGKILL');
    await program?.ended();
    await collector?.stop();
  });

  const traceId = () => Array.from({ length: 32 }, () => Math.floor(Math.random() * 16).toString(16)).join('');
  const ofTrace = (id: string) => collector.spans.filter((span) => span.traceId === id);
  const requestOf = async (id: string) => {
    await expect.poll(() => ofTrace(id).some(({ kind }) => kind === SERVER)).toBe(true);
    return ofTrace(id).find(({ kind }) => kind === SERVER)!;
  };
  const within = (id: string) => ({ traceparent: `00-${id}-00f067aa0ba902b7-01` });

  test('a request is a span, by the name of its operation, in the trace that it came with', async () => {
    const id = traceId();
    expect((await fetch(`${program.address}/v1/topics/nothing?known_at=2025-01-01`, { headers: within(id) })).status).toBe(404);
    const span = await requestOf(id);
    expect(span).toMatchObject({ name: 'getTopic', parentSpanId: '00f067aa0ba902b7', service: 'demarche', status: 0 });
    expect(span.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/v1/topics/{key}',
      'http.response.status_code': 404,
      'network.protocol.version': '1.1',
      'url.scheme': 'http',
    });
    expect(collector.received.at(-1)).toMatchObject({
      path: '/v1/traces',
      headers: { 'content-type': 'application/x-protobuf', 'x-collector-token': 'for-the-collector-alone' },
    });
    expect(collector.received.map(({ body }) => body.includes('deployment.environment.name')).at(-1)).toBe(true);
  });

  test('its statements are its children, also after a body; the log names the trace', async () => {
    const id = traceId();
    const answer = await fetch(`${program.address}/v1/topics`, {
      method: 'POST',
      headers: { ...within(id), authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ slug: 'traced', name: 'A name that nobody traces' }),
    });
    expect(answer.status).toBe(201);
    const { spanId, name } = await requestOf(id);
    expect(name).toBe('createTopic');
    const statements = ofTrace(id).filter(({ kind }) => kind === CLIENT);
    for (const { parentSpanId, attributes, name } of statements) {
      expect(parentSpanId).toBe(spanId);
      expect(attributes).toEqual({ 'db.system.name': 'postgresql', 'db.query.summary': name });
    }
    const names = statements.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['select api_keys', 'begin', 'insert revisions', 'commit']));
    await expect.poll(() => program.output()).toContain(`"trace_id":"${id}"`);
  });

  test('what is nowhere is named by its method alone; one that came with no trace begins one', async () => {
    const before = collector.spans.length;
    await fetch(`${program.address}/nowhere/secret-path`);
    const rest = () => collector.spans.slice(before).filter(({ kind }) => kind === SERVER);
    await expect.poll(rest).toHaveLength(1);
    expect(rest()[0]).toMatchObject({ name: 'GET', parentSpanId: '', attributes: { 'http.response.status_code': 404 } });
    expect(rest()[0]!.traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
  });

  test('no trace holds a key, a query, a header, a body or an error with a value', async () => {
    const id = traceId();
    const secrets = ['dmr_wrong-key-wrong-key', 'a-searched-word', 'a-header', 'a-cookie', 'a-body-of-a-webhook', 'reader/1.0'];
    await fetch(`${program.address}/v1/timeline?q=a-searched-word`, {
      headers: { ...within(id), cookie: 'a-cookie', 'x-own': 'a-header', 'user-agent': 'reader/1.0', tracestate: 'own=1' },
    });
    await fetch(`${program.address}/v1/keys`, { headers: { ...within(id), authorization: 'Bearer dmr_wrong-key-wrong-key' } });
    const { status } = await post(program.address, KEY, '/v1/webhooks', { url: 'https://8.8.8.8/', description: 'a-body-of-a-webhook' });
    expect(status).toBe(201);
    await expect.poll(() => ofTrace(id).filter(({ kind }) => kind === SERVER).length).toBe(2);
    await expect.poll(() => collector.spans.some(({ name }) => name === 'insert webhooks')).toBe(true);
    const all = Buffer.concat(collector.received.map(({ body }) => body));
    for (const secret of [...secrets, KEY, 'A name that nobody traces', 'secret-path', 'whsec_', used.url])
      expect(all.includes(secret), secret).toBe(false);
  });

  test('what was not sent yet is sent when it stops', async () => {
    const id = traceId();
    await fetch(`${program.address}/v1/topics`, { headers: within(id) });
    program.process.kill('SIGTERM');
    expect(await program.ended()).toBe(0);
    expect(ofTrace(id).filter(({ kind }) => kind === SERVER)).toHaveLength(1);
  });
});

test('a collector that is away holds nobody up: it is said in the log, and the program stops in time', async () => {
  const program = await startProgram({
    ...settings(),
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_BSP_SCHEDULE_DELAY: '20',
    OTEL_EXPORTER_OTLP_TIMEOUT: '300',
  });
  expect((await fetch(`${program.address}/v1/topics`)).status).toBe(200);
  await expect.poll(() => program.output()).toContain('traces could not be sent');
  expect((await fetch(`${program.address}/v1/topics`)).status).toBe(200);
  program.process.kill('SIGTERM');
  expect(await program.ended()).toBe(0);
});

/** Runs the program until it is told to stop. @returns what it had loaded of OpenTelemetry, but for the names that prom-client needs */
async function loaded(more: Record<string, string>): Promise<string[]> {
  const [hook, told] = [join(directory, 'hook.cjs'), join(directory, 'loaded.json')];
  writeFileSync(
    hook,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(told)}, JSON.stringify(Object.keys(require.cache))));`,
  );
  const program = await startProgram({ ...settings(), ...more, NODE_OPTIONS: `--require ${hook}` });
  expect((await fetch(`${program.address}/v1/topics`)).status).toBe(200);
  program.process.kill('SIGTERM');
  expect(await program.ended()).toBe(0);
  const all = JSON.parse(readFileSync(told, 'utf8')) as string[];
  expect(all.length).toBeGreaterThan(50);
  return all.filter((path) => /@opentelemetry\/(?!api\/)/.test(path));
}

test.each([
  [{}, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_SDK_DISABLED: 'true' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_TRACES_EXPORTER: 'none' }, false],
  [{ OTEL_SERVICE_NAME: 'tracker' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, true],
] as [Record<string, string>, boolean][])('with %j it is loaded: %j', async (more, isLoaded) => {
  expect((await loaded(more)).length > 0).toBe(isLoaded);
});
