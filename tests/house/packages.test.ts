// Packages stay where they belong, so that each can be replaced in one place.
import { describe, expect, test } from 'vitest';
import { files, imports, packagesOf, plain } from './arrows.js';

describe('packages stay where they belong', () => {
  const users = (name: string) => files.filter((path) => packagesOf(path).includes(name)).map(plain);
  test.each([
    ['edtf', ['contract/date']],
    ['fastest-levenshtein', ['contract/faults', 'timeline/corrections']],
    ['porter2', ['timeline/snippet']],
    ['rfc6902', ['history/patch']],
    ['i18n-iso-countries', ['contract/country']],
    ['yaml', ['seed/yaml', 'cli/export/forms']],
    ['csv-parse', ['cli/import/csv']],
    ['@humanwhocodes/momoa', ['cli/import/json']],
    ['normalize-url', ['sources/urls']],
    ['uuid', ['contract/ids']],
    ['canonicalize', ['releases/canonical']],
    ['pg-boss', ['webhooks/queue']],
    ['@fastify/rate-limit', ['http/rate-limit']],
    ['@fastify/under-pressure', ['http/shedding']],
    ['ioredis', ['database/redis']],
    ['prom-client', ['http/metrics']],
    ['@opentelemetry/sdk-trace-base', ['tracing']],
    ['@opentelemetry/exporter-trace-otlp-proto', ['tracing']],
    ['esbuild', ['web/build']],
    ['jose', ['http/issuer', 'http/tokens']],
  ])('%s', (name, places) => {
    expect(users(name)).toEqual(places);
  });
  test('fastify in http, routes and the application', () => {
    expect(
      users('fastify').filter(
        (path) =>
          !/^(http\/|app$|openapi\/)|routes$|timeline\/forms$|^web\/(site|ask|assets)$|resources\/description$|events\/batch-answer$/.test(
            path,
          ),
      ),
    ).toEqual([]);
  });
  test('d3 in the scripts of pages, and where a map and a network are drawn beforehand', () => {
    const drawing = files.filter((path) => packagesOf(path).some((name) => name.startsWith('d3-')));
    expect(drawing.filter((path) => !path.startsWith('web/client/')).map(plain)).toEqual(['web/actor/network', 'web/initiative/world']);
  });
  test('contract is zod and what reads or writes one kind of value', () => {
    const packages = new Set(files.filter((path) => path.startsWith('contract/')).flatMap(packagesOf));
    expect([...packages].sort()).toEqual([
      'csv-stringify',
      'edtf',
      'fastest-levenshtein',
      'i18n-iso-countries',
      'node:crypto',
      'node:module',
      'uuid',
      'zod',
    ]);
  });
  test('pg and Prisma in database, and the first in what makes a database for a command', () => {
    const all = [...users('pg'), ...users('@prisma/adapter-pg'), ...users('@electric-sql/pglite')];
    expect(all.filter((path) => !/^(database\/|cli\/diff$)/.test(path))).toEqual([]);
    expect(imports.filter(({ from, to }) => to.startsWith('database/client') && !/store$|^database\/|^seed\/load$/.test(from))).toEqual([]);
  });
});
