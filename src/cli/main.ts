#!/usr/bin/env node
// `demarche …`: the command line, listed like a table of contents. A command is loaded when it is named, so that the rest
// costs nothing. Exit codes: 0 done, 1 refused or failed, 2 used wrongly, 130 interrupted, 143 ended.
import { type Command, CommanderError } from 'commander';
import { EXIT, newCommand, tell } from './run.js';

const COMMANDS: Record<string, [description: string, load: () => Promise<{ default: Command }>]> = {
  serve: ['Run the server.', () => import('./serve.js')],
  migrate: ['Bring the database up to date.', () => import('./migrate.js')],
  seed: ['Load the data files of a directory.', () => import('./seed.js')],
  import: ['Bring in documents from NDJSON, JSON, YAML or CSV.', () => import('./import.js')],
  export: ['Write documents as NDJSON, JSON, YAML or CSV.', () => import('./export.js')],
  add: ['Add one development, asking for what it takes.', () => import('./add.js')],
  keys: ['Make, list, rotate and revoke API keys.', () => import('./keys.js')],
  'verify-release': ['Recompute a release and compare it with what it says.', () => import('./verify-release.js')],
  purge: ['Follow the changes, and have a CDN or another cache drop what they make untrue.', () => import('./purge.js')],
  backup: ['Write all that is kept, with its history, into a file.', () => import('./backup.js')],
  restore: ['Put a backup into an empty database.', () => import('./restore.js')],
  rebuild: ['Make tables and cards again from the revisions.', () => import('./rebuild.js')],
};

// Who reads what is written here may have had enough of it.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? EXIT.done : EXIT.failed));

const words = process.argv.slice(2);
const named = words.find((word) => !word.startsWith('-') && word !== 'help');
const program = newCommand('demarche', 'A policy tracker: dated developments with their sources, on one timeline.').addHelpText(
  'after',
  `
Works on the database that DATABASE_URL names, or on the embedded one under DATA_DIR. import, export, add and
verify-release also work on a running server: --url and --key, or DEMARCHE_URL and DEMARCHE_KEY.
Exit codes: 0 done, 1 refused or failed, 2 used wrongly, 130 interrupted.`,
);
for (const [name, [description, load]] of Object.entries(COMMANDS))
  program.addCommand((name === named ? (await load()).default : newCommand(name)).description(description));

try {
  await tell(async () => void (await program.parseAsync()));
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
}
