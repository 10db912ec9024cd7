// What differs between two states: a patch that programs can apply, and sentences that people can read.
import fc from 'fast-check';
import { applyPatch } from 'rfc6902';
import { describe, expect, test } from 'vitest';
import { differencesBetween } from '../../src/history/diff.js';
import { patchBetween } from '../../src/history/patch.js';
import { useApp } from '../support/app.js';

type State = Record<string, unknown>;

const sentencesOf = (before: State, after: State, names = new Map<string, string>()) =>
  differencesBetween(before, after, names).map(({ sentence }) => sentence);

/** Text with what pointers and prototypes trip over. */
const text = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('a/b', 'm~n', '0', '-', '', 'constructor', 'länger'));
const scalar = fc.oneof(text, fc.integer({ min: -3, max: 3 }), fc.boolean(), fc.constant(null));
const name = fc.constantFrom('title', 'summary', 'a/b', 'm~n', 'place', '0', 'topics', 'actors');
const entry = fc.oneof(scalar, fc.dictionary(fc.constantFrom('actor', 'role', 'title'), scalar, { maxKeys: 3 }));
const value = fc.oneof(
  scalar,
  fc.array(entry, { maxLength: 8 }),
  fc.dictionary(name, scalar, { maxKeys: 4 }),
  // Lists that are too long for the shortest patch.
  fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 18, maxLength: 40 }),
);
const state = fc.dictionary(name, value, { maxKeys: 6 });
const listOfEntries = fc.array(fc.record({ actor: fc.constantFrom('a', 'b', 'c', 'd'), role: fc.constantFrom('host', 'chair') }), {
  maxLength: 60,
});
const copy = <Value>(one: Value): Value => JSON.parse(JSON.stringify(one));

/** A state and another that came of it by edits, as editors make them. */
const edited = fc
  .tuple(state, state, fc.array(fc.tuple(name, value), { maxLength: 3 }), fc.boolean())
  .map(([before, other, edits, isNew]) => {
    const after: State = isNew ? copy(other) : copy(before);
    for (const [member, content] of edits) after[member] = content;
    return [copy(before), copy(after)] as const;
  });

describe('the patch', () => {
  test('makes the later state out of the earlier one, whatever was edited', () => {
    fc.assert(
      fc.property(edited, ([before, after]) => {
        const patched = copy(before);
        const faults = applyPatch(patched, copy(patchBetween(before, after)));
        expect(faults.every((fault) => fault === null)).toBe(true);
        expect(patched).toEqual(after);
        expect(patchBetween(after, copy(after))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test('does so for long lists, of which any part was taken out, put in or moved', () => {
    fc.assert(
      fc.property(listOfEntries, listOfEntries, fc.nat(60), fc.nat(60), (list, insert, start, count) => {
        const before = { actors: list };
        const after = { actors: [...list.slice(0, start), ...insert.slice(0, 5), ...list.slice(start + (count % 7))] };
        const patched = copy(before);
        applyPatch(patched, copy(patchBetween(before, after)));
        expect(patched).toEqual(after);
      }),
      { numRuns: 500 },
    );
  });

  test('is short where little changed in a long list', () => {
    const actors = Array.from({ length: 300 }, (_, n) => ({ actor: `actor-${n}`, role: 'participant' }));
    expect(patchBetween({ actors }, { actors: actors.filter((_, n) => n !== 100) })).toEqual([{ op: 'remove', path: '/actors/100' }]);
    const added = { actor: 'late', role: 'observer' };
    expect(patchBetween({ actors }, { actors: [...actors, added] })).toEqual([{ op: 'add', path: '/actors/300', value: added }]);
  });

  test('of the longest lists takes no time to speak of', () => {
    const listOf = (prefix: string) => Array.from({ length: 300 }, (_, n) => ({ actor: `${prefix}-${n}`, role: 'participant' }));
    const start = performance.now();
    patchBetween({ actors: listOf('old') }, { actors: listOf('new') });
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

describe('the sentences', () => {
  test('are there where the states differ, and only there', () => {
    fc.assert(
      fc.property(edited, ([before, after]) => {
        const filled = (one: State) =>
          JSON.stringify(one, (_, member) => (member === null || (Array.isArray(member) && member.length === 0) ? undefined : member));
        const sorted = (one: State) => Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)));
        const sentences = sentencesOf(before, after);
        if (sentences.length === 0) expect(patchBetween(JSON.parse(filled(sorted(before))), JSON.parse(filled(sorted(after))))).toEqual([]);
        expect(sentencesOf(after, after)).toEqual([]);
        for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*\.$/s);
      }),
      { numRuns: 1000 },
    );
  });

  test.each<[string, State, State, string[]]>([
    ['a number', { significance: 3 }, { significance: 5 }, ['The significance changed from 3 to 5.']],
    ['a word', { certainty: 'reported' }, { certainty: 'confirmed' }, ['The certainty changed from reported to confirmed.']],
    ['text', { title: 'A speech' }, { title: 'Another speech' }, ['The title changed from “A speech” to “Another speech”.']],
    ['long text', { summary: 'x'.repeat(100) }, { summary: 'y' }, ['The summary was reworded.']],
    ['what was not there', { caveat: null }, { caveat: 'One source' }, ['The caveat was set to “One source”.']],
    ['long text that was not there', {}, { summary: 'x'.repeat(100) }, ['The summary was added.']],
    ['what is no more', { action: 'held' }, { action: null }, ['The action was removed; it was held.']],
    ['an inner member', { place: { city: 'Bonn' } }, { place: { city: 'Berlin' } }, ['The city of the place changed from Bonn to Berlin.']],
    ['a whole', { place: null }, { place: { name: null, city: 'Bonn' } }, ['The place was set to Bonn.']],
    ['a detail', { details: { edition: 1 } }, { details: { edition: 2 } }, ['The edition changed from 1 to 2.']],
    ['an entry', { topics: ['trade'] }, { topics: ['trade', 'compute'] }, ['The topic compute was added.']],
    ['an entry that went', { aliases: ['The Act'] }, { aliases: [] }, ['The alias “The Act” was removed.']],
    ['the order', { topics: ['a', 'b'] }, { topics: ['b', 'a'] }, ['The order of the topics changed.']],
    [
      'somebody',
      { actors: [{ actor: 'li-qiang', role: 'speaker' }] },
      {
        actors: [
          { actor: 'germany', role: 'co_host' },
          { actor: 'li-qiang', role: 'chair' },
        ],
      },
      ['The role of the actor li-qiang changed from speaker to chair.', 'The actor germany was added as co host.'],
    ],
    [
      'a link to an action item',
      { action_items: [] },
      { action_items: [{ plan: 'a-plan', item: 13, effect: 'advances' }] },
      ['The action item a-plan/13 was added.'],
    ],
    ['a relation', { related: [{ event: 'an-act', relation: 'amends' }] }, { related: [] }, ['The relation to an-act was removed.']],
    ['what has no name', { milestones: [] }, { milestones: [{ date: '2025' }] }, ['A milestone was added.']],
  ])('tell %s', (_, before, after, sentences) => {
    expect(sentencesOf(before, after)).toEqual(sentences);
  });

  test('call a source by its title', () => {
    const id = '01985c2e-0000-7000-8000-000000000001';
    expect(sentencesOf({ sources: [] }, { sources: [{ source: id }] }, new Map([[id, 'The plan in full']]))).toEqual([
      'The source “The plan in full” was added.',
    ]);
  });

  test('say where each change is, and what was and is there', () => {
    const before = { topics: ['a', 'b'], actors: [{ actor: 'x', role: 'host' }] };
    const after = { topics: ['b', 'c'], actors: [{ actor: 'x', role: 'chair' }] };
    expect(differencesBetween(before, after, new Map()).map(({ sentence: _, ...rest }) => rest)).toEqual([
      { pointer: '/topics/1', label: 'c', from: null, to: 'c' },
      { pointer: '/topics/0', label: 'a', from: 'a', to: null },
      { pointer: '/actors/0/role', label: 'x', from: 'host', to: 'chair' },
    ]);
  });
});

describe('of an event', () => {
  const api = useApp('empty');

  test('the answer has the patch, the sentences and the titles of sources', async () => {
    await api.post('/v1/events', { slug: 'a', type: 'speech', title: 'A speech', date: '2025-07-26' });
    await api.post('/v1/topics', { slug: 'compute', name: 'Compute' });
    await api.patch('/v1/events/a', {
      significance: 5,
      topics: ['compute'],
      sources: [{ source: { url: 'https://example.org/a', title: 'A report' } }],
    });
    const diff = (await api.get('/v1/events/a/revisions?diff=1..2')).json();
    expect(diff.changes.map(({ sentence }: { sentence: string }) => sentence)).toEqual([
      'The significance changed from 3 to 5.',
      'The source “A report” was added.',
      'The topic compute was added.',
    ]);
    expect(diff.patch).toHaveLength(3);
    expect(diff.patch[0]).toEqual({ op: 'replace', path: '/significance', value: 5 });
  });
});
