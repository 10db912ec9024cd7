// Creating, reading, changing, deleting and restoring: the same promises for every resource.
import { beforeAll, describe, expect, test } from 'vitest';
import { useApp } from '../support/app.js';
import { countRevisions, prepare, RESOURCES } from './every-resource.js';

const api = useApp('empty');
beforeAll(() => prepare(api));

describe.each(RESOURCES)('$name', ({ path, whole, least, optional, key, address }) => {
  let n = 0;
  /** A new one of its own for each test. */
  const make = async () => {
    const body = whole(++n);
    const response = await api.post(path, body);
    expect(response.statusCode).toBe(201);
    // Of a new event more is told than the event.
    const { similar: _, ...resource } = response.json();
    return { n, body, itself: `${path}/${key(n)}`, created: response, resource };
  };

  test('is created with its address, its tag and version 1', async () => {
    const { body, itself, created, resource } = await make();
    expect(created.headers.location).toBe(itself);
    expect(created.json()).toMatchObject({ ...body, version: 1 });
    const read = await api.get(itself);
    expect(read.json()).toEqual(resource);
    expect(read.headers.etag).toBe(created.headers.etag);
  });

  test('is read by its id too', async () => {
    const { itself, created } = await make();
    if (address === 'number') return expect((await api.get(`${path}/${created.json().id}`)).statusCode).toBe(400);
    expect((await api.get(`${path}/${created.json().id}`)).body).toBe((await api.get(itself)).body);
  });

  test('is replaced whole: what is left out goes back to its default', async () => {
    const { n, itself, created } = await make();
    const replaced = await api.put(itself, least(n));
    expect(replaced.statusCode).toBe(200);
    expect(replaced.json()).toMatchObject({ ...least(n), [optional.member]: optional.otherwise, version: 2, id: created.json().id });
  });

  test('is patched: what is left out stays, null removes', async () => {
    const { n, body, itself } = await make();
    const title = 'title' in least(n) ? 'title' : 'name';
    expect((await api.patch(itself, { [title]: 'Another title' })).json()).toMatchObject({ ...body, [title]: 'Another title', version: 2 });
    expect((await api.patch(itself, { [optional.member]: null })).json()).toMatchObject({
      [optional.member]: optional.otherwise,
      version: 3,
    });
  });

  test('keeps its version where nothing changes', async () => {
    const { body, itself, resource } = await make();
    const before = await countRevisions(api);
    for (const response of [await api.put(itself, body), await api.patch(itself, {})]) expect(response.json()).toEqual(resource);
    expect(await countRevisions(api)).toBe(before);
  });

  test('is deleted, answers 410 with its tombstone, stands in no list, and is restored', async () => {
    const { itself, created, resource } = await make();
    const deleted = await api.delete(`${itself}?reason=correction`);
    expect([deleted.statusCode, deleted.body]).toEqual([204, '']);
    const gone = await api.get(itself);
    expect(gone.statusCode).toBe(410);
    expect(gone.json().tombstone).toMatchObject({ id: created.json().id, state: 'deleted', version: 2, reason: 'correction' });
    const listed = async () => (await api.get(`${path}?limit=200`)).json().data.map(({ id }: { id: string }) => id);
    expect(await listed()).not.toContain(created.json().id);
    for (const refused of [await api.put(itself, least(n)), await api.patch(itself, {}), await api.delete(itself)])
      expect(refused.statusCode).toBe(410);
    const restored = await api.post(`${itself}/restore`);
    expect(restored.json()).toEqual({ ...resource, version: 3, updated_at: restored.json().updated_at });
    expect(await listed()).toContain(created.json().id);
    expect((await api.post(`${itself}/restore`)).statusCode).toBe(409);
  });

  test('is not there where it never was', async () => {
    const itself = `${path}/${address === 'number' ? 999 : 'never-was'}`;
    const answers = [
      await api.get(itself),
      await api.put(itself, { ...least(999), ...(address === 'slug' && { slug: 'never-was' }) }),
      await api.patch(itself, {}),
      await api.delete(itself),
      await api.post(`${itself}/restore`),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404, 404, 404]);
  });

  test('cannot take the address of another one, deleted or not', async () => {
    const { body, itself } = await make();
    expect((await api.post(path, body)).json()).toMatchObject({ status: 409, detail: expect.stringContaining('already') });
    await api.delete(itself);
    expect((await api.post(path, body)).json()).toMatchObject({ status: 409, detail: expect.stringContaining('/restore') });
  });

  test('never changes its address', async () => {
    const { itself } = await make();
    const other = address === 'number' ? 9998 : 'another-slug';
    const answer = await api.patch(itself, { [address]: other });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors).toMatchObject([{ pointer: `/${address}` }]);
  });

  test('with validate_only nothing is kept, and the answer is what would have been', async () => {
    const { body, itself, resource } = await make();
    const before = await countRevisions(api);
    const tried = await api.post(`${path}?validate_only=true`, whole(++n));
    expect([tried.statusCode, tried.json()]).toMatchObject([200, { ...whole(n), version: 1 }]);
    expect(tried.headers.location).toBeUndefined();
    expect((await api.get(`${path}/${key(n)}`)).statusCode).toBe(404);
    expect((await api.patch(`${itself}?validate_only=true`, { [optional.member]: null })).json()).toMatchObject({ version: 2 });
    expect((await api.delete(`${itself}?validate_only=true`)).statusCode).toBe(204);
    expect((await api.post(`${path}?validate_only=true`, body)).statusCode).toBe(409);
    expect((await api.get(itself)).json()).toEqual(resource);
    expect(await countRevisions(api)).toBe(before);
  });

  test('an unknown member is refused, and nothing is written', async () => {
    const before = await countRevisions(api);
    const { itself } = { itself: `${path}/${key(1)}` };
    for (const answer of [await api.post(path, { ...whole(++n), sorce: 1 }), await api.patch(itself, { sorce: 1 })]) {
      expect(answer.statusCode).toBe(422);
      expect(answer.json().errors[0]).toMatchObject({ pointer: '/sorce' });
    }
    expect(await countRevisions(api)).toBe(before);
  });
});
