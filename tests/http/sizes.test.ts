// How much may be sent: each bound says so in a sentence, and nothing beyond it reaches the database.
import { expect, test } from 'vitest';
import { useApp } from '../support/app.js';

const api = useApp('empty');
const many = (count: number, one = 'a') => Array.from({ length: count }, (_, n) => `${one}${n}`);
const event = { type: 'statement', title: 'An event', date: '2025-07-26' };

test.each([
  ['values of a list', `/v1/timeline?topic=${many(101).join(',')}`, 400, 'at most 100 values'],
  ['a search', `/v1/timeline?q=${'x'.repeat(501)}`, 400, '500'],
  ['a cursor', `/v1/topics?cursor=${'x'.repeat(4001)}`, 400, 'cursor'],
  ['a part of the path', `/v1/topics/${'x'.repeat(201)}`, 414, '200'],
])('%s', async (_, url, status, sentence) => {
  const statements = await api.countStatements(async () => {
    const answer = await api.get(url);
    expect(answer.statusCode).toBe(status);
    expect(JSON.stringify(answer.json())).toContain(sentence);
  });
  expect(statements).toEqual([]);
});

test.each([
  ['topics', many(51)],
  ['initiatives', many(21)],
  ['actors', many(301).map((actor) => ({ actor, role: 'host' }))],
  ['sources', many(101, 'https://example.org/').map((source) => ({ source }))],
])('the %s of an event', async (member, values) => {
  const answer = await api.post('/v1/events', { ...event, [member]: values });
  expect(answer.statusCode).toBe(422);
  expect(answer.json().errors).toEqual([expect.objectContaining({ pointer: `/${member}` })]);
});

test('a body', async () => {
  const answer = await api.post('/v1/topics', { name: 'A', description: 'x'.repeat(1024 * 1024) });
  expect([answer.statusCode, answer.json().detail]).toEqual([413, expect.stringContaining('1 MiB')]);
});
