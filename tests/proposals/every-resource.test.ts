// Everything can be proposed alike: something new, a change, and that it goes.
import { beforeAll, describe, expect, test } from 'vitest';
import { prepare, RESOURCES } from '../resources/every-resource.js';
import { useApp } from '../support/app.js';
import { findDerivedWrongly, findFaults } from '../support/consistency.js';
import { proposing, why } from './proposing.js';

const api = useApp('empty');
const { propose, take } = proposing(api);
beforeAll(() => prepare(api));

describe.each(RESOURCES)('$name', ({ entity, path, whole, key, optional: { member, otherwise } }) => {
  const isItem = entity === 'action_item';
  const address = `${path}/${key(1)}`;
  const id = isItem ? `the-plan/${key(1)}` : key(1);

  test('is proposed, and made when it is accepted', async () => {
    const sent = await propose({ target: { entity }, change: { ...whole(1), ...(isItem && { plan: 'the-plan' }) }, ...why });
    expect((await api.get(address)).statusCode).toBe(404);
    const { verdict } = await take(sent.id, 'accept');
    const made = (await api.get(address)).json();
    expect(made).toMatchObject({ ...whole(1), version: 1 });
    expect(verdict!.revision).toMatchObject({ entity, id: made.id, version: 1, slug: id, url: `${address}/revisions/1` });
    expect((await api.get(verdict!.revision!.url)).json()).toMatchObject({ operation: 'created', seq: verdict!.revision!.seq });
  });

  test('is changed by a merge patch', async () => {
    const sent = await propose({ target: { entity, id, version: 1 }, change: { [member]: null }, ...why });
    expect(sent.target).toMatchObject({ slug: id, url: address });
    const { verdict } = await take(sent.id, 'accept');
    expect((await api.get(address)).json()).toMatchObject({ [member]: otherwise, version: 2 });
    expect((await api.get(verdict!.revision!.url)).json().changed).toEqual([member]);
  });

  test('goes, and can be restored', async () => {
    const sent = await propose({ target: { entity, id }, change: null, ...why });
    expect(sent).toMatchObject({ kind: 'withdraw', change: null, content_hidden: false });
    const { verdict } = await take(sent.id, 'accept', { reason: 'correction' });
    const { tombstone } = (await api.get(address)).json();
    expect(tombstone).toMatchObject({
      state: entity === 'event' ? 'withdrawn' : 'deleted',
      reason: 'correction',
      version: verdict!.revision!.version,
    });
    expect((await api.post(`${address}/restore`)).statusCode).toBe(200);
  });
});

test('what is derived is as the revisions say', async () => {
  expect(await findFaults(api.database)).toEqual([]);
  expect(await findDerivedWrongly(api.database)).toEqual([]);
});
