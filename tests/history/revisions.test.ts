// What was of every resource can be read: the list of its versions, each of them whole, the difference between two.
import { applyPatch } from 'rfc6902';
import { beforeAll, describe, expect, test } from 'vitest';
import { prepare, RESOURCES } from '../resources/every-resource.js';
import { useApp } from '../support/app.js';

const api = useApp('empty');
beforeAll(() => prepare(api));

describe.each(RESOURCES)('$name', ({ path, whole, key, optional }) => {
  const itself = `${path}/${key(1)}`;
  const history = `${itself}/revisions`;
  const stateOf = async (version: number) => (await api.get(`${history}/${version}`)).json().state;

  beforeAll(async () => {
    await api.post(path, { ...whole(1), reason: 'new_development', comment: 'First seen' });
    await api.patch(itself, { [optional.member]: null, reason: 'correction' });
    await api.delete(`${itself}?reason=editorial&comment=Twice`);
    await api.post(`${itself}/restore`);
  });

  test('each version is listed, newest first, with what was done, by whom, when and why', async () => {
    const { data, page } = (await api.get(history)).json();
    expect(data.map(({ version, operation, reason, comment }: Record<string, unknown>) => [version, operation, reason, comment])).toEqual([
      [4, 'restored', null, null],
      [3, 'deleted', 'editorial', 'Twice'],
      [2, 'updated', 'correction', null],
      [1, 'created', 'new_development', 'First seen'],
    ]);
    expect(new Set(data.map(({ author }: { author: string }) => author))).toEqual(new Set(['test editor']));
    expect(data.map(({ changed }: { changed: string[] }) => changed).slice(0, 3)).toEqual([[], [], [optional.member]]);
    expect(data[3].changed).toEqual(expect.arrayContaining(Object.keys(whole(1))));
    const order = data.map(({ seq }: { seq: number }) => seq);
    expect(order).toEqual([...order].sort((a, b) => b - a));
    expect(page).toEqual({ next: null, previous: null, limit: 50 });
  });

  test('pages of the list can be walked to its end and back, and lose none', async () => {
    const versionsAt = async (url: string) => {
      const { data, page } = (await api.get(url)).json();
      return { versions: data.map(({ version }: { version: number }) => version), ...page };
    };
    const first = await versionsAt(`${history}?limit=3`);
    const second = await versionsAt(first.next);
    expect([first.versions, second.versions, second.next]).toEqual([[4, 3, 2], [1], null]);
    expect((await versionsAt(second.previous)).versions).toEqual([4, 3, 2]);
    expect((await api.get(first.next.replace(key(1), key(2)))).statusCode).toBe(404);
  });

  test('a version is read whole, with the addresses of its neighbours', async () => {
    const second = await api.get(`${history}/2`);
    expect(second.json()).toMatchObject({ version: 2, operation: 'updated', previous: `${history}/1`, next: `${history}/3` });
    expect(second.headers.link).toBe(`<${history}/1>; rel="predecessor-version", <${history}/3>; rel="successor-version"`);
    expect((await stateOf(1))[optional.member]).toEqual(whole(1)[optional.member]);
    expect((await stateOf(2))[optional.member]).toEqual(optional.otherwise);
    expect((await api.get(`${history}/1`)).json().previous).toBeNull();
    expect((await api.get(`${history}/4`)).json().next).toBeNull();
  });

  test('a version that a reader has already is not sent again', async () => {
    const { headers } = await api.get(`${history}/2`);
    expect((await api.get(`${history}/2`, { headers: { 'if-none-match': String(headers.etag) } })).statusCode).toBe(304);
  });

  test('the state of a version is what PUT takes', async () => {
    const restored = await api.put(itself, await stateOf(1));
    expect(restored.statusCode, restored.body).toBe(200);
    expect(await stateOf(5)).toEqual(await stateOf(1));
    await api.put(itself, await stateOf(2));
  });

  test('the difference between two versions is a patch, and a sentence for each change, in either direction', async () => {
    for (const [from, to] of [
      [1, 2],
      [2, 1],
      [1, 1],
      [2, 3],
    ] as const) {
      const diff = (await api.get(`${history}?diff=${from}..${to}`)).json();
      const state = await stateOf(from);
      expect(applyPatch(state, diff.patch).every((fault) => fault === null)).toBe(true);
      expect(state).toEqual(await stateOf(to));
      expect([diff.from, diff.to]).toEqual([from, to]);
      const pointers = from + to === 3 ? [`/${optional.member}`] : [];
      expect(diff.changes.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
    }
  });

  test('what was deleted keeps its history', async () => {
    await api.delete(itself);
    expect((await api.get(itself)).statusCode).toBe(410);
    expect((await api.get(history)).json().data[0]).toMatchObject({ operation: 'deleted' });
    expect((await api.get(`${history}/1`)).statusCode).toBe(200);
    expect((await api.get(`${history}?diff=1..2`)).statusCode).toBe(200);
    await api.post(`${itself}/restore`);
  });

  test('what never was has none', async () => {
    const missing = (await api.get(`${path}/${key(99)}`)).json();
    for (const url of ['revisions', 'revisions/1', 'revisions?diff=1..2']) {
      const answer = await api.get(`${path}/${key(99)}/${url}`);
      expect(answer.json()).toEqual({ ...missing, instance: answer.json().instance });
    }
    expect((await api.get(`${history}/99`)).json()).toMatchObject({
      status: 404,
      detail: expect.stringMatching(/^There is no version 99 of the .* there are versions from 1 to \d+\.$/),
    });
  });

  test.each([
    ['diff=1..99', /^There is no version 99 of the .*; there are versions from 1 to \d+\.$/],
    ['diff=x', /^diff takes two versions, such as 3\.\.7, in either order\.$/],
    ['diff=1..', /^diff takes two versions/],
    ['diff=0..1', /^diff takes two versions/],
    ['diff=1..2&limit=5', /^diff answers one difference and no page/],
    ['version=2', /^There is no parameter version/],
    ['cursor=nonsense', /^The cursor is not one that this server gave/],
  ])('%s is a mistake that is told', async (query, detail) => {
    expect((await api.get(`${history}?${query}`)).json()).toMatchObject({ status: 400, detail: expect.stringMatching(detail) });
  });
});
