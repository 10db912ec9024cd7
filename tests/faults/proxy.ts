// A small proxy that honours readiness, as load balancers do: it asks each server whether it is ready, sends requests to
// those that are, and tries another one only where a connection was refused and nothing has been sent.
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LoadBalancer {
  address: string;
  /** How many of the servers are ready. */
  ready(): number;
  close(): Promise<void>;
}

const LOOK_EVERY = 100;

export async function startProxy(servers: string[]): Promise<LoadBalancer> {
  const agent = new Agent({ keepAlive: true });
  const ready = new Set<string>();
  const look = async (server: string) => {
    const isReady = await fetch(`${server}/health/ready`, { signal: AbortSignal.timeout(1000) }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) ready.add(server);
    else ready.delete(server);
  };
  const timer = setInterval(() => servers.map(look), LOOK_EVERY);
  await Promise.all(servers.map(look));
  let turn = 0;

  const forward = (from: IncomingMessage, body: Buffer, to: ServerResponse, tried: string[] = []): void => {
    const open = [...ready].filter((server) => !tried.includes(server));
    const server = open[turn++ % open.length];
    if (server === undefined) return void to.writeHead(502).end();
    const onward = send(`${server}${from.url}`, { method: from.method, headers: from.headers, agent }, (answer) => {
      const { connection: _, ...headers } = answer.headers;
      to.writeHead(answer.statusCode!, headers);
      answer.pipe(to);
    });
    onward.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' && from.method === 'GET') forward(from, body, to, [...tried, server]);
      else if (to.headersSent) to.destroy();
      else to.writeHead(502).end();
    });
    onward.end(body);
  };

  const proxy = createServer(async (from, to) => {
    const pieces: Buffer[] = [];
    for await (const piece of from) pieces.push(piece as Buffer);
    forward(from, Buffer.concat(pieces), to);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    address: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    ready: () => ready.size,
    async close() {
      clearInterval(timer);
      agent.destroy();
      proxy.closeAllConnections();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
