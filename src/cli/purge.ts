// `demarche purge --to http://varnish:6081`: follows the changes of a server, or takes them from its webhooks, and has the
// caches in front of it drop what each makes untrue. It keeps nothing: when it begins, whatever the caches hold is dropped.
//
// Guarantee: each change is told to each cache, in order, however often either cannot be reached meanwhile.
import { ALL } from '../contract/surrogate-keys.js';
import { interruption } from './interrupt.js';
import { type Cache, FORMS, type Form, headerIn } from './purge/cache.js';
import { followChanges } from './purge/follow.js';
import { createPurges } from './purge/purges.js';
import { receiveChanges } from './purge/receive.js';
import { newCommand, UsageError } from './run.js';

interface Options {
  url?: string;
  listen?: string;
  to: string[];
  form: string;
  method?: string;
  all?: true;
}

/** So long after a purge it is done again, in milliseconds: what was asked for just before it may have been kept just after it. */
const AGAIN_MS = 2000;

export default newCommand('purge')
  .addHelpText(
    'after',
    `
Ask the server itself with --url, past the cache. It has to run with CDN_MAX_AGE. A cache that wants a secret is sent the header
in DEMARCHE_PURGE_HEADER, such as "Fastly-Key: …" or "Authorization: Bearer …". With --listen a webhook of the server drives it,
whose secret is in DEMARCHE_WEBHOOK_SECRET. docs/scaling.md tells more.`,
  )
  .option('--url <address>', 'the server to follow, such as http://127.0.0.1:3000; otherwise DEMARCHE_URL')
  .option('--listen <host:port>', 'take the changes as a webhook delivers them, such as 127.0.0.1:8080, and follow no server')
  .requiredOption('--to <address...>', 'where the cache takes purges, such as http://varnish:6081; one or more')
  .option(
    '--form <name>',
    `how it takes them: ${Object.keys(FORMS).join(' or ')}, a header (Varnish, Fastly) or JSON (Cloudflare)`,
    'surrogate-key',
  )
  .option('--method <name>', 'PURGE or POST; otherwise PURGE for the header and POST for JSON')
  .option('--all', 'drop everything once, and end: after an upgrade, or after a restore')
  .action(purge);

async function purge({ url = process.env.DEMARCHE_URL, listen, to, form, method, all }: Options): Promise<void> {
  if (!Object.hasOwn(FORMS, form)) throw new UsageError(`--form takes ${Object.keys(FORMS).join(' or ')}.`);
  if (method !== undefined && !/^(PURGE|POST)$/.test(method)) throw new UsageError('--method takes PURGE or POST.');
  const caches = to.map((address): Cache => {
    if (!isAddress(address)) throw new UsageError('--to takes addresses such as http://127.0.0.1:6081.');
    return { address, form: form as Form, method, header: headerIn(process.env.DEMARCHE_PURGE_HEADER) };
  });
  const signal = interruption();
  const secret = listen === undefined ? '' : secretOf(listen);
  if (!all && listen === undefined && (url === undefined || !isAddress(url)))
    throw new UsageError('Say which server to follow with --url or DEMARCHE_URL, such as http://127.0.0.1:3000.');
  const purges = caches.map((cache) => createPurges(cache, { again_ms: AGAIN_MS, signal, say: (line) => console.error(line) }));
  const drop = (keys: string[]): void => {
    for (const one of purges) one.add(keys);
  };
  const say = (line: string) => console.error(line);
  const dropAndWait = async (keys: string[]): Promise<void> => {
    drop(keys);
    await Promise.all(purges.map((one) => one.told()));
    if (signal.aborted) throw new Error('interrupted before the caches took it');
  };
  if (all) drop([ALL]);
  else if (listen !== undefined) await receiveChanges(listen, { secret, drop: dropAndWait, signal, say });
  else await followChanges(url!, { drop, signal, say });
  await Promise.all(purges.map((one) => one.done()));
  if (all && !signal.aborted) console.log(`Everything was dropped by ${to.join(', ')}.`);
}

/** @returns the secret of the webhook @throws UsageError where what is needed to listen is not there */
function secretOf(listen: string): string {
  if (!/^(\[[\da-f:]+\]|[^\s:/@]+):\d{1,5}$/i.test(listen))
    throw new UsageError('--listen takes a host and a port, such as 127.0.0.1:8080.');
  const secret = process.env.DEMARCHE_WEBHOOK_SECRET;
  if (!secret?.startsWith('whsec_'))
    throw new UsageError('--listen takes the secret of the webhook in DEMARCHE_WEBHOOK_SECRET, as POST /v1/webhooks answers it: whsec_….');
  return secret;
}

const isAddress = (text: string): boolean => /^https?:\/\/\S+$/.test(text) && URL.canParse(text);
