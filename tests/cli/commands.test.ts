// The commands of the README, as processes.
import { describe, expect, test } from 'vitest';
import { createKeyStore } from '../../src/keys/store.js';
import { runToEnd } from '../process/program.js';
import { edit, useDataFiles } from '../seed/data-files.js';
import { useDatabase } from '../support/app.js';

const used = useDatabase('template0');
const write = useDataFiles();
const run = (...input: string[]) => runToEnd('cli/main.js', input, { DATABASE_URL: used.url });

test('migrate applies what is missing, and says when there is nothing', async () => {
  expect(await run('migrate')).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^applied \d+_first_schema\n[\s\S]*is up to date now\.\n$/),
  });
  expect(await run('migrate')).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^The database \(PostgreSQL .+\) is up to date\.\n$/),
  });
});

describe('seed', () => {
  test('loads the files, then changes nothing, then changes what was edited', async () => {
    expect((await run('seed', '--directory', write())).output).toMatch(/events +2 created, 0 updated, 0 unchanged/);
    expect(await run('seed', '--directory', write())).toMatchObject({ code: 0, output: expect.stringContaining('nothing was changed') });
    const edited = await run('seed', '--directory', write(edit('topics.yaml', 'name: Chips', 'name: Microchips')));
    expect(edited.output).toMatch(/topics +0 created, 1 updated, 1 unchanged/);
    expect(edited.output).not.toContain('nothing was changed');
  });

  test('tells mistakes with file, line and field, and how many', async () => {
    const { code, output } = await run('seed', '--directory', write(edit('actors.yaml', 'kind: country', 'kind: planet')));
    expect(code).toBe(1);
    expect(output).toMatch(/^actors\.yaml:3 \/kind: .+\n1 mistake; nothing was written\.\n$/);
  });
});

describe('keys', () => {
  test('are made, listed and revoked', async () => {
    const made = await run('keys', 'create', '--role', 'editor', '--name', 'Newsroom');
    const [key] = /^dmr_\S+/.exec(made.output)!;
    const keys = createKeyStore(used.database);
    const { id } = (await keys.authenticate(key))!;
    await expect.poll(async () => (await keys.get(id)).last_used_on).not.toBeNull();
    expect((await run('keys', 'list')).output).toMatch(new RegExp(`^${id}  editor +valid +\\d{4}-\\d\\d-\\d\\d  Newsroom$`, 'm'));
    expect((await run('keys', 'list')).output).not.toContain(key);
    expect(await run('keys', 'revoke', id)).toMatchObject({ code: 0 });
    expect(await keys.authenticate(key)).toBeNull();
  });

  test('are rotated: the new one is shown, the old one ends after the overlap', async () => {
    const keys = createKeyStore(used.database);
    const { id, key } = await keys.create({ name: 'Turned', role: 'editor', expires_at: null });
    const { output } = await run('keys', 'rotate', id, '--overlap-hours', '1');
    expect(output).toMatch(/The old one is valid until \d{4}-/);
    const [made] = /^dmr_\S+/.exec(output)!;
    expect(await Promise.all([made, key].map((one) => keys.authenticate(one)))).toMatchObject([{ name: 'Turned' }, { id }]);
    expect((await run('keys', 'list')).output).toMatch(new RegExp(`^${id}  editor +expires \\S+ `, 'm'));
    expect(await run('keys', 'rotate', id, '--overlap-hours', '0')).toMatchObject({ code: 0 });
    expect(await keys.authenticate(key)).toBeNull();
  });

  test.each([
    [['create', '--role', 'owner', '--name', 'x'], /Allowed choices are contributor, editor, admin/],
    [['create', '--role', 'editor'], /required option '--name <name>'/],
    [['create', '--role', 'editor', '--name', 'x', '--expires-at', '2020-01-01T00:00:00Z'], /lies in the past/],
    [['create', '--role', 'editor', '--name', 'x', '--expires-at', 'soon'], /^--expires-at: An instant is written as RFC 3339/],
    [['revoke', 'nothing'], /nothing is no id of a key/],
    [['rotate', 'nothing'], /nothing is no id of a key/],
    [['rotate', '01985c2e-0000-7000-8000-000000000001', '--overlap-hours', 'soon'], /^--overlap-hours takes/],
    [['rotate', '01985c2e-0000-7000-8000-000000000001'], /^There is no key/],
  ])('%j is refused', async (input, sentence) => {
    const { code, output } = await run('keys', ...input);
    expect(code).not.toBe(0);
    expect(output).toMatch(sentence);
    expect(output).not.toMatch(/^\s+at /m);
  });

  test('a key that is not there cannot be revoked, and that is told', async () => {
    const { code, output } = await run('keys', 'revoke', '01985c2e-0000-7000-8000-000000000001');
    expect([code, output]).toEqual([1, expect.stringMatching(/^There is no key .+ that could be revoked\.\n$/)]);
  });
});

test('rebuild writes every revision down again', async () => {
  expect(await run('rebuild')).toEqual({ code: 0, output: expect.stringMatching(/^\d\d? revisions written down again\.\n$/) });
});
