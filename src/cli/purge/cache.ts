// How a cache is told to drop answers: by surrogate keys, in the words of those that are common.
import { StartupError } from '../../errors.js';
import { UsageError } from '../run.js';

export interface Cache {
  address: string;
  form: Form;
  /** As the form has it, where it is left out. */
  method?: string | undefined;
  /** A secret that it wants, by name and value. */
  header: Record<string, string>;
}

interface Spoken {
  method: string;
  headers: Record<string, string>;
  body?: string;
}

/** Varnish as deploy/cdn/ has it and Fastly take a header, Cloudflare takes JSON. */
export const FORMS = {
  'surrogate-key': (keys: string[]): Spoken => ({ method: 'PURGE', headers: { 'surrogate-key': keys.join(' ') } }),
  'cache-tag': (keys: string[]): Spoken => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ tags: keys }),
  }),
} as const;
export type Form = keyof typeof FORMS;

/** How many keys are sent at once, and of how many characters together: the least of what those caches take. */
const MOST = { keys: 30, characters: 4000 };
const TIMEOUT_MS = 10_000;

/** @throws StartupError where the cache does not do it */
export async function tellCache({ address, form, method, header }: Cache, keys: string[], signal: AbortSignal): Promise<void> {
  for (const some of inPieces(keys)) {
    const said = FORMS[form](some);
    const answer = await fetch(address, {
      ...said,
      method: method ?? said.method,
      headers: { ...said.headers, ...header },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    }).catch((error: Error) => {
      throw new StartupError(`${address} cannot be reached (${((error.cause as Error) ?? error).message})`);
    });
    const text = await answer.text().catch(() => '');
    // Cloudflare says so in its answer besides.
    if (!answer.ok || /"success"\s*:\s*false/.test(text))
      throw new StartupError(`${address} answered ${answer.status} to a purge: ${text.slice(0, 200).trim()}`);
  }
}

function inPieces(keys: string[]): string[][] {
  const pieces: string[][] = [[]];
  let characters = 0;
  for (const key of keys) {
    characters += key.length + 1;
    if (pieces.at(-1)!.length === MOST.keys || characters > MOST.characters) {
      pieces.push([]);
      characters = key.length + 1;
    }
    pieces.at(-1)!.push(key);
  }
  return pieces;
}

/** @param text "Fastly-Key: abc" */
export function headerIn(text: string | undefined): Record<string, string> {
  if (!text) return {};
  const [, name, value] = /^([A-Za-z0-9-]+):\s*(\S.*)$/.exec(text) ?? [];
  if (name === undefined) throw new UsageError('DEMARCHE_PURGE_HEADER takes a name and a value, such as "Fastly-Key: …".');
  return { [name]: value! };
}
