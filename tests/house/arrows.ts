// What imports what in src/, as it is written.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ROOT } from '../support/postgres.js';

const SRC = join(ROOT, 'src');

export interface Import {
  /** Paths under src/ without extension. */
  from: string;
  to: string;
  isType: boolean;
}

export const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts') && !path.startsWith('database/client/'));
export const read = (path: string) => readFileSync(join(SRC, path), 'utf8');
export const plain = (path: string) => path.replace(/\.(d\.)?[jt]s$/, '').replaceAll('\\', '/');

/** Imports of our own files. An import of types alone ties nothing at run time, but it is an arrow all the same. */
export const imports: Import[] = files.flatMap((path) =>
  [...read(path).matchAll(/(?:import|export)\s+(type\s)?[^'"]*?from\s+'(\.[^']+)'|import\s*\(?\s*'(\.[^']+)'/g)].map(
    ([, type, to, dynamic]) => ({
      from: plain(path),
      to: plain(relative(SRC, resolve(dirname(join(SRC, path)), (to ?? dynamic)!))),
      isType: type !== undefined,
    }),
  ),
);
/** Names of the packages that a file imports. */
export const packagesOf = (path: string): string[] =>
  [...read(path).matchAll(/^(?:import|export)\s[^'"]*?from\s+'([^.'][^']*)'|^import\s+'([^.'][^']*)'|\bimport\('([^.'][^']*)'\)/gm)].map(
    ([, named, bare, dynamic]) => {
      const name = (named ?? bare ?? dynamic)!;
      return name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/');
    },
  );

export const folderOf = (path: string) => (path.includes('/') ? path.split('/')[0]! : path);
export const fileOf = (path: string) => path.split('/').slice(1).join('/');
export const broken = (rule: (one: Import) => boolean) =>
  imports.filter((one) => folderOf(one.from) !== folderOf(one.to) && rule(one)).map(({ from, to }) => `${from} -> ${to}`);
export const allows = (folder: string, allowed: (one: Import) => boolean) =>
  broken((one) => folderOf(one.from) === folder && !allowed(one));
export const among =
  (...folders: string[]) =>
  ({ to }: Import) =>
    folders.includes(folderOf(to));

/** The folders of one noun each. */
export const FEATURES = [
  'topics',
  'actors',
  'sources',
  'initiatives',
  'action-plans',
  'events',
  'keys',
  'quality',
  'releases',
  'timeline',
  'coverage',
  'positions',
  'network',
  'stats',
  'changes',
  'proposals',
  'webhooks',
];
