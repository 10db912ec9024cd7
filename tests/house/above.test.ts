// Who may import whom above the features: the pages, the command line, the program; and what holds for every file.
import { describe, expect, test } from 'vitest';
import { allows, among, broken, FEATURES, files, folderOf, type Import, imports, plain, read } from './arrows.js';

/** What the server and the scripts in the browser both use. */
const BOTH_SIDES = ['web/dates', 'web/understood', 'web/timeline/kinds'];

describe('pages', () => {
  const ofWeb = ({ from }: Import) => folderOf(from) === 'web';
  const inBrowser = (path: string) => path.startsWith('web/client/');

  test('ask the API: they know contract, http and failures, of features the types, the one form of an event for search engines, and what is asked for', () => {
    const known = (one: Import) =>
      among('contract', 'errors', 'http')(one) ||
      (one.isType && FEATURES.includes(folderOf(one.to))) ||
      one.to === 'timeline/formats/json-ld' ||
      // The form to add follows from the schemas that check it.
      (one.from === 'web/add/forms' && ['events/schema', 'events/types/index'].includes(one.to));
    expect(broken((one) => ofWeb(one) && !known(one))).toEqual([]);
  });
  test('scripts in the browser know the contract, and nothing of the server but types', () => {
    expect(
      imports.filter(
        (one) =>
          inBrowser(one.from) && !inBrowser(one.to) && !one.isType && !one.to.startsWith('contract/') && !BOTH_SIDES.includes(one.to),
      ),
    ).toEqual([]);
    expect(imports.filter(({ from, to }) => inBrowser(to) && !inBrowser(from))).toEqual([]);
  });
  test('are known to the application alone, and what builds their scripts to a command', () => {
    expect(
      imports.filter(({ from, to }) => folderOf(to) === 'web' && folderOf(from) !== 'web' && !['app', 'cli/assets'].includes(from)),
    ).toEqual([]);
    expect(imports.filter(({ from, to }) => to === 'web/build' && from !== 'cli/assets')).toEqual([]);
  });
});

test('a backup knows the database, failures and how what is derived is made again: no feature', () => {
  expect(allows('backup', among('database', 'errors', 'rebuild'))).toEqual([]);
  expect(imports.filter(({ from, to }) => to === 'backup' && !from.startsWith('cli/'))).toEqual([]);
});

test('traces know what they are asked to tell, and are loaded by the program alone', () => {
  expect(
    imports.filter(({ from, to, isType }) => from === 'tracing' && !(isType && /^(http\/tracing|database\/statements)$/.test(to))),
  ).toEqual([]);
  expect(imports.filter(({ from, to }) => to === 'tracing' && from !== 'main')).toEqual([]);
});

test('who starts several processes knows nothing of ours, and the program alone knows it', () => {
  expect(allows('workers', () => false)).toEqual([]);
  expect(imports.filter(({ from, to }) => to === 'workers' && from !== 'main')).toEqual([]);
});

test('nobody imports what is above: the program, the application, the command line, the data files, the document', () => {
  expect(
    broken(
      ({ from, to }) =>
        ['main', 'app', 'cli', 'seed', 'openapi', 'services'].includes(folderOf(to)) &&
        !['main', 'app', 'cli', 'seed', 'openapi'].includes(folderOf(from)),
    ),
  ).toEqual([]);
});

test('each folder is one that a rule above holds', () => {
  const known = [
    'app',
    'backup',
    'cards',
    'config',
    'errors',
    'files',
    'main',
    'rebuild',
    'services',
    'tracing',
    'turns',
    'cli',
    'contract',
    'database',
    'history',
    'http',
    'openapi',
    'resources',
    'seed',
    'web',
    'workers',
  ];
  expect([...new Set(files.map((path) => folderOf(plain(path))))].sort()).toEqual([...known, ...FEATURES].sort());
});

test('no two files need each other, by whatever way round', () => {
  const done = new Set<string>();
  const rings: string[] = [];
  const walk = (path: string, above: string[]): void => {
    if (above.includes(path)) rings.push([...above.slice(above.indexOf(path)), path].join(' -> '));
    if (done.has(path) || above.includes(path)) return;
    for (const { to } of imports.filter(({ from, isType }) => from === path && !isType)) walk(to, [...above, path]);
    done.add(path);
  };
  for (const path of files.map(plain)) walk(path, []);
  expect(rings).toEqual([]);
});

test('only the program and its commands touch the process, and none but them reads the environment', () => {
  const touching = files
    .filter((path) => /\bprocess\.(env|exit|argv|on|stdout|stderr)\b/.test(read(path).replace(/^\s*(\/\/|\*).*$/gm, '')))
    .map(plain);
  expect(touching.filter((path) => path !== 'main' && !path.startsWith('cli/'))).toEqual([]);
});
