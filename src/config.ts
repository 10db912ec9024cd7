// The only reader of the environment: turns it into a frozen Config, or stops with one sentence that names the
// variable and what it takes. An empty variable counts as not set.
import { isIP } from 'node:net';
import { z } from 'zod';
import { StartupError } from './errors.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const flag = (otherwise: boolean) =>
  z
    .string()
    .default(String(otherwise))
    .transform((value) => value.toLowerCase())
    .refine((value) => value === 'true' || value === 'false')
    .transform((value) => value === 'true');

/** What may stand where an address is: an origin, without user, path or query. */
const ORIGIN = /^https?:\/\/[^/?#@*\s]+$/;

/** The form in which a browser sends it; it is compared as text. */
const isOrigin = (text: string): boolean => ORIGIN.test(text) && URL.canParse(text) && new URL(text).origin === text;

/** An address that may be asked for keys: nobody between can change what it answers. */
const isIssuer = (text: string): boolean => {
  if (!URL.canParse(text) || /[?#\s]/.test(text)) return false;
  const { protocol, hostname, username } = new URL(text);
  return username === '' && (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname)));
};
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** "policy-desk=editor,heads=admin": which role each value of the claim gives. */
const ROLE_MAP = /^[^=,\s]+=(contributor|editor|admin)$/;

const integer = (least: number, most: number, otherwise: number) =>
  z
    .string()
    .default(String(otherwise))
    .refine((value) => /^\d{1,9}$/.test(value))
    .transform(Number)
    .refine((value) => value >= least && value <= most);

/** An address, or a network such as 10.0.0.0/8. */
function isNetwork(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

/** One address, or one that names several hosts with commas, as libpq takes it. */
const isPostgres = (text: string): boolean =>
  /^postgres(ql)?:\/\/\S*$/.test(text) && URL.canParse(text.replace(/^(\w+:\/\/(?:[^@/]*@)?[^/?,]*)(,[^/?,]+)+/, '$1'));

/** Every variable: what it takes, in the words of the message when it does not. */
const VARIABLES = {
  DATABASE_URL: {
    takes: 'a PostgreSQL address such as postgresql://user:password@host:5432/demarche, or nothing for the embedded database',
    schema: z.string().refine(isPostgres).optional(),
  },
  DATABASE_POOLER: {
    takes: 'transaction, where DATABASE_URL names a pooler in transaction mode, or nothing',
    schema: z.enum(['transaction']).optional(),
  },
  DATABASE_DIRECT_URL: {
    takes: 'the address of the PostgreSQL server behind the pooler, such as postgresql://user:password@host:5432/demarche',
    schema: z.string().refine(isPostgres).optional(),
  },
  DATABASE_REPLICA_URLS: {
    takes:
      'the addresses of streaming standbys of the server, with spaces or commas between, such as postgresql://user:password@replica/demarche',
    schema: z
      .string()
      .transform((value) => value.split(/[,\s]+(?=postgres)/).map((url) => url.trim()))
      .refine((urls) => urls.every(isPostgres))
      .optional(),
  },
  DATA_DIR: { takes: 'the path of a directory', schema: z.string().default('data') },
  PORT: { takes: 'a whole number from 0 to 65535 (0 picks a free port)', schema: integer(0, 65535, 3000) },
  HOST: {
    takes: 'a host name or address to listen on, such as 127.0.0.1 or 0.0.0.0',
    schema: z
      .string()
      .regex(/^[\w.:-]+$/)
      .default('127.0.0.1'),
  },
  PUBLIC_URL: {
    takes: 'the address under which readers reach this server, such as https://demarche.example, without a path',
    schema: z
      .string()
      .refine((value) => /^https?:\/\/[^/?#@]+\/?$/.test(value) && URL.canParse(value))
      .transform((value) => new URL(value).origin)
      .optional(),
  },
  ADMIN_KEY: { takes: 'a secret of at least 32 characters without spaces', schema: z.string().min(32).max(512).regex(/^\S+$/).optional() },
  REQUIRE_KEY_FOR_READS: { takes: 'true or false', schema: flag(false) },
  CORS_ORIGINS: {
    takes: 'the origins whose pages may read, such as https://demarche.example,https://other.example, as browsers send them',
    schema: z
      .string()
      .default('')
      .transform((value) => [...new Set(value.split(',').map((origin) => origin.trim()))].filter((origin) => origin !== ''))
      .refine((origins) => origins.length <= 100 && origins.every(isOrigin)),
  },
  OIDC_ISSUER: {
    takes:
      'the address of an OpenID Connect issuer as its tokens name it, such as https://sign-in.example/realms/desk; http on this machine alone',
    schema: z.string().refine(isIssuer).optional(),
  },
  OIDC_AUDIENCE: { takes: 'the name of this API as tokens for it name it (aud)', schema: z.string().max(500).regex(/^\S+$/).optional() },
  OIDC_ROLES_CLAIM: {
    takes: 'the name of a claim, such as roles, or a path to it, such as realm_access.roles',
    schema: z.string().max(500).regex(/^\S+$/).default('roles'),
  },
  OIDC_ROLE_MAP: {
    takes: 'pairs such as policy-desk=editor,heads=admin, of a value of the claim and contributor, editor or admin',
    schema: z
      .string()
      .transform((value) => value.split(',').map((pair) => pair.trim()))
      .refine((pairs) => pairs.every((pair) => ROLE_MAP.test(pair)))
      .transform((pairs) => Object.freeze(pairs.map((pair) => pair.split('=') as [string, 'contributor' | 'editor' | 'admin'])))
      .optional(),
  },
  SEED: { takes: 'true or false', schema: flag(true) },
  LOG_LEVEL: { takes: LOG_LEVELS.join(', '), schema: z.enum(LOG_LEVELS).default('info') },
  DATABASE_POOL: { takes: 'a whole number from 1 to 500', schema: integer(1, 500, 10) },
  WORKERS: { takes: 'a whole number of processes from 1 to 64', schema: integer(1, 64, 1) },
  CACHE_MB: { takes: 'a whole number of megabytes from 0 (no cache) to 65536', schema: integer(0, 65536, 64) },
  CDN_MAX_AGE: { takes: 'a whole number of seconds from 0 (shared caches ask each time) to 31536000', schema: integer(0, 31_536_000, 0) },
  CHANGES_KEPT_DAYS: { takes: 'a whole number of days from 0 (for ever) to 36500', schema: integer(0, 36_500, 0) },
  STREAMS_MAX: { takes: 'a whole number from 0 (no streams) to 100000', schema: integer(0, 100_000, 2000) },
  RATE_LIMIT: { takes: 'a whole number of requests a minute from 0 (no limit) to 10000000', schema: integer(0, 10_000_000, 3000) },
  REDIS_URL: {
    takes: 'an address such as redis://host:6379, or nothing to count in this process',
    schema: z
      .string()
      .refine((value) => /^rediss?:\/\//.test(value) && URL.canParse(value))
      .optional(),
  },
  TRUST_PROXY: {
    takes: 'the addresses or networks of the proxies in front, with commas, such as 127.0.0.1,10.0.0.0/8',
    schema: z
      .string()
      .transform((value) => value.split(',').map((part) => part.trim()))
      .refine((parts) => parts.every(isNetwork))
      .optional(),
  },
  PUBLIC_PROPOSALS: { takes: 'true or false', schema: flag(false) },
  ALLOW_PRIVATE_WEBHOOKS: { takes: 'true or false', schema: flag(false) },
  SHUTDOWN_DELAY_MS: { takes: 'a whole number of milliseconds from 0 to 600000', schema: integer(0, 600_000, 0) },
  METRICS_PUBLIC: { takes: 'true or false', schema: flag(false) },
  SHUTDOWN_TIMEOUT_MS: { takes: 'a whole number of milliseconds from 100 to 600000', schema: integer(100, 600_000, 10_000) },
} as const;

/**
 * Whether traces are asked for, by the variables that every program with OpenTelemetry has. They are no settings of this one:
 * here is only read whether it is on; the library, which is loaded only then, reads the others itself.
 * @throws StartupError where they ask for what is not there
 */
function readTracing(environment: Record<string, string | undefined>): boolean {
  const read = (name: string) => environment[name]?.trim().toLowerCase() || undefined;
  if (read('OTEL_SDK_DISABLED') === 'true') return false;
  const exporter = read('OTEL_TRACES_EXPORTER');
  if (exporter === 'none') return false;
  if (exporter !== undefined && exporter !== 'otlp') throw new StartupError('OTEL_TRACES_EXPORTER is not valid: it takes otlp or none.');
  const endpoints = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'];
  for (const name of endpoints)
    if (read(name) !== undefined && !/^https?:\/\//.test(read(name)!))
      throw new StartupError(`${name} is not valid: it takes the address of a collector, such as http://127.0.0.1:4318.`);
  if (exporter === undefined && endpoints.every((name) => read(name) === undefined)) return false;
  for (const name of ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'])
    if (![undefined, 'http/protobuf'].includes(read(name)))
      throw new StartupError(`${name} is not valid: it takes http/protobuf, which collectors take at the port 4318.`);
  return true;
}

/** Whose access tokens are taken beside keys. */
export interface SignIn {
  readonly issuer: string;
  readonly audience: string;
  readonly rolesClaim: string;
  /** Which role each value of the claim gives; undefined where the values are the roles. */
  readonly roleMap: readonly (readonly [value: string, role: 'contributor' | 'editor' | 'admin'])[] | undefined;
}

export interface Config {
  readonly databaseUrl: string | undefined;
  readonly databasePooler: 'transaction' | undefined;
  /** Where reads may go. */
  readonly databaseReplicaUrls: string[] | undefined;
  /** Where listening goes past the pooler. */
  readonly databaseDirectUrl: string | undefined;
  readonly dataDir: string;
  readonly port: number;
  readonly host: string;
  readonly publicUrl: string | undefined;
  readonly adminKey: string | undefined;
  readonly requireKeyForReads: boolean;
  readonly corsOrigins: readonly string[];
  readonly signIn: SignIn | undefined;
  readonly seed: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly databasePool: number;
  /** How many processes answer on the port. */
  readonly workers: number;
  readonly cacheMb: number;
  /** How long a CDN may keep answers, in seconds; 0 for not at all. */
  readonly cdnMaxAge: number;
  readonly changesKeptDays: number;
  readonly streamsMax: number;
  /** Requests a minute; 0 for no limit. */
  readonly rateLimit: number;
  readonly redisUrl: string | undefined;
  /** Whose X-Forwarded-* headers count. */
  readonly trustProxy: string[] | undefined;
  /** Whether everybody may propose changes, or bearers of a key alone. */
  readonly publicProposals: boolean;
  readonly allowPrivateWebhooks: boolean;
  /** Whether requests are traced by OpenTelemetry. */
  readonly tracing: boolean;
  readonly shutdownDelayMs: number;
  readonly metricsPublic: boolean;
  readonly shutdownTimeoutMs: number;
}

/**
 * @param environment variables by name, as `process.env` holds them
 * @throws StartupError naming the first wrong variable and what it takes; the value itself is not repeated, since it
 * may be a secret
 */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const read = <Name extends keyof typeof VARIABLES>(name: Name): z.output<(typeof VARIABLES)[Name]['schema']> => {
    const result = VARIABLES[name].schema.safeParse(environment[name] || undefined);
    if (!result.success) throw new StartupError(`${name} is not valid: it takes ${VARIABLES[name].takes}.`);
    return result.data as z.output<(typeof VARIABLES)[Name]['schema']>;
  };
  if ((read('DATABASE_POOLER') === undefined) !== (read('DATABASE_DIRECT_URL') === undefined))
    throw new StartupError(
      'DATABASE_POOLER and DATABASE_DIRECT_URL go together: a pooler in transaction mode cannot tell of changes, so the server behind it is listened to directly.',
    );
  if (read('DATABASE_REPLICA_URLS') !== undefined && read('DATABASE_URL') === undefined)
    throw new StartupError('DATABASE_REPLICA_URLS goes with DATABASE_URL: set it to the primary that they follow.');
  if (read('WORKERS') > 1 && read('DATABASE_URL') === undefined)
    throw new StartupError('WORKERS is more than 1, but only one process can open the embedded database; set DATABASE_URL to a server.');
  if (read('CDN_MAX_AGE') > 0 && read('REQUIRE_KEY_FOR_READS'))
    throw new StartupError(
      'CDN_MAX_AGE lets shared caches keep answers for everybody, and REQUIRE_KEY_FOR_READS=true has none for everybody; leave one of them out.',
    );
  const [issuer, audience] = [read('OIDC_ISSUER'), read('OIDC_AUDIENCE')];
  if ((issuer === undefined) !== (audience === undefined))
    throw new StartupError('OIDC_ISSUER and OIDC_AUDIENCE go together: set both, or neither.');
  const signIn = { rolesClaim: read('OIDC_ROLES_CLAIM'), roleMap: read('OIDC_ROLE_MAP') };
  return Object.freeze({
    databaseUrl: read('DATABASE_URL'),
    databasePooler: read('DATABASE_POOLER'),
    databaseDirectUrl: read('DATABASE_DIRECT_URL'),
    databaseReplicaUrls: read('DATABASE_REPLICA_URLS'),
    dataDir: read('DATA_DIR'),
    port: read('PORT'),
    host: read('HOST'),
    publicUrl: read('PUBLIC_URL'),
    adminKey: read('ADMIN_KEY'),
    requireKeyForReads: read('REQUIRE_KEY_FOR_READS'),
    corsOrigins: Object.freeze(read('CORS_ORIGINS')),
    signIn: issuer === undefined || audience === undefined ? undefined : Object.freeze({ issuer, audience, ...signIn }),
    seed: read('SEED'),
    logLevel: read('LOG_LEVEL'),
    databasePool: read('DATABASE_POOL'),
    workers: read('WORKERS'),
    cacheMb: read('CACHE_MB'),
    cdnMaxAge: read('CDN_MAX_AGE'),
    changesKeptDays: read('CHANGES_KEPT_DAYS'),
    streamsMax: read('STREAMS_MAX'),
    rateLimit: read('RATE_LIMIT'),
    redisUrl: read('REDIS_URL'),
    trustProxy: read('TRUST_PROXY'),
    publicProposals: read('PUBLIC_PROPOSALS'),
    tracing: readTracing(environment),
    allowPrivateWebhooks: read('ALLOW_PRIVATE_WEBHOOKS'),
    shutdownDelayMs: read('SHUTDOWN_DELAY_MS'),
    metricsPublic: read('METRICS_PUBLIC'),
    shutdownTimeoutMs: read('SHUTDOWN_TIMEOUT_MS'),
  });
}
