// Runs the built program and its commands as processes of their own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { reaching } from '../support/databases.js';
import { ROOT } from '../support/postgres.js';

export interface Program {
  process: ChildProcess;
  /** "http://127.0.0.1:49152" */
  address: string;
  /** What it has said so far, standard output and error together. */
  output(): string;
  /** Waits for its end. @returns the exit code, null where a signal ended it */
  ended(): Promise<number | null>;
}

type Environment = Record<string, string>;

/** The environment without what would reach into the test from outside; tests ask more in a minute than people do. */
function environmentOf(settings: Environment): Environment {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, NODE_NO_WARNINGS: '1', RATE_LIMIT: '0', ...settings, ...throughPooler(settings) };
}

/** Where the tests have a pooler, programs reach what lies on their server through it. */
function throughPooler({ DATABASE_URL, DATABASE_POOLER }: Environment): Environment {
  const pooler = inject('pooler');
  const isOurs = DATABASE_URL !== undefined && URL.canParse(DATABASE_URL) && new URL(DATABASE_URL).host === new URL(inject('server')).host;
  if (pooler === null || !isOurs || DATABASE_POOLER !== undefined) return {};
  const { databaseUrl, databaseDirectUrl = '' } = reaching(DATABASE_URL, pooler);
  return { DATABASE_URL: databaseUrl, DATABASE_DIRECT_URL: databaseDirectUrl, DATABASE_POOLER: 'transaction' };
}

function launch(
  file: string,
  input: string[],
  settings: Environment,
): { process: ChildProcess; output: () => string; ended: () => Promise<number | null> } {
  const path = join(ROOT, 'dist', file);
  if (!existsSync(path)) throw new Error(`${path} is missing; run npm run build first.`);
  const child = spawn(process.execPath, [path, ...input], { cwd: ROOT, env: environmentOf(settings), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (data) => (output += data));
  // A test that fails leaves nothing running behind it.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const end = once(child, 'close').then(([code]) => {
    process.off('exit', kill);
    return code as number | null;
  });
  return { process: child, output: () => output, ended: () => end };
}

/** Starts the program on a free port, and waits for nothing. */
export const beginProgram = (settings: Environment) => launch('main.js', [], { PORT: '0', ...settings });

/** Starts the program on a free port, and waits until it says where it is. @throws with its output where it does not */
export async function startProgram(settings: Environment): Promise<Program> {
  const { process: child, output, ended } = beginProgram(settings);
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout!.on('data', () => {
      const found = /Swagger UI (http:\S+)\/docs/.exec(output());
      if (found !== null) resolve(found[1]!);
    });
    void ended().then((code) => reject(new Error(`It ended with ${code}: ${output()}`)));
  });
  return { process: child, address, output, ended };
}

/** Runs the program or one of its commands to its end. */
export async function runToEnd(file: string, input: string[], settings: Environment): Promise<{ code: number | null; output: string }> {
  const { output, ended } = launch(file, input, settings);
  return { code: await ended(), output: output() };
}

export const post = (address: string, key: string, path: string, body: object): Promise<Response> =>
  fetch(`${address}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
