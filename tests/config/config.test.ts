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
    publicUrl: undefined,
    adminKey: undefined,
    requireKeyForReads: false,
    corsOrigins: [],
    signIn: undefined,
    seed: true,
    logLevel: 'info',
    databasePool: 10,
    workers: 1,
    cacheMb: 64,
    cdnMaxAge: 0,
    changesKeptDays: 0,
    streamsMax: 2000,
    rateLimit: 3000,
    redisUrl: undefined,
    trustProxy: undefined,
    publicProposals: false,
    tracing: false,
    allowPrivateWebhooks: false,
    shutdownDelayMs: 0,
    metricsPublic: false,
    shutdownTimeoutMs: 10_000,
  });
});

const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
test.each([
  [{}, false],
  [{ OTEL_SERVICE_NAME: 'tracker' }, false],
  [{ OTEL_TRACES_EXPORTER: 'otlp' }, true],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector.example/v1/traces' }, true],
  [{ ...collector, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }, true],
  [{ ...collector, OTEL_SDK_DISABLED: 'TRUE' }, false],
  [{ ...collector, OTEL_TRACES_EXPORTER: 'none' }, false],
])('traces are on as the standard variables say: %j', (environment, tracing) => {
  expect(readConfig(environment as Record<string, string>).tracing).toBe(tracing);
});

test.each([
  [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: '127.0.0.1:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT'],
  [{ ...collector, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL'],
])('what they ask for and is not there is refused: %j', (environment, name) => {
  expect(() => readConfig(environment as Record<string, string>)).toThrow(new RegExp(`^${name} is not valid: it takes `));
});

test('an empty variable counts as not set', () => {
  expect(readConfig({ PORT: '', DATABASE_URL: '', ADMIN_KEY: '', SEED: '' })).toEqual(readConfig({}));
});

test.each([
  [{ DATABASE_URL: 'postgresql://user:secret@host:5432/name' }, { databaseUrl: 'postgresql://user:secret@host:5432/name' }],
  [{ DATABASE_URL: 'postgres://host/name' }, { databaseUrl: 'postgres://host/name' }],
  [
    { DATABASE_URL: 'postgresql://user:se,cret@one:5432,two:5433/name?target_session_attrs=read-write' },
    { databaseUrl: 'postgresql://user:se,cret@one:5432,two:5433/name?target_session_attrs=read-write' },
  ],
  [
    { DATABASE_URL: 'postgres://pooler/name', DATABASE_POOLER: 'transaction', DATABASE_DIRECT_URL: 'postgres://host/name' },
    { databasePooler: 'transaction', databaseDirectUrl: 'postgres://host/name' },
  ],
  [
    { DATABASE_URL: 'postgres://host/name', DATABASE_REPLICA_URLS: 'postgres://one/name, postgres://two,three/name postgres://four/name' },
    { databaseReplicaUrls: ['postgres://one/name', 'postgres://two,three/name', 'postgres://four/name'] },
  ],
  [{ DATABASE_URL: 'postgres://host/name', WORKERS: '2' }, { workers: 2 }],
  [{ DATA_DIR: '/srv/demarche' }, { dataDir: '/srv/demarche' }],
  [{ PORT: '0' }, { port: 0 }],
  [{ PORT: '65535' }, { port: 65535 }],
  [{ HOST: '::1' }, { host: '::1' }],
  [{ PUBLIC_URL: 'https://Demarche.example/' }, { publicUrl: 'https://demarche.example' }],
  [{ HOST: 'localhost' }, { host: 'localhost' }],
  [{ ADMIN_KEY: 'x'.repeat(32) }, { adminKey: 'x'.repeat(32) }],
  [{ REQUIRE_KEY_FOR_READS: 'true' }, { requireKeyForReads: true }],
  [
    { CORS_ORIGINS: 'https://one.example, http://localhost:5173,https://one.example,' },
    { corsOrigins: ['https://one.example', 'http://localhost:5173'] },
  ],
  [
    { OIDC_ISSUER: 'https://sign-in.example/realms/desk', OIDC_AUDIENCE: 'demarche' },
    { signIn: { issuer: 'https://sign-in.example/realms/desk', audience: 'demarche', rolesClaim: 'roles', roleMap: undefined } },
  ],
  [
    { OIDC_ISSUER: 'http://127.0.0.1:8080', OIDC_AUDIENCE: 'x', OIDC_ROLES_CLAIM: 'a.b', OIDC_ROLE_MAP: 'desk=editor, heads=admin' },
    {
      signIn: {
        issuer: 'http://127.0.0.1:8080',
        audience: 'x',
        rolesClaim: 'a.b',
        roleMap: [
          ['desk', 'editor'],
          ['heads', 'admin'],
        ],
      },
    },
  ],
  [{ SEED: 'FALSE' }, { seed: false }],
  [{ SEED: 'true' }, { seed: true }],
  [{ LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
  [{ DATABASE_POOL: '1' }, { databasePool: 1 }],
  [{ CACHE_MB: '0' }, { cacheMb: 0 }],
  [{ CACHE_MB: '65536' }, { cacheMb: 65536 }],
  [{ CHANGES_KEPT_DAYS: '30' }, { changesKeptDays: 30 }],
  [{ STREAMS_MAX: '0' }, { streamsMax: 0 }],
  [{ DATABASE_POOL: '500' }, { databasePool: 500 }],
  [{ RATE_LIMIT: '0' }, { rateLimit: 0 }],
  [{ REDIS_URL: 'rediss://host:6380' }, { redisUrl: 'rediss://host:6380' }],
  [{ TRUST_PROXY: '127.0.0.1, 10.0.0.0/8,::1' }, { trustProxy: ['127.0.0.1', '10.0.0.0/8', '::1'] }],
  [{ PUBLIC_PROPOSALS: 'true' }, { publicProposals: true }],
  [{ ALLOW_PRIVATE_WEBHOOKS: 'true' }, { allowPrivateWebhooks: true }],
  [{ SHUTDOWN_DELAY_MS: '600000' }, { shutdownDelayMs: 600_000 }],
  [{ METRICS_PUBLIC: 'true' }, { metricsPublic: true }],
  [{ SHUTDOWN_TIMEOUT_MS: '100' }, { shutdownTimeoutMs: 100 }],
  [{ SHUTDOWN_TIMEOUT_MS: '600000' }, { shutdownTimeoutMs: 600_000 }],
])('%j is taken', (environment, config) => {
  expect(readConfig(environment)).toMatchObject(config);
});

describe('what does not fit stops the program with one sentence that names the variable and what it takes, not its value', () => {
  test.each([
    ['DATABASE_URL', 'mysql://user:canary@host/name', 'postgresql://'],
    ['DATABASE_URL', 'canary', 'nothing for the embedded database'],
    ['DATABASE_URL', 'postgresql://user:canary@host:port/name', 'PostgreSQL address'],
    ['DATABASE_URL', 'postgresql://user:canary@host:port,other/name', 'PostgreSQL address'],
    ['DATABASE_POOLER', 'canary', 'transaction'],
    ['DATABASE_DIRECT_URL', 'canary', 'behind the pooler'],
    ['DATABASE_REPLICA_URLS', 'postgres://host/name, canary://host/name', 'streaming standbys'],
    ['WORKERS', '0', '1 to 64'],
    ['PORT', '65536', '0 to 65535'],
    ['PORT', '80a', '0 to 65535'],
    ['PORT', '-1', '0 to 65535'],
    ['PORT', '3000.5', 'whole number'],
    ['HOST', 'a canary', 'host name or address'],
    ['HOST', 'http://canary', 'host name or address'],
    ['PUBLIC_URL', 'https://canary.example/path', 'without a path'],
    ['PUBLIC_URL', 'canary.example', 'https://'],
    ['ADMIN_KEY', `canary${'x'.repeat(25)}`, 'at least 32 characters'],
    ['ADMIN_KEY', `canary ${'x'.repeat(32)}`, 'without spaces'],
    ['REQUIRE_KEY_FOR_READS', 'canary', 'true or false'],
    ['CORS_ORIGINS', '*', 'the origins whose pages may read'],
    ['CORS_ORIGINS', 'null', 'as browsers send them'],
    ['CORS_ORIGINS', 'https://canary.example/', 'as browsers send them'],
    ['CORS_ORIGINS', 'https://Canary.example', 'as browsers send them'],
    ['CORS_ORIGINS', 'https://canary.example:443', 'as browsers send them'],
    ['CORS_ORIGINS', 'https://*.canary.example', 'as browsers send them'],
    ['CORS_ORIGINS', 'https://one.example https://canary.example', 'as browsers send them'],
    ['OIDC_ISSUER', 'http://canary.example', 'http on this machine alone'],
    ['OIDC_ISSUER', 'http://127.0.0.1.canary.example', 'http on this machine alone'],
    ['OIDC_ISSUER', 'https://user@canary.example', 'OpenID Connect issuer'],
    ['OIDC_ISSUER', 'https://canary.example/?tenant=1', 'OpenID Connect issuer'],
    ['OIDC_AUDIENCE', 'a canary', 'tokens for it name it'],
    ['OIDC_ROLES_CLAIM', 'a canary', 'realm_access.roles'],
    ['OIDC_ROLE_MAP', 'canary', 'policy-desk=editor'],
    ['OIDC_ROLE_MAP', 'canary=owner', 'contributor, editor or admin'],
    ['SEED', 'canary', 'true or false'],
    ['LOG_LEVEL', 'canary', 'fatal, error, warn, info, debug, trace, silent'],
    ['DATABASE_POOL', '0', '1 to 500'],
    ['CACHE_MB', '65537', 'to 65536'],
    ['CACHE_MB', 'much', 'to 65536'],
    ['DATABASE_POOL', '501', '1 to 500'],
    ['SHUTDOWN_DELAY_MS', '-1', '0 to 600000'],
    ['RATE_LIMIT', '-1', 'from 0'],
    ['REDIS_URL', 'canary:6379', 'redis://host:6379'],
    ['TRUST_PROXY', 'true', 'addresses or networks'],
    ['TRUST_PROXY', '10.0.0.0/33', 'addresses or networks'],
    ['TRUST_PROXY', '127.0.0.1,canary', 'addresses or networks'],
    ['SHUTDOWN_TIMEOUT_MS', '99', '100 to 600000'],
    ['SHUTDOWN_TIMEOUT_MS', '600001', '100 to 600000'],
  ])('%s=%s', (name, value, takes) => {
    const read = () => readConfig({ [name]: value });
    expect(read).toThrow(StartupError);
    expect(read).toThrow(new RegExp(`^${name} is not valid: it takes .*${takes}.*\\.$`));
    expect(read).not.toThrow(/canary/);
  });
});

test('whose tokens are taken is told whole, or not at all', () => {
  for (const half of [{ OIDC_ISSUER: 'https://sign-in.example' }, { OIDC_AUDIENCE: 'demarche' }])
    expect(() => readConfig(half)).toThrow('OIDC_ISSUER and OIDC_AUDIENCE go together');
});

test('the first wrong variable is told, whatever else is right', () => {
  expect(() => readConfig({ DATA_DIR: 'elsewhere', PORT: 'x', LOG_LEVEL: 'y' })).toThrow(/^PORT is not valid/);
});

test('the settings cannot be changed afterwards', () => {
  expect(Object.isFrozen(readConfig({}))).toBe(true);
});

test.each([
  [{ DATABASE_URL: 'postgres://pooler/name', DATABASE_POOLER: 'transaction' }, 'go together'],
  [{ DATABASE_URL: 'postgres://host/name', DATABASE_DIRECT_URL: 'postgres://host/name' }, 'go together'],
  [{ DATABASE_REPLICA_URLS: 'postgres://host/name' }, 'set it to the primary that they follow'],
  [{ WORKERS: '2' }, 'only one process can open the embedded database'],
])('%j is refused', (environment, sentence) => {
  expect(() => readConfig(environment)).toThrow(sentence);
});
