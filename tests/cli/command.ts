// Runs the command line as a process of its own, with what it is told on standard input, and what it says on each output.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { ROOT } from '../support/postgres.js';

export const MAIN = join(ROOT, 'dist', 'cli', 'main.js');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  process: ChildProcess;
  stdout(): string;
  stderr(): string;
  ended: Promise<Ended>;
}

/** @param input for standard input, which ends with it */
export function begin(settings: Record<string, string>, words: string[], input = ''): Running {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [MAIN, ...words], { cwd: ROOT, env: { PATH, HOME, NODE_NO_WARNINGS: '1', ...settings } });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (said[name] += text));
  child.stdin.on('error', () => {}).end(input);
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...said }));
  return { process: child, stdout: () => said.stdout, stderr: () => said.stderr, ended };
}

export const demarche = (settings: Record<string, string>, ...words: string[]): Promise<Ended> => begin(settings, words).ended;

/** @returns writes a text under a name in a directory of its own, and tells where; without a text, tells where it would be */
export function useFiles(): (name: string, text?: string) => string {
  const directory = mkdtempSync(join(tmpdir(), 'demarche-cli-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  return (name, text) => {
    if (text !== undefined) writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
}
