// The house in order: small files that say what they are for, pinned packages that somebody gave a reason for, and
// documents that tell what is there.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/postgres.js';

const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(ROOT, path)));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const code = tracked.filter((path) => /^(src|tests)\/.*\.ts$/.test(path));
const { scripts, dependencies, devDependencies } = JSON.parse(read('package.json'));
const settings = [...read('src/config.ts').matchAll(/^ {2}([A-Z_]+): \{/gm)].map(([, name]) => name!);

test('no file of code is longer than 300 lines', () => {
  expect(code.length).toBeGreaterThan(100);
  expect(code.filter((path) => read(path).split('\n').length > 301)).toEqual([]);
});

test('every file opens with what it is for', () => {
  expect(code.filter((path) => !/^(#!.*\n)?\/\/ [A-Z`/n]/.test(read(path)) && !path.endsWith('.d.ts'))).toEqual([]);
});

test('no name says nothing', () => {
  expect(tracked.filter((path) => /\b(utils?|helpers?|common|manager|misc)\b/i.test(path))).toEqual([]);
});

test('nothing tells of one machine or of where packages come from', () => {
  const texts = tracked.filter((path) => !/\.(png|svg|ico)$/.test(path));
  const telling = /\/(home|Users)\/\w|\/work\/|registry\.(npm|yarn)|deb\.debian|npmjs\.(org|com)/;
  expect(texts.filter((path) => path !== 'tests/house/order.test.ts' && telling.test(read(path)))).toEqual([]);
});

test('packages are pinned to exact versions', () => {
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
    expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
});

test('CONTRIBUTING has a reason for each package', () => {
  const reasons = read('CONTRIBUTING.md');
  for (const name of Object.keys({ ...dependencies, ...devDependencies }))
    expect(reasons, name).toMatch(new RegExp(`(\\| |, )${name}(,| \\|)`));
});

test('the README tells of every setting, and of none that is not there', () => {
  expect(settings.length).toBeGreaterThan(5);
  const rows = [...read('README.md').matchAll(/^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \|/gm)].flatMap(([, names]) =>
    names!.replaceAll('`', '').split(', '),
  );
  expect(rows.sort()).toEqual([...settings].sort());
});

test('docker-compose.yml sets only what the program reads, and sets no secret', () => {
  const [, app] = /^ {2}app:\n([\s\S]*?)\n {2}\w/m.exec(read('docker-compose.yml'))!;
  const [, environment] = /^ {4}environment:\n((?: {6}.*\n)+)/m.exec(app!)!;
  const set = [...environment!.matchAll(/^ {6}([A-Z_]+): (.*)$/gm)];
  expect(set.map(([, name]) => name)).toEqual(expect.arrayContaining(['DATABASE_URL', 'ADMIN_KEY']));
  for (const [, name] of set) expect(settings).toContain(name);
  for (const [, variable, otherwise] of read('docker-compose.yml').matchAll(/\$\{(\w*(?:PASSWORD|KEY)):(-[^}]*|\?[^}]*)\}/g))
    expect(otherwise, variable).toMatch(/^(-$|\?)/);
});

test('the README and CONTRIBUTING name only commands that there are', () => {
  for (const path of ['README.md', 'CONTRIBUTING.md', 'seed/README.md', '.ci/run'])
    for (const [, name] of read(path).matchAll(/npm run ([\w:-]+)/g)) expect(Object.keys(scripts), `${path}: ${name}`).toContain(name);
});

test('links between documents lead somewhere', () => {
  for (const path of tracked.filter((path) => path.endsWith('.md')))
    for (const [, target] of read(path).matchAll(/\]\((?!https?:|#)([^)#]+)\)/g))
      expect(existsSync(join(ROOT, path, '..', target!)), `${path}: ${target}`).toBe(true);
});
