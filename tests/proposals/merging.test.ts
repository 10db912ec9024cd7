// A change that was made for an older version: it is merged where fields do not clash, and refused with the clash shown
// where they do.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { clashesOf } from '../../src/proposals/clashes.js';
import type { Members } from '../../src/proposals/schema.js';
import { mergePatch } from '../../src/resources/merge-patch.js';
import { useApp } from '../support/app.js';
import { proposeChange, proposing, recorded } from './proposing.js';

const api = useApp('empty');
const { propose, step, take, read, event } = proposing(api);
const patch = async (slug: string, change: object) => expect((await api.patch(`/v1/events/${slug}`, change)).statusCode).toBe(200);
const get = async (slug: string) => (await api.get(`/v1/events/${slug}`)).json();

beforeAll(async () => {
  for (const slug of ['one', 'two']) await api.post('/v1/topics', { name: slug, slug });
});

describe('when it is accepted', () => {
  test('what others changed elsewhere stays', async () => {
    await event('merged', { summary: 'Before', significance: 2 });
    const { id } = await propose(proposeChange('merged', { significance: 5, topics: ['one'] }));
    await patch('merged', { summary: 'Meanwhile', certainty: 'reported' });
    const { verdict } = await take(id, 'accept');
    expect(verdict!.revision!.version).toBe(3);
    const { summary, certainty, significance, topics } = await get('merged');
    expect([summary, certainty, significance, topics[0].slug]).toEqual(['Meanwhile', 'reported', 5, 'one']);
  });

  test('members of an object are looked at one by one', async () => {
    await event('deep', { place: { name: 'A hall', city: 'Geneva', country_code: 'CH' } });
    const { id } = await propose(proposeChange('deep', { place: { name: 'Another hall' } }));
    await patch('deep', { place: { city: 'Lausanne' } });
    await take(id, 'accept');
    expect((await get('deep')).place).toEqual({ name: 'Another hall', city: 'Lausanne', country_code: 'CH', country_name: 'Switzerland' });
  });

  test('what both changed is a clash: nothing is done, and it is shown', async () => {
    await event('clash', { title: 'Before', place: { name: 'A hall', city: 'Geneva', country_code: 'CH' } });
    const { id } = await propose(proposeChange('clash', { title: 'Proposed', place: { city: 'Bern' }, significance: 5 }));
    await patch('clash', { title: 'Theirs', place: { city: 'Lausanne' } });
    const before = await recorded(api);
    const answer = await step(id, 'accept');
    expect(answer.statusCode).toBe(409);
    const { clashes } = answer.json();
    expect(clashes).toHaveLength(2);
    expect(clashes).toContainEqual({ field: '/title', base: 'Before', theirs: 'Theirs', proposed: 'Proposed' });
    expect(clashes).toContainEqual({ field: '/place/city', base: 'Geneva', theirs: 'Lausanne', proposed: 'Bern' });
    expect(answer.json().detail).toContain('since version 1');
    expect([await recorded(api), (await read(id)).state, (await get('clash')).significance]).toEqual([before, 'open', 3]);
  });

  test('a clash is mended by a revision against the version in force', async () => {
    await event('mended', { title: 'Before' });
    const { id } = await propose(proposeChange('mended', { title: 'Proposed' }));
    await patch('mended', { title: 'Theirs' });
    await take(id, 'request-changes', { comment: 'It has changed since.' });
    const stale = await api.patch(`/v1/proposals/${id}`, { rationale: 'Still' }, { as: 'contributor' });
    expect([stale.statusCode, stale.json().clashes.length]).toEqual([409, 1]);
    const revised = await api.patch(`/v1/proposals/${id}`, { target: { version: 2 } }, { as: 'contributor' });
    expect(revised.json().target.version).toBe(2);
    await take(id, 'accept');
    expect((await get('mended')).title).toBe('Proposed');
  });

  test('the same change by somebody else is none any more', async () => {
    await event('same', { title: 'Before' });
    const { id } = await propose(proposeChange('same', { title: 'Both', significance: 5 }));
    await patch('same', { title: 'Both' });
    await take(id, 'accept');
    expect(await get('same')).toMatchObject({ title: 'Both', significance: 5 });
    const all = await propose(proposeChange('same', { significance: 1 }));
    await patch('same', { significance: 1 });
    expect((await step(all.id, 'accept')).json().detail).toContain('changes nothing');
  });

  test('a list is one value: two additions to it clash', async () => {
    await event('list');
    const { id } = await propose(proposeChange('list', { topics: ['one'] }));
    await patch('list', { topics: ['two'] });
    expect((await step(id, 'accept')).json().clashes).toEqual([{ field: '/topics', base: [], theirs: ['two'], proposed: ['one'] }]);
  });

  test('a withdrawal is done whatever else was changed', async () => {
    await event('withdrawn');
    const { id, kind } = await propose(proposeChange('withdrawn', null));
    await patch('withdrawn', { title: 'Changed' });
    const { verdict } = await take(id, 'accept', { reason: 'correction' });
    expect([kind, (await api.get('/v1/events/withdrawn')).statusCode]).toEqual(['withdraw', 410]);
    expect((await api.get(verdict!.revision!.url)).json()).toMatchObject({ operation: 'withdrawn', reason: 'correction' });
  });
});

test('when it is sent, too, a stale change is merged or refused', async () => {
  await event('stale', { title: 'Before' });
  await patch('stale', { title: 'Theirs' });
  expect((await propose(proposeChange('stale', { significance: 5 }, {}, 1))).target.version).toBe(1);
  const answer = await api.post('/v1/proposals', proposeChange('stale', { title: 'Proposed' }, {}, 1), { as: 'contributor' });
  expect([answer.statusCode, answer.json().clashes[0].field]).toEqual([409, '/title']);
});

describe('clashes of any three documents', () => {
  const names = fc.constantFrom('a', 'b', 'c');
  /** @param leaves in patches null removes, in documents there is none */
  const membersOf = (...leaves: unknown[]) => {
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(1, 2, 'a', ...leaves),
        fc.array(fc.constantFrom(1, 2), { maxLength: 2 }),
        fc.dictionary(names, tie('value'), { maxKeys: 3 }),
      ),
    }));
    return fc.dictionary(names, value, { maxKeys: 3 }) as fc.Arbitrary<Members>;
  };
  const [document, change] = [membersOf(), membersOf(null)];

  test('there is none with what nobody changed, and none of a patch that is empty', () => {
    fc.assert(fc.property(document, change, (base, ours) => clashesOf(base, base, ours).length === 0));
    fc.assert(fc.property(document, document, (base, current) => clashesOf(base, current, {}).length === 0));
  });

  test('without one, both changes can be made in either order', () => {
    let [merged, clashed] = [0, 0];
    fc.assert(
      fc.property(document, document, change, (base, current, ours) => {
        if (clashesOf(base, current, ours).length > 0) return void clashed++;
        merged++;
        expect(filled(mergePatch(current, ours))).toEqual(filled(mergePatch(mergePatch(base, ours), patchTo(base, current))));
      }),
      { numRuns: 2000 },
    );
    expect(Math.min(merged, clashed)).toBeGreaterThan(100);
  });

  const isMembers = (input: unknown): input is Members => typeof input === 'object' && input !== null && !Array.isArray(input);

  /** What makes one document of another. */
  function patchTo(from: Members, to: Members): Members {
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((name) => !isDeepStrictEqual(from[name], to[name]));
    return Object.fromEntries(
      names.map((name) => {
        const [was, is] = [from[name], to[name]];
        return [name, isMembers(was) && isMembers(is) ? patchTo(was, is) : (is ?? null)];
      }),
    );
  }

  /** Without objects that have nothing in them: what is empty and what is not there mean the same. */
  function filled(input: unknown): unknown {
    if (!isMembers(input)) return input;
    const kept = Object.entries(input).flatMap(([name, one]) => (filled(one) === undefined ? [] : [[name, filled(one)]]));
    return kept.length === 0 ? undefined : Object.fromEntries(kept);
  }
});
