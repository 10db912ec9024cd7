// A mistake in a data file is told with file, line and field, all of them at once, and nothing is written.
import { describe, expect, test } from 'vitest';
import { type Mistake, readDataSet, SeedMistakes } from '../../src/seed/files.js';
import { loadDataSet } from '../../src/seed/load.js';
import { useApp } from '../support/app.js';
import { edit, FILES, useDataFiles } from './data-files.js';

const api = useApp('empty');
const write = useDataFiles();
const mistakesIn = async (edited: Record<string, string>): Promise<Mistake[]> => {
  try {
    await loadDataSet(readDataSet(write(edited)), { database: api.database, services: api.services });
  } catch (error) {
    if (!(error instanceof SeedMistakes)) throw error;
    const { rows } = await api.database.pool.query<{ n: number }>(
      'select (select count(*) from revisions)::int + (select count(*) from events)::int + (select count(*) from seed_records)::int as n',
    );
    expect(rows[0]!.n).toBe(0);
    return error.mistakes;
  }
  throw new Error('It was loaded.');
};
const events = 'events/2025.yaml';

describe('it is told where it stands', () => {
  test.each<[string, Record<string, string>, Partial<Omit<Mistake, 'detail'>> & { detail: RegExp }]>([
    ['broken YAML', edit(events, 'topics: [chips]', 'topics: [chips'), { file: events, field: '', detail: /not valid YAML/ }],
    [
      'a member that is there twice',
      edit(events, '    title: The answer', '    title: The answer\n    title: Again'),
      { file: events, line: 17, detail: /unique/ },
    ],
    [
      'an unknown member',
      edit(events, '    summary:', '    sumary:'),
      { file: events, field: '/sumary', line: 5, detail: /did you mean summary/ },
    ],
    [
      'an unknown value',
      edit(events, 'type: speech', 'type: speach'),
      { file: events, line: 3, field: '/type', detail: /did you mean speech/ },
    ],
    ['a date that is none', edit(events, '"2025-08"', '"August"'), { file: events, line: 17, field: '/date', detail: /no date/ }],
    [
      'a date that YAML reads as a number',
      edit(events, '"2025-08"', '2025'),
      { file: events, line: 17, field: '/date', detail: /takes text/ },
    ],
    [
      'a member of details',
      edit(events, 'speaker: china', 'speker: china'),
      { file: events, line: 8, field: '/details/speker', detail: /did you mean speaker/ },
    ],
    [
      'an actor that is not there',
      edit(events, 'actor: china', 'actor: chna'),
      { file: events, line: 10, field: '/actors/0/actor', detail: /no actor chna/ },
    ],
    [
      'a source that is not there',
      edit(events, 'source: https://example.org/a', 'source: https://example.org/b'),
      { file: events, line: 13, field: '/sources/0/source', detail: /no source/ },
    ],
    [
      'an event that is not there',
      edit(events, 'event: the-speech', 'event: the-spech'),
      { file: events, line: 19, field: '/related/0/event', detail: /no event the-spech/ },
    ],
    [
      'a topic under itself',
      edit('topics.yaml', 'broader: compute', 'broader: chips'),
      { file: 'topics.yaml', line: 6, field: '/broader', detail: /under itself/ },
    ],
    [
      'an item of a plan',
      edit('action-plans.yaml', 'title: The first', 'titel: The first'),
      { file: 'action-plans.yaml', field: '/items/0/titel', detail: /did you mean title/ },
    ],
    [
      'a note on nothing',
      edit('notes.yaml', '[the-speech]', '[nothing]'),
      { file: 'notes.yaml', line: 4, field: '/events/0', detail: /no entry nothing/ },
    ],
    [
      'an entry that is there twice',
      edit(events, 'slug: the-answer', 'slug: the-speech'),
      { file: events, line: 14, detail: /there twice/ },
    ],
    [
      'an entry without a slug',
      edit('actors.yaml', 'slug: china', 'aliases: []'),
      { file: 'actors.yaml', line: 2, field: '/slug', detail: /has no slug/ },
    ],
    ['an entry that is nothing', { 'topics.yaml': 'topics:\n  -\n' }, { file: 'topics.yaml', detail: /takes an object/ }],
    ['a plan that is text', { 'action-plans.yaml': 'action_plans: [text]\n' }, { file: 'action-plans.yaml', detail: /takes an object/ }],
    ['a file without its list', { 'topics.yaml': 'topic: x\n' }, { file: 'topics.yaml', line: 1, detail: /takes one member, topics/ }],
    [
      'a url that is there twice',
      edit('sources.yaml', 'sources:\n', 'sources:\n  - url: http://www.example.org/a/\n    title: Twice\n'),
      { file: 'sources.yaml', detail: /twice/ },
    ],
    ['text that cannot be kept', edit(events, 'What was said', '"a\\0b"'), { file: events, line: 5, field: '/summary', detail: /NUL/ }],
  ])('%s', async (_, edited, { detail, ...place }) => {
    const mistakes = await mistakesIn(edited);
    expect(mistakes).toContainEqual(expect.objectContaining({ ...place, detail: expect.stringMatching(detail) }));
  });
});

test('all of them are told at once, a line each', async () => {
  const edited = { ...edit(events, 'type: speech', 'type: speach'), ...edit('actors.yaml', 'kind: country', 'kind: planet') };
  const mistakes = await mistakesIn(edited);
  expect(mistakes.map(({ file, line, field }) => `${file}:${line} ${field}`)).toEqual(['actors.yaml:3 /kind', 'events/2025.yaml:3 /type']);
  expect(new SeedMistakes(mistakes).message.split('\n')[0]).toMatch(/^actors\.yaml:3 \/kind: \/kind takes country, .+\.$/);
});

test('a file that is missing has nothing in it', async () => {
  const data = readDataSet(write({}));
  expect(data.topics).toHaveLength(2);
  expect(readDataSet('/nowhere').topics).toEqual([]);
  expect(Object.keys(FILES)).toContain('topics.yaml');
});
