// How a command of the command line runs: settings from the environment, the database opened and brought up to date,
// expected failures told in a sentence, and what the exit code says.
import { Command } from 'commander';
import type { Config } from '../config.js';
import type { Database } from '../database/connect.js';
import { Problem, StartupError } from '../errors.js';

export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130, ended: 143 } as const;

/** The command was used wrongly: options that do not go together, or a value that cannot be read. */
export class UsageError extends StartupError {
  override name = 'UsageError';
}

/** Somebody pressed Ctrl-C, or ended the process. The message says how far it got. */
export class Interrupted extends StartupError {
  override name = 'Interrupted';
}

export const newCommand = (name: string, description = ''): Command =>
  new Command(name)
    .description(description)
    .exitOverride()
    .showHelpAfterError(`(demarche ${name === 'demarche' ? '' : `${name} `}--help says more)`);

/** "overlap_hours" as an option: "--overlap-hours". */
export const optionOf = (member: string): string => `--${member.replaceAll('_', '-')}`;

/** What a command is given. */
export interface Run {
  config: Config;
  database: Database;
  /** The names of the migrations that were applied now. */
  applied: string[];
}

/** What reaches the database is loaded with it: asking for help needs none of it. @param hint added where it cannot be opened */
export async function run(command: (run: Run) => Promise<void>, hint = ''): Promise<void> {
  const [{ readConfig }, { readMigrations }, { openDatabase }, { ensureCards }, { MIGRATIONS }] = await Promise.all([
    import('../config.js'),
    import('../database/migrate.js'),
    import('../database/open.js'),
    import('../rebuild.js'),
    import('../files.js'),
  ]);
  await tell(async () => {
    const config = readConfig(process.env);
    const { database, applied } = await openDatabase(config, readMigrations(MIGRATIONS));
    try {
      await ensureCards(database);
      await command({ config, database, applied });
    } finally {
      await database.close();
    }
  }, hint);
}

/** Runs what may fail as expected, with or without a database: a sentence is told, and the exit code says of which kind. */
export async function tell(work: () => Promise<void>, hint = ''): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Interrupted) fail(error.message, process.exitCode === EXIT.ended ? EXIT.ended : EXIT.interrupted);
    else if (error instanceof UsageError) fail(error.message, EXIT.usage);
    else if (error instanceof StartupError) fail(`${error.message}${hint === '' ? '' : ` ${hint}`}`);
    else if (error instanceof Problem) fail(error.detail);
    else throw error;
  }
}

function fail(message: string, code: number = EXIT.failed): void {
  console.error(message);
  process.exitCode = code;
}

export const count = (number: number, noun: string, many = `${noun}s`): string => `${number} ${number === 1 ? noun : many}`;
