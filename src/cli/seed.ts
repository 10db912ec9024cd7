// `demarche seed`: loads the data files. A second run changes nothing; an edited file changes just what it says.
import type { Database } from '../database/connect.js';
import { SEED } from '../files.js';
import { readDataSet, SeedMistakes } from '../seed/files.js';
import { loadDataSet, type Tally } from '../seed/load.js';
import { createServices } from '../services.js';
import { count, EXIT, newCommand, run } from './run.js';

export default newCommand('seed')
  .option('--directory <path>', 'where the files are', SEED)
  .action(({ directory }: { directory: string }) =>
    run(async ({ database }) => {
      const tallies = await load(directory, database);
      if (tallies.length > 0 && tallies.every(({ created, updated }) => created + updated === 0))
        console.log('The database holds all that the files say; nothing was changed.');
    }, 'The program itself loads the files at its first start.'),
  );

/** Mistakes in the files are told with how many they are; what could be tried instead of the command does not mend them. */
async function load(directory: string, database: Database): Promise<Tally[]> {
  try {
    return await loadDataSet(readDataSet(directory), { database, services: createServices(database), progress: show });
  } catch (error) {
    if (!(error instanceof SeedMistakes)) throw error;
    console.error(`${error.message}\n${count(error.mistakes.length, 'mistake')}; nothing was written.`);
    process.exitCode = EXIT.failed;
    return [];
  }
}

const show = ({ name, created, updated, unchanged }: Tally): void =>
  console.log(`${name.padEnd(13)} ${created} created, ${updated} updated, ${unchanged} unchanged`);
