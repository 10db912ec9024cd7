// How a command of the command line runs: settings from the environment, the database opened and brought up to date,
// and expected failures told in a sentence.
import { readConfig } from '../config.js';
import type { Database } from '../database/connect.js';
import { readMigrations } from '../database/migrate.js';
import { openDatabase } from '../database/open.js';
import { Problem, StartupError } from '../errors.js';
import { MIGRATIONS } from '../files.js';
import { ensureCards } from '../rebuild.js';
import { SeedMistakes } from '../seed/files.js';

/** What a command is given. */
export interface Run {
  database: Database;
  /** The names of the migrations that were applied now. */
  applied: string[];
}

/** @param hint added to the message when the database cannot be opened */
export async function run(command: (run: Run) => Promise<void>, hint = ''): Promise<void> {
  await tell(async () => {
    const { database, applied } = await openDatabase(readConfig(process.env), readMigrations(MIGRATIONS));
    try {
      await ensureCards(database);
      await command({ database, applied });
    } finally {
      await database.close();
    }
  }, hint);
}

/** Runs what may fail as expected, with or without a database: a sentence is told, and the command ends with 1. */
export async function tell(work: () => Promise<void>, hint = ''): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SeedMistakes) fail(`${error.message}\n${count(error.mistakes.length, 'mistake')}; nothing was written.`);
    else if (error instanceof StartupError) fail(`${error.message}${hint === '' ? '' : ` ${hint}`}`);
    else if (error instanceof Problem) fail(error.detail);
    else throw error;
  }
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
