// The life of a resource from end to end, with bodies that fast-check makes up: made, read, changed, changed from an old
// version, replaced, deleted, used after that, restored, reverted.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { Client } from './client.js';
import type { Document, Operation } from './document.js';
import type { Answer, Judge } from './judge.js';
import type { createRequests } from './requests.js';

/** A resource, by what its operations are named after. */
const RESOURCES = ['Topic', 'Actor', 'Source', 'Initiative', 'ActionPlan', 'Event'] as const;

type Members = Record<string, unknown>;
type Requests = ReturnType<typeof createRequests>;

/** What is made is what is read; beside it the answer may tell more, such as what is like it. */
function isReadAgain(created: Answer, read: Answer): boolean {
  const [made, again] = [created, read].map(({ text }) => JSON.parse(text) as Members) as [Members, Members];
  return isDeepStrictEqual(Object.fromEntries(Object.keys(again).map((name) => [name, made[name]])), again);
}

/** @returns a property for each resource, which throws what went wrong at which step; and how many lived to the end */
export function createChains({ operations }: Document, { changesTo, resolve }: Requests, judge: Judge, { send }: Client) {
  const operation = (id: string): Operation => operations.find((one) => one.id === id)!;
  // So that none meets what another left behind; what it is does not matter to any check.
  let made = 0;
  const lived = new Map<string, number>(RESOURCES.map((name) => [name, 0]));

  async function step(id: string, url: string, wanted: number[], body?: Members, headers: Record<string, string> = {}): Promise<Answer> {
    const { method } = operation(id);
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const request = {
      method,
      url,
      bearer: 'admin',
      fault: null,
      body: sent,
      headers: { ...(sent && { 'content-type': 'application/json' }), ...headers },
    } as const;
    const answer = await send(request);
    const complaint = judge.complaintOf(operation(id), request, answer);
    if (complaint !== null) throw new Error(`${id} ${complaint}`);
    if (!wanted.includes(answer.status))
      throw new Error(`${id} answered ${answer.status} for ${wanted.join(' or ')}: ${answer.text.slice(0, 300)}`);
    return answer;
  }

  async function live(name: string, url: string, members: Members, patch: Members): Promise<void> {
    const created = await step(`create${name}`, url, [201, 409, 422], members);
    if (created.status !== 201) return;
    const itself = created.headers.get('location')!;
    const read = await step(`get${name}`, itself, [200, 410]);
    // What is made as withdrawn is gone at once.
    if (read.status === 410) return;
    if (!isReadAgain(created, read)) throw new Error(`get${name} read something else than was made`);
    const tag = { 'if-match': read.headers.get('etag')! };
    const patched = await step(`update${name}`, itself, [200, 409, 422], patch, tag);
    const isChanged = patched.status === 200 && JSON.parse(patched.text).version !== JSON.parse(read.text).version;
    if (isChanged) {
      await step(`update${name}`, itself, [412, 410], {}, tag);
      await step(`delete${name}`, itself, [412, 410], undefined, tag);
    }
    await step(`replace${name}`, itself, [200, 409, 410, 422], members);
    await step(`list${name}Revisions`, `${itself}/revisions`, [200]);
    const deleted = await step(`delete${name}`, `${itself}?reason=correction`, [204, 409, 410]);
    if (deleted.status !== 204) return;
    await useAfterDelete(name, itself, members);
    await step(`restore${name}`, `${itself}/restore`, [200]);
    // What is in force already cannot be put in force again.
    await step(`revert${name}`, `${itself}/revert`, [200, 409], { version: 1, reason: 'correction' });
    await step(`get${name}`, itself, [200, 410]);
    await step(`delete${name}`, itself, [204, 410]);
    lived.set(name, lived.get(name)! + 1);
  }

  async function useAfterDelete(name: string, itself: string, members: Members): Promise<void> {
    await step(`get${name}`, itself, [410]);
    await step(`update${name}`, itself, [410], {});
    await step(`replace${name}`, itself, [410, 422, 409], members);
    await step(`delete${name}`, itself, [410]);
    await step(`revert${name}`, `${itself}/revert`, [410], { version: 1, reason: 'correction' });
    await step(`get${name}Revision`, `${itself}/revisions/1`, [200]);
  }

  const lives = RESOURCES.map((name) => {
    const create = operation(`create${name}`);
    const update = operation(`update${name}`);
    const { schema, example } = create.body!['application/json']!;
    const patch = update.body!['application/json']!;
    return {
      id: `life of ${name}`,
      property: fc.asyncProperty(
        changesTo(example as Members, resolve(schema)),
        changesTo(patch.example as Members, resolve(patch.schema)),
        async (members, change) => {
          // Names and addresses are taken once, so each life has its own.
          const own = `fuzz-${process.pid}-${++made}`;
          await live(
            name,
            create.path,
            { ...members, slug: own, ...(name === 'Source' && { url: `https://example.org/${own}` }) },
            { ...change, slug: undefined },
          );
        },
      ),
    };
  });
  return { lives, lived };
}
