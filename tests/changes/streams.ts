// The routes of the feed on a server of their own, with other bounds than the program has, and with a look inside.
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import Fastify from 'fastify';
import { expect } from 'vitest';
import { changeRoutes } from '../../src/changes/routes.js';
import { registerAccess } from '../../src/http/access.js';
import type { EventStreamsOptions } from '../../src/http/event-stream.js';
import { registerObservability } from '../../src/http/observability.js';
import { compilersFactory, registerProblems } from '../../src/http/problems.js';
import type { Tested } from '../support/app.js';
import { listen } from './reader.js';

export async function startStreams({ services, database }: Pick<Tested, 'services' | 'database'>, bounds: Partial<EventStreamsOptions>) {
  const app = Fastify({ forceCloseConnections: 'idle', schemaController: { compilersFactory } });
  const responses = new Set<ServerResponse>();
  let listeners = 0;
  registerProblems(app, { problemOfDatabase: () => undefined });
  registerObservability(app);
  const isAdmitted = registerAccess(app, services.keys.authenticate);
  app.addHook('onRequest', async (_request, { raw }) => {
    responses.add(raw);
    raw.once('close', () => responses.delete(raw));
  });
  await app.register(
    changeRoutes({
      store: services.changes,
      onChange(listener) {
        listeners++;
        const stop = database.onChange(listener);
        return () => {
          listeners--;
          stop();
        };
      },
      keptDays: 0,
      streams: { most: 100, isAdmitted, ...bounds },
    }),
  );
  const { address } = await listen({ app });
  const sockets: Socket[] = [];
  return {
    address,
    /** How many are served. */
    count: () => responses.size,
    listening: () => listeners,
    /** How many bytes wait for each reader. */
    waiting: () => [0, ...[...responses].map(({ writableLength }) => writableLength)],
    /** Reads without a parser, on a socket that can be made to wait. */
    async readRaw(path: string) {
      const { hostname, port } = new URL(address.url);
      const socket = connect({ port: Number(port), host: hostname });
      sockets.push(socket);
      let text = '';
      socket.on('data', (data) => (text += data));
      socket.on('error', () => {});
      socket.write(`GET ${path} HTTP/1.0\r\nHost: x\r\n\r\n`);
      await expect.poll(() => text).toContain('retry:');
      return { socket, text: () => text };
    },
    async close() {
      await app.close();
      for (const socket of sockets) socket.destroy();
      await address.close();
    },
  };
}
