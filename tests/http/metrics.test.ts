// Figures for monitoring: what they count, who may read them, and that no name of a resource or reader gets into them.
import { beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { createRequestMeter } from '../../src/http/request-meter.js';
import { useApp } from '../support/app.js';

const api = useApp('seeded');

/** The figures by name and labels, as they are written. */
async function read(): Promise<Map<string, number>> {
  const answer = await api.get('/metrics', { as: 'admin' });
  expect(answer.statusCode).toBe(200);
  const lines = answer.body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, name, value] = /^(\S+?(?:\{.*\})?) (\S+)$/.exec(line)!;
      return [name!, Number(value)];
    }),
  );
}

const countOf = (operation: string, method: string, status: string) =>
  `demarche_request_duration_seconds_count{operation="${operation}",method="${method}",status="${status}"}`;

describe('requests', () => {
  test('are counted by operation, method and class of status, whatever their address', async () => {
    const before = await read();
    await api.get('/v1/topics/export-controls');
    await api.get('/v1/topics/governance');
    await api.get('/v1/topics/nothing-of-the-kind');
    await api.get('/v1/nothing');
    await api.app.inject({ method: 'HEAD', url: '/v1/topics/governance' });
    await api.app.inject({ method: 'PROPFIND' as 'GET', url: '/v1/topics' });
    const after = await read();
    const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    expect(grown(countOf('getTopic', 'GET', '2xx'))).toBe(2);
    expect(grown(countOf('getTopic', 'GET', '4xx'))).toBe(1);
    expect(grown(countOf('getTopic', 'HEAD', '2xx'))).toBe(1);
    expect(grown(countOf('none', 'GET', '4xx'))).toBe(1);
    expect([...after.keys()].join()).not.toMatch(/governance|nothing|PROPFIND|\/v1\//);
  });

  test('fall into the bucket of their duration and into all after it', () => {
    const meter = createRequestMeter();
    for (const ms of [0.5, 1, 1.5, 30_001]) meter.count('getTopic', 'GET', 200, ms);
    const samples = meter.samples('d');
    const bucket = (le: number | string) => samples.find(({ metricName, labels }) => metricName === 'd_bucket' && labels.le === le)!.value;
    expect([bucket(0.001), bucket(0.0025), bucket(30), bucket('+Inf')]).toEqual([2, 3, 3, 4]);
    expect(samples.find(({ metricName }) => metricName === 'd_sum')!.value).toBeCloseTo(30.004);
  });
});

test('the cache of answers tells what it had, what it had not, and how large it is', async () => {
  const before = await read();
  for (const _ of [1, 2, 3]) await api.get('/v1/timeline?type=speech&limit=7');
  const after = await read();
  const grown = (outcome: string) => {
    const name = `demarche_answer_cache_total{outcome="${outcome}"}`;
    return after.get(name)! - before.get(name)!;
  };
  expect([grown('miss'), grown('hit')]).toEqual([1, 2]);
  expect(after.get('demarche_answer_cache_bytes')).toBeGreaterThan(before.get('demarche_answer_cache_bytes')!);
});

test('the pool, the streams, the webhooks and the process are told of', async () => {
  const figures = await read();
  expect(figures.get('demarche_database_connections{state="total"}')).toBeGreaterThan(0);
  for (const name of [
    'demarche_database_connections{state="idle"}',
    'demarche_database_connections{state="waiting"}',
    'demarche_streams',
    'demarche_feed_lag_changes',
    'demarche_webhook_deliveries_total{outcome="succeeded"}',
    'demarche_webhook_deliveries_total{outcome="failed"}',
    'nodejs_eventloop_lag_p99_seconds',
    'process_resident_memory_bytes',
  ])
    expect(figures.get(name), name).toBeTypeOf('number');
});

describe('who may read them', () => {
  test('whoever bears the key of an admin', async () => {
    const statuses = [];
    for (const as of [null, 'contributor', 'editor', 'admin'] as const) statuses.push((await api.get('/metrics', { as })).statusCode);
    expect(statuses).toEqual([401, 403, 403, 200]);
  });

  describe('everybody, where METRICS_PUBLIC says so', () => {
    let app: Awaited<ReturnType<typeof buildApp>>;
    beforeAll(async () => {
      const config = { logLevel: 'silent', metricsPublic: true } as const;
      app = await buildApp({ config, database: api.database, services: api.services, openapi: '{}' });
      return () => app.close();
    });

    test('in the text form of Prometheus, kept by no cache', async () => {
      const answer = await app.inject('/metrics');
      expect(answer.statusCode).toBe(200);
      expect(answer.headers).toMatchObject({ 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' });
      expect(answer.body).toContain('# TYPE demarche_request_duration_seconds histogram');
    });
  });
});
