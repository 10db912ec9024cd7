// A running server, asked over HTTP: answers are read while what is sent still goes out, which a stream of a hundred
// thousand lines needs.
import { request as askHttp, Agent as HttpAgent } from 'node:http';
import { request as askHttps, Agent as HttpsAgent } from 'node:https';
import { Readable } from 'node:stream';
import { StartupError } from '../../errors.js';
import { UsageError } from '../run.js';
import type { Client, Reply, Request } from './client.js';

export function openServer(url: string, key: string | undefined): Client {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError('--url takes an address such as https://demarche.example.');
  if (key !== undefined && !/^[!-~]+$/.test(key))
    throw new UsageError('--key takes an API key: letters, digits and signs, without spaces.');
  const base = new URL(url);
  const isSafe = base.protocol === 'https:';
  const agent = isSafe ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const prefix = base.pathname.replace(/\/$/, '');

  const send = ({ method, path, headers, body }: Request): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const outgoing = (isSafe ? askHttps : askHttp)(
        new URL(`${prefix}${path}`, base),
        {
          method,
          agent,
          headers: { accept: 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }), ...headers },
        },
        (incoming) => resolve({ status: incoming.statusCode!, headers: incoming.headers, body: incoming }),
      );
      outgoing.on('error', (error) => reject(unreachable(base, error)));
      if (body === undefined || typeof body === 'string') outgoing.end(body);
      else
        Readable.from(body)
          .on('error', (error) => outgoing.destroy(error))
          .pipe(outgoing);
    });

  return {
    description: `the server ${base.origin}`,
    send,
    async close() {
      agent.destroy();
    },
  };
}

function unreachable({ origin }: URL, error: Error): StartupError {
  if (error instanceof StartupError) return error;
  const { message } = error instanceof AggregateError ? (error.errors[0] as Error) : error;
  return new StartupError(`${origin} cannot be reached (${message}); check --url.`);
}
