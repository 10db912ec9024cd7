// The fuzzer's judge sees what it is there to see.
import { expect, test } from 'vitest';
import { readDocument } from './document.js';
import { createJudge } from './judge.js';

const document = readDocument();
const { complaintOf } = createJudge(document);
const operation = (id: string) => document.operations.find((one) => one.id === id)!;
const example = operation('getTopic').answers['200']!['application/json']!.example as object;
const problem = { type: '/problems/not-found', title: 'There is nothing here', status: 404, detail: 'No.', instance: 'urn:request:1' };
const asked = { method: 'GET', fault: null, bearer: 'admin' } as const;
const answer = (status: number, body: object | string, type = status < 400 ? 'application/json' : 'application/problem+json') => ({
  status,
  headers: new Headers({ 'content-type': type }),
  text: typeof body === 'string' ? body : JSON.stringify(body),
});

test('what is as the document says is taken', () => {
  expect(complaintOf(operation('getTopic'), asked, answer(200, example))).toBeNull();
  expect(complaintOf(operation('getTopic'), asked, answer(404, problem))).toBeNull();
  expect(complaintOf(operation('getTopic'), asked, answer(304, ''))).toBeNull();
});

test.each([
  ['a fault of the server', answer(500, problem), /^answered 500$/],
  ['a status that is not documented', answer(409, problem), /not documented/],
  ['a type that is not documented', answer(200, '<p>', 'text/html'), /as text\/html, which is not documented/],
  ['an error that is no problem', answer(404, { error: 'no' }, 'application/json'), /as application\/json/],
  ['a member that is not documented', answer(200, { ...example, inside: 1 }), /additional properties/],
  ['a member that is missing', answer(200, { ...example, slug: undefined }), /required property 'slug'/],
  ['a body where none is to be', answer(304, '{}'), /with a body/],
  ['a key that suffices refused', answer(401, problem), /refused a key that suffices/],
])('%s is seen', (_, given, complaint) => {
  expect(complaintOf(operation('getTopic'), asked, given)).toMatch(complaint);
});

test.each([
  ['a request without a key let in', { fault: null, bearer: 'nobody' }, /asked for no key/],
  ['a key that nobody has taken', { fault: null, bearer: 'unknown' }, /took a key that nobody has/],
  ['a wrong body taken', { fault: 'body', bearer: 'admin' }, /took a wrong body/],
  ['a wrong query taken', { fault: 'query', bearer: 'admin' }, /took a wrong query/],
  ['another type taken', { fault: 'type', bearer: 'admin' }, /took a body of another type/],
  ['broken JSON taken', { fault: 'json', bearer: 'admin' }, /took a wrong json/],
] as const)('%s is seen', (_, request, complaint) => {
  expect(complaintOf(operation('createTopic'), { method: 'POST', ...request }, answer(201, example))).toMatch(complaint);
});
