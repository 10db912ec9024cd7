// Who may import whom. The arrows point one way, so that each part can be read, and changed, without those above it.
import { describe, expect, test } from 'vitest';
import { allows, among, broken, FEATURES, fileOf, files, folderOf, type Import, imports, packagesOf, plain } from './arrows.js';

/** Parts of features that have a rule of their own. */
const OF_RELEASES = ['releases/canonical', 'releases/citation', 'releases/verify'];
const STATEMENTS = ['filters', 'facets', 'histogram', 'eras', 'search', 'walk', 'diff', 'snippet'].map((name) => `timeline/${name}`);
/** What delivers to webhooks, below its own store and service. */
const DELIVERY = ['guard', 'signature', 'send', 'queue', 'deliveries'].map((name) => `webhooks/${name}`);
/** Parts of proposals: what is asked for and who may know of it, and what is done about it. */
const JUDGING = ['targets', 'clashes', 'view'].map((name) => `proposals/${name}`);
const DECIDING = ['apply', 'settle', 'review', 'steps'].map((name) => `proposals/${name}`);
const READERS = ['timeline/corrections', 'events/similar', 'events/related', 'events/provenance', 'sources/citations'];
/** What decides by rules or by the day. */
const PURE = ['positions/rules', 'initiatives/on-day', 'events/follows'];
/** How two events become one, and what named one of them names the other. */
const MERGING = ['merge', 'merged-names'].map((name) => `events/${name}`);
/** What writes many events at once: the engine and its parts, and how HTTP hands it lines and answers its results. */
const BATCH = ['batch', 'batch-group', 'batch-turns', 'batch-waiting'].map((name) => `events/${name}`);
const BATCH_OVER_HTTP = ['batch-schema', 'batch-routes', 'batch-answer'].map((name) => `events/${name}`);
/** Parts of the feed: it reads revisions, and knows no feature but the names of its types. */
const FEED = ['entry', 'hub', 'position'].map((name) => `changes/${name}`);

test('there is something to look at', () => {
  expect(files.length).toBeGreaterThan(80);
  expect(imports.length).toBeGreaterThan(300);
});

describe('the foundation', () => {
  test('errors, turns, config and files know nothing of ours, but for failures', () => {
    expect(allows('errors', () => false)).toEqual([]);
    expect(allows('turns', () => false)).toEqual([]);
    expect(allows('config', among('errors'))).toEqual([]);
    expect(allows('files', () => false)).toEqual([]);
  });
  test('contract knows failures alone', () => {
    expect(allows('contract', among('errors'))).toEqual([]);
  });
  test('http knows the contract, failures and the type of the settings: no SQL, no feature', () => {
    expect(allows('http', (one) => among('contract', 'errors')(one) || (one.to === 'config' && one.isType))).toEqual([]);
  });
  test('database knows failures, turns and the type of the settings: no HTTP, no feature', () => {
    expect(allows('database', (one) => among('errors', 'turns')(one) || (one.to === 'config' && one.isType))).toEqual([]);
  });
  test('history knows contract, http, database and failures: no feature, and not what resources do alike', () => {
    expect(allows('history', among('contract', 'http', 'database', 'errors'))).toEqual([]);
  });
  test('of history, routes alone know HTTP, its store alone the database, and what tells differences neither', () => {
    const knowing = (folder: string) => imports.filter(({ from, to }) => folderOf(from) === 'history' && folderOf(to) === folder);
    expect([...new Set(knowing('http').map(({ from }) => from))]).toEqual(['history/routes']);
    expect([...new Set(knowing('database').map(({ from }) => from))]).toEqual(['history/moments', 'history/store']);
    expect(knowing('database').filter(({ isType, to }) => !isType && to !== 'database/statement')).toEqual([]);
    const pure = imports.filter(({ from, to }) => /^history\/(diff|patch)$/.test(from) && !to.startsWith('contract/'));
    expect(pure).toEqual([]);
  });
  test('resources knows contract, http, database, history and failures: no feature', () => {
    expect(allows('resources', among('contract', 'http', 'database', 'history', 'errors'))).toEqual([]);
  });
  test('of resources, routes alone know HTTP, and know no database', () => {
    const knowing = (folder: string) => imports.filter(({ from, to }) => folderOf(from) === 'resources' && folderOf(to) === folder);
    expect([...new Set(knowing('http').map(({ from }) => from))]).toEqual(['resources/routes']);
    expect(knowing('database').filter(({ from }) => from === 'resources/routes')).toEqual([]);
  });
});

describe('features', () => {
  const of =
    (file: string) =>
    ({ from }: Import) =>
      FEATURES.includes(folderOf(from)) && (fileOf(from) === file || fileOf(from).endsWith(`-${file}`));

  test('a schema knows contract and other schemas; that of keys, the roles', () => {
    const schemas = (one: Import) => ['schema', 'types/index'].includes(fileOf(one.to)) && FEATURES.includes(folderOf(one.to));
    expect(broken((one) => of('schema')(one) && !among('contract')(one) && !schemas(one) && one.to !== 'http/access')).toEqual([]);
  });
  test('a store knows its own schema and sql, the database and what stores share: no HTTP, no other store', () => {
    const own = (one: Import) => fileOf(one.to) === 'sql';
    expect(
      broken(
        (one) =>
          of('store')(one) &&
          !among('contract', 'database', 'errors', 'resources')(one) &&
          !own(one) &&
          !(one.to === 'history/moments' && one.isType) &&
          !(one.to === 'http/access' && one.isType),
      ),
    ).toEqual([]);
    expect(imports.filter((one) => of('store')(one) && one.to === 'resources/routes')).toEqual([]);
  });
  test('a service knows no HTTP, how revisions are read, and of other features their service and the type of their schema', () => {
    const other = (one: Import) => FEATURES.includes(folderOf(one.to)) && (fileOf(one.to) === 'service' || one.isType);
    expect(
      broken(
        (one) =>
          of('service')(one) && !among('contract', 'database', 'errors', 'resources')(one) && one.to !== 'history/store' && !other(one),
      ),
    ).toEqual([]);
  });
  test('routes know their own feature, http and what routes share: no SQL', () => {
    expect(
      broken((one) => of('routes')(one) && !among('contract', 'http', 'resources', 'errors')(one) && one.to !== 'history/routes'),
    ).toEqual([]);
    expect(imports.filter((one) => of('routes')(one) && fileOf(one.to) === 'sql')).toEqual([]);
  });
  test('SQL knows the contract and other SQL, and only what makes cards writes it', () => {
    const sql = (one: Import) =>
      fileOf(one.to) === 'sql' || ['resources/store', 'resources/cards', 'database/statement', 'database/last-change'].includes(one.to);
    expect(broken((one) => of('sql')(one) && !among('contract')(one) && !sql(one))).toEqual([]);
    expect(broken((one) => of('cards')(one) && !among('contract', 'database')(one))).toEqual([]);
  });
  test('what makes statements of a question knows the contract and failures: it runs none', () => {
    expect(
      imports.filter(
        ({ from, to }) => STATEMENTS.includes(from) && !/^(contract|timeline)\/|^errors$|^database\/(statement|last-change)$/.test(to),
      ),
    ).toEqual([]);
    expect(STATEMENTS.filter((path) => packagesOf(`${path}.ts`).some((name) => ['pg', 'fastify'].includes(name)))).toEqual([]);
  });
  test('what reads is given the database, and knows no HTTP', () => {
    expect(
      imports.filter(
        (one) => READERS.includes(one.from) && one.to.startsWith('database/') && one.to !== 'database/statement' && !one.isType,
      ),
    ).toEqual([]);
    expect(imports.filter(({ from, to }) => READERS.includes(from) && /^(http|resources)\//.test(to))).toEqual([]);
  });
  test('what writes many at once knows no HTTP and no other feature; how it is asked knows no database', () => {
    const own = (one: Import) => /^events\//.test(one.to) || /^(contract|errors)/.test(one.to);
    const below = (one: Import) => one.to.startsWith('database/') || (one.to === 'resources/store' && one.isType);
    expect(imports.filter((one) => BATCH.includes(one.from) && !own(one) && !below(one))).toEqual([]);
    expect(imports.filter(({ from, to }) => BATCH.includes(from) && BATCH_OVER_HTTP.includes(to))).toEqual([]);
    expect(imports.filter((one) => BATCH_OVER_HTTP.includes(one.from) && !own(one) && !one.to.startsWith('http/'))).toEqual([]);
  });
  test('the feed of changes is a reader of revisions: it knows no feature, and its parts neither SQL nor the database', () => {
    const ofFeed = ({ from }: Import) => folderOf(from) === 'changes';
    expect(broken((one) => ofFeed(one) && FEATURES.includes(folderOf(one.to)) && one.to !== 'events/types/index')).toEqual([]);
    expect(imports.filter((one) => FEED.includes(one.from) && !one.isType && !/^(changes|errors|turns)/.test(one.to))).toEqual([]);
    expect(FEED.flatMap((path) => packagesOf(`${path}.ts`)).filter((name) => name !== 'node:util')).toEqual([]);
  });
  test('a form of the timeline is a pure function: it knows the contract, the shape of an event and its own kind', () => {
    const allowed = (one: Import) => /^(contract|timeline\/formats)\//.test(one.to) || (one.to === 'events/schema' && one.isType);
    expect(imports.filter((one) => one.from.startsWith('timeline/formats/') && !allowed(one))).toEqual([]);
  });
  test('other forms are pure too: they know the contract and their own feature', () => {
    const others = ({ from }: Import) => /^[a-z-]+\/formats\//.test(from) && !from.startsWith('timeline/');
    const allowed = (one: Import) => one.to.startsWith('contract/') || (folderOf(one.to) === folderOf(one.from) && one.isType);
    expect(imports.filter((one) => others(one) && !allowed(one))).toEqual([]);
  });
  test('what decides by rules or by the day is pure: it knows the contract and types', () => {
    expect(imports.filter((one) => PURE.includes(one.from) && !one.isType && !one.to.startsWith('contract/'))).toEqual([]);
  });
  test('what a release is hashed over, cited by and checked with is pure: it knows failures and the shape of a release', () => {
    const allowed = ({ to }: Import) => to === 'errors' || to === 'releases/schema' || to === 'releases/canonical';
    expect(imports.filter((one) => OF_RELEASES.includes(one.from) && !allowed(one))).toEqual([]);
    expect(imports.filter(({ from, to }) => OF_RELEASES.includes(to) && !/^(releases|cli)\//.test(from))).toEqual([]);
  });
  test('what delivers to webhooks knows its own folder alone: the feed, the database and the log are handed to it', () => {
    const own = ({ to, isType }: Import) => to.startsWith('webhooks/') || (isType && to === 'database/connect');
    expect(imports.filter((one) => DELIVERY.includes(one.from) && !own(one))).toEqual([]);
    const feature = (one: Import) => one.from === 'webhooks/webhooks' && (/^(webhooks|database)\//.test(one.to) || one.isType);
    expect(imports.filter((one) => one.from === 'webhooks/webhooks' && !feature(one))).toEqual([]);
  });
  test('how two events become one is decided without HTTP, and what of them is united by looking at the two alone', () => {
    expect(imports.filter(({ from, to }) => MERGING.includes(from) && /^http\//.test(to))).toEqual([]);
    const pure = (one: Import) => one.to.startsWith('contract/') || one.isType;
    expect(imports.filter((one) => ['events/uniting', 'events/likeness'].includes(one.from) && !pure(one))).toEqual([]);
  });
  test('when two addresses are one is told by the two alone', () => {
    expect(imports.filter(({ from }) => from === 'sources/urls')).toEqual([]);
  });
  test('what is proposed is judged by pure functions: they know the contract, failures and schemas', () => {
    const pure = ({ from, to, isType }: Import) =>
      !JUDGING.includes(from) || isType || /^(contract\/|errors$|resources\/merge-patch$)/.test(to) || fileOf(to) === 'schema';
    expect(imports.filter((one) => !pure(one))).toEqual([]);
  });
  test('what decides on it knows its own folder, the contract, the database and failures: no HTTP, and no other feature', () => {
    const own = ({ to, isType }: Import) =>
      /^(proposals|contract)\/|^errors$|^database\/write$/.test(to) || (isType && !to.startsWith('http/'));
    expect(imports.filter((one) => DECIDING.includes(one.from) && !own(one))).toEqual([]);
  });
  test('what a key looks like knows nothing of ours', () => {
    expect(imports.filter(({ from }) => from === 'keys/form')).toEqual([]);
  });
  test('each file of a feature is one that a rule above holds', () => {
    const known = /^(schema|([a-z]+-)?routes|store|service|sql|cards|types\/[a-z-]+|formats\/[a-z-]+)$/;
    const parts = [
      ...STATEMENTS,
      ...READERS,
      ...FEED,
      ...OF_RELEASES,
      ...DELIVERY,
      ...BATCH,
      ...BATCH_OVER_HTTP,
      ...JUDGING,
      ...DECIDING,
      'proposals/examples',
      'keys/form',
      'webhooks/webhooks',
      ...PURE,
      'events/validity',
      'events/likeness',
      'sources/urls',
      'events/uniting',
      ...MERGING,
      'timeline/forms',
    ];
    expect(
      files.map(plain).filter((path) => FEATURES.includes(folderOf(path)) && !known.test(fileOf(path)) && !parts.includes(path)),
    ).toEqual([]);
  });
  test('a type of event knows its form and the contract', () => {
    expect(
      imports.filter(({ from, to }) => from.startsWith('events/types/') && !to.startsWith('events/types/') && !to.startsWith('contract/')),
    ).toEqual([]);
  });
});
