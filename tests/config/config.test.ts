// Settings: what each variable takes, what it is without, and a sentence where it does not fit.
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.js';
import { StartupError } from '../../src/errors.js';

test('nothing needs to be set', () => {
  expect(readConfig({})).toEqual({
    databaseUrl: undefined,
    dataDir: 'data',
    port: 3000,
    host: '127.0.0.1',
    adminKey: undefined,
    seed: true,
    logLevel: 'info',
    databasePool: 10,
    shutdownTimeoutMs: 10_000,
  });
});

test('an empty variable counts as not set', () => {
  expect(readConfig({ PORT: '', DATABASE_URL: '', ADMIN_KEY: '', SEED: '' })).toEqual(readConfig({}));
});

test.each([
  [{ DATABASE_URL: 'postgresql://user:secret@host:5432/name' }, { databaseUrl: 'postgresql://user:secret@host:5432/name' }],
  [{ DATABASE_URL: 'postgres://host/name' }, { databaseUrl: 'postgres://host/name' }],
  [{ DATA_DIR: '/srv/demarche' }, { dataDir: '/srv/demarche' }],
  [{ PORT: '0' }, { port: 0 }],
  [{ HOST: '::1' }, { host: '::1' }],
  [{ ADMIN_KEY: 'x'.repeat(32) }, { adminKey: 'x'.repeat(32) }],
  [{ SEED: 'FALSE' }, { seed: false }],
  [{ LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
  [{ DATABASE_POOL: '3' }, { databasePool: 3 }],
  [{ SHUTDOWN_TIMEOUT_MS: '500' }, { shutdownTimeoutMs: 500 }],
])('%j is taken', (environment, config) => {
  expect(readConfig(environment)).toMatchObject(config);
});

describe('what does not fit stops the program with one sentence that names the variable, not its value', () => {
  test.each([
    ['DATABASE_URL', 'mysql://user:canary@host/name'],
    ['DATABASE_URL', 'canary'],
    ['PORT', '65536'],
    ['PORT', '80a'],
    ['PORT', '-1'],
    ['HOST', 'a canary'],
    ['ADMIN_KEY', 'canary-too-short'],
    ['ADMIN_KEY', `canary ${'x'.repeat(32)}`],
    ['SEED', 'canary'],
    ['LOG_LEVEL', 'canary'],
    ['DATABASE_POOL', '0'],
    ['SHUTDOWN_TIMEOUT_MS', '99'],
  ])('%s=%s', (name, value) => {
    const read = () => readConfig({ [name]: value });
    expect(read).toThrow(StartupError);
    expect(read).toThrow(new RegExp(`^${name} is not valid: it takes .+\\.$`));
    expect(read).not.toThrow(/canary/);
  });
});

test('the settings cannot be changed afterwards', () => {
  expect(Object.isFrozen(readConfig({}))).toBe(true);
});
