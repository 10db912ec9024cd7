// Webhooks over HTTP: what is taken and refused, for whom, and that a secret is shown once.
import { Writable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { useApp } from '../support/app.js';
import { startReceiver } from './receiver.js';

const api = useApp('empty', { allowPrivateWebhooks: true });
const guarded = useApp('empty');
const admin = { as: 'admin' } as const;
const make = async (body: object = {}) => (await api.post('/v1/webhooks', { url: 'http://127.0.0.1:1/hooks', ...body }, admin)).json();

test('one is made, read, changed, listed and deleted', async () => {
  const made = await api.post(
    '/v1/webhooks',
    { url: 'http://127.0.0.1:1/hooks', description: 'Newsroom', filters: { topic: ['chips'] } },
    admin,
  );
  const { id, secret, ...rest } = made.json();
  expect([made.statusCode, made.headers.location, made.headers['cache-control']]).toEqual([201, `/v1/webhooks/${id}`, 'no-store']);
  expect(secret).toMatch(/^whsec_[\w+/]{43}=$/);
  expect(rest).toMatchObject({
    url: 'http://127.0.0.1:1/hooks',
    description: 'Newsroom',
    filters: { topic: ['chips'] },
    include_hidden: false,
    state: 'enabled',
    disabled_reason: null,
    failures: 0,
  });
  expect((await api.get(`/v1/webhooks/${id}`, admin)).json()).toEqual({ id, ...rest });
  const changed = await api.patch(`/v1/webhooks/${id}`, { description: null, filters: { topic: null, entity: ['event'] } }, admin);
  expect(changed.json()).toMatchObject({ description: null, filters: { entity: ['event'] }, url: rest.url });
  expect((await api.patch(`/v1/webhooks/${id}`, { filters: null }, admin)).json()).toMatchObject({ filters: {} });
  expect((await api.delete(`/v1/webhooks/${id}`, admin)).statusCode).toBe(204);
  for (const answer of [await api.get(`/v1/webhooks/${id}`, admin), await api.delete(`/v1/webhooks/${id}`, admin)])
    expect(answer.json()).toMatchObject({ status: 404, detail: `There is no webhook ${id}.` });
});

test('lists are paged by cursor, the newest first, there and back', async () => {
  const ids: string[] = [];
  for (let index = 0; index < 5; index++) ids.unshift((await make()).id);
  const page = async (url: string) => (await api.get(url, admin)).json();
  const idsOf = ({ data }: { data: { id: string }[] }) => data.map(({ id }) => id);
  const first = await page('/v1/webhooks?limit=2');
  const second = await page(first.page.next);
  expect([idsOf(first), idsOf(second)]).toEqual([ids.slice(0, 2), ids.slice(2, 4)]);
  expect(idsOf(await page(second.page.previous))).toEqual(ids.slice(0, 2));
  expect((await api.get('/v1/webhooks?cursor=nonsense', admin)).json()).toMatchObject({ status: 400, errors: [{ parameter: 'cursor' }] });
});

test('deliveries are paged by cursor, the newest first', async () => {
  const { id } = await make();
  await api.database.pool.query(
    `insert into webhook_deliveries (webhook_id, message_id, seq, attempt, status, duration_ms, at)
     select $1, 'm', n, 1, 'succeeded', 1, now() from generate_series(1, 5) n`,
    [id],
  );
  const seqsOf = async (url: string) => {
    const { data, page } = (await api.get(url, admin)).json();
    return { seqs: data.map(({ seq }: { seq: number }) => seq), next: page.next };
  };
  const first = await seqsOf(`/v1/webhooks/${id}/deliveries?limit=3`);
  expect(first.seqs).toEqual([5, 4, 3]);
  expect(await seqsOf(first.next)).toEqual({ seqs: [2, 1], next: null });
  const other = await make();
  expect((await api.get(first.next.replace(id, other.id), admin)).json()).toMatchObject({ status: 400, errors: [{ parameter: 'cursor' }] });
});

describe('is refused with a place and a sentence:', () => {
  test.each<[object, string]>([
    [{}, '/url'],
    [{ url: 7 }, '/url'],
    [{ url: 'not an address' }, '/url'],
    [{ url: 'https://user:canary@example.org/' }, '/url'],
    [{ url: 'http://127.0.0.1/', filters: { kind: ['event'] } }, '/filters/kind'],
    [{ url: 'http://127.0.0.1/', filters: { entity: ['webhook'] } }, '/filters/entity/0'],
    [{ url: 'http://127.0.0.1/', filters: { type: [] } }, '/filters/type'],
    [{ url: 'http://127.0.0.1/', filters: { actor: ['Not A Slug'] } }, '/filters/actor/0'],
    [{ url: 'http://127.0.0.1/', since: -1 }, '/since'],
    [{ url: 'http://127.0.0.1/', since: 1_000_000 }, '/since'],
    [{ url: 'http://127.0.0.1/', secret: 'whsec_mine' }, '/secret'],
    [{ url: 'http://127.0.0.1/', state: 'disabled' }, '/state'],
  ])('%j', async (body, pointer) => {
    const answer = await api.post('/v1/webhooks', body, admin);
    expect(answer.json()).toMatchObject({ status: 422, errors: [{ pointer, detail: expect.stringMatching(/\.$/) }] });
    expect(answer.body).not.toContain('canary');
  });

  test('what a patch cannot set', async () => {
    const { id } = await make();
    for (const [body, pointer] of [
      [{ url: null }, '/url'],
      [{ url: 'gopher://example.org' }, '/url'],
      [{ state: 'paused' }, '/state'],
      [{ secret: 'whsec_mine' }, '/secret'],
      [{ position: 0 }, '/position'],
      [{ filters: { operation: ['moved'] } }, '/filters/operation/0'],
    ] as const)
      expect((await api.patch(`/v1/webhooks/${id}`, body, admin)).json()).toMatchObject({ status: 422, errors: [{ pointer }] });
  });

  test('a replay from nowhere and from the future', async () => {
    const { id } = await make();
    for (const query of ['', '?since=', '?since=-1', '?since=x', '?since=999999', '?since=0&from=1'])
      expect((await api.post(`/v1/webhooks/${id}/replay${query}`, undefined, admin)).statusCode, query).toBe(400);
  });
});

test('where private addresses are not allowed, they are refused when one is made and when it is changed', async () => {
  for (const url of [
    'http://example.org/',
    'https://127.0.0.1/',
    'https://[::ffff:10.0.0.1]/',
    'https://2130706433/',
    'https://localhost/',
  ])
    expect((await guarded.post('/v1/webhooks', { url }, admin)).json(), url).toMatchObject({ status: 422, errors: [{ pointer: '/url' }] });
  const made = await guarded.post('/v1/webhooks', { url: 'https://8.8.8.8/hooks' }, admin);
  expect(made.statusCode).toBe(201);
  const patched = await guarded.patch(`/v1/webhooks/${made.json().id}`, { url: 'https://169.254.169.254/' }, admin);
  expect(patched.json()).toMatchObject({ status: 422, errors: [{ pointer: '/url' }] });
  // What came into the table by another way is refused at the attempt.
  await guarded.database.pool.query(`update webhooks set url = 'https://127.0.0.1:1/'`);
  const tried = await guarded.post(`/v1/webhooks/${made.json().id}/test`, undefined, admin);
  expect(tried.json()).toMatchObject({
    status: 'failed',
    response_status: null,
    error: expect.stringMatching(/private or special address/),
  });
});

test('editors and contributors may not even look, and nobody without a key', async () => {
  const { id } = await make();
  const requests = [
    ['GET', '/v1/webhooks'],
    ['POST', '/v1/webhooks'],
    ['GET', `/v1/webhooks/${id}`],
    ['PATCH', `/v1/webhooks/${id}`],
    ['DELETE', `/v1/webhooks/${id}`],
    ['GET', `/v1/webhooks/${id}/deliveries`],
    ['POST', `/v1/webhooks/${id}/replay?since=0`],
    ['POST', `/v1/webhooks/${id}/test`],
    ['POST', `/v1/webhooks/${id}/rotate-secret`],
  ] as const;
  for (const [method, url] of requests) {
    const ask = (key?: string) => api.app.inject({ method, url, headers: key === undefined ? {} : { authorization: `Bearer ${key}` } });
    const answers = await Promise.all([ask(), ask(api.keys.contributor), ask(api.keys.editor)]);
    expect(
      answers.map(({ statusCode }) => statusCode),
      `${method} ${url}`,
    ).toEqual([401, 403, 403]);
  }
  expect((await api.get(`/v1/webhooks/${id}`, admin)).statusCode).toBe(200);
});

describe('a secret', () => {
  afterAll(() => api.services.deliveries.stop());

  test('is in no answer after the one that made it, in no log, no history and no message', async () => {
    const lines: string[] = [];
    const logTo = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const { database, services } = api;
    const logging = await buildApp({ config: { logLevel: 'trace' }, database, services, openapi: '{"openapi":"3.1.0"}', logTo });
    const receiver = await startReceiver((response) => response.writeHead(410).end());
    const { id, secret: first } = await make({ url: receiver.url });
    const headers = { authorization: `Bearer ${api.keys.admin}` };
    const second = (await logging.inject({ method: 'POST', url: `/v1/webhooks/${id}/rotate-secret`, headers })).json().secret;
    const answers: string[] = [];
    const ask = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object): Promise<void> => {
      const { body, headers: sent } = await logging.inject({ method, url: `/v1/webhooks${path}`, headers, ...(payload && { payload }) });
      answers.push(body, JSON.stringify(sent));
    };
    api.services.deliveries.start(logging.log);
    expect((await api.post('/v1/topics', { name: 'Canary' })).statusCode).toBe(201);
    await expect.poll(async () => (await api.get(`/v1/webhooks/${id}`, admin)).json().state).toBe('disabled');
    await ask('POST', `/${id}/test`);
    await ask('GET', '');
    await ask('GET', `/${id}`);
    await ask('GET', `/${id}/deliveries`);
    await ask('PATCH', `/${id}`, { state: 'enabled' });
    await ask('PATCH', `/${id}`, { secret: 'x' });
    await ask('POST', `/${id}/replay?since=999999`);
    await ask('POST', `/${id}/replay?since=0`);
    const { rows } = await api.database.pool.query(
      `select jsonb_agg(r)::text as text from revisions r union all select jsonb_agg(d)::text from webhook_deliveries d
       union all select jsonb_agg(j)::text from pgboss.job j`,
    );
    const everything = [...answers, ...lines, JSON.stringify(rows), JSON.stringify(receiver.received)].join('\n');
    expect(lines.join('')).toContain('webhook disabled');
    expect(everything).toContain('410 Gone');
    for (const secret of [first, second]) expect(everything).not.toContain(secret.slice('whsec_'.length));
    expect(everything).not.toContain('whsec_');
    await logging.close();
    await receiver.close();
  });
});
