// Styles and scripts of the pages: built beforehand (build.ts), named after what is in them, and kept by browsers for ever.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Problem, StartupError } from '../errors.js';
import { digest } from '../http/conditional.js';
import { Finished } from '../http/finished.js';

const TYPES: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
};

/** In seconds: a year. */
const FOR_EVER = 31_536_000;

export type Assets = ReturnType<typeof readAssets>;

/** @param folder as build.ts leaves it. @throws StartupError where nothing was built */
export function readAssets(folder: string) {
  const manifest = join(folder, 'manifest.json');
  if (!existsSync(manifest)) throw new StartupError('The styles and scripts of the pages are not built; run npm run build.');
  const names = JSON.parse(readFileSync(manifest, 'utf8')) as { entries: Record<string, string>; files: string[] };
  const files = new Map(
    names.files.map((name) => {
      const body = readFileSync(join(folder, name));
      return [name, new Finished(body, digest(body), TYPES[name.split('.').at(-1)!]!)];
    }),
  );

  return {
    /** @param entry as it is called in the source: "site.css". @returns its address */
    address(entry: string): string {
      const name = names.entries[entry];
      if (name === undefined) throw new Error(`There is no asset ${entry}; there are ${Object.keys(names.entries).join(', ')}.`);
      return `/assets/${name}`;
    },

    /** What stands in it, for what is served elsewhere. */
    text: (entry: string): string => readFileSync(join(folder, names.entries[entry]!), 'utf8'),

    async routes(app: FastifyInstance): Promise<void> {
      app.get<{ Params: { name: string } }>(
        '/assets/:name',
        { schema: { hide: true }, config: { access: null, rateLimit: false } },
        async (request, reply) => {
          const file = files.get(request.params.name);
          if (file === undefined) throw new Problem('not-found', `There is no asset ${request.params.name.slice(0, 100)}.`);
          // Nobody asks whether it has changed: it has not.
          return file.send(request, reply.headers({ 'cache-control': `public, max-age=${FOR_EVER}, immutable`, vary: 'accept-encoding' }));
        },
      );
    },
  };
}
