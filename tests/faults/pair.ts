// Two processes of the product on ports of their own and one database, restarted one after the other under load.
import { expect } from 'vitest';
import { type Program, startProgram } from '../process/program.js';
import { freePort } from '../support/free-port.js';
import { layGround, type startLoad } from './load.js';
import { rounds } from './rounds.js';

export const KEY = 'a-secret-of-at-least-thirty-two-characters';

export interface Pair {
  programs: Program[];
  ports: number[];
  start(index: number): Promise<Program>;
  end(): Promise<void>;
}

/** @param settings further variables of both */
export async function startPair(databaseUrl: string, settings: Record<string, string>): Promise<Pair> {
  const programs: Program[] = [];
  const ports: number[] = [];
  const start = (index: number) =>
    startProgram({ DATABASE_URL: databaseUrl, PORT: String(ports[index]), ADMIN_KEY: KEY, SEED: 'false', LOG_LEVEL: 'warn', ...settings });
  for (const index of [0, 1]) {
    ports.push(await freePort());
    programs.push(await start(index));
  }
  await layGround(programs[0]!.address, KEY);
  return {
    programs,
    ports,
    start,
    async end() {
      for (const program of programs) {
        program.process.kill('SIGKILL');
        await program.ended();
      }
    },
  };
}

/** @param ready waits until so many are known to be ready */
export async function restartInTurn(
  { programs, start }: Pair,
  load: ReturnType<typeof startLoad>,
  ready: (count: number) => Promise<unknown>,
): Promise<void> {
  for (const _ of rounds(1))
    for (const index of [0, 1]) {
      const before = load.answers.length;
      programs[index]!.process.kill('SIGTERM');
      await ready(1);
      expect(await programs[index]!.ended()).toBe(0);
      await expect.poll(() => load.answers.length).toBeGreaterThan(before + 50);
      programs[index] = await start(index);
      await ready(2);
    }
}
