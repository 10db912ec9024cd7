// npm run seed: loads the data files. A second run changes nothing; an edited file changes just what it says.
import { Command } from 'commander';
import { SEED } from '../files.js';
import { readDataSet } from '../seed/files.js';
import { loadDataSet } from '../seed/load.js';
import { createServices } from '../services.js';
import { run } from './run.js';

const { directory } = new Command('seed')
  .description('Load the data files of a directory into the database.')
  .option('--directory <path>', 'where the files are', SEED)
  .parse()
  .opts<{ directory: string }>();

await run(async ({ database }) => {
  const data = readDataSet(directory);
  const tallies = await loadDataSet(data, {
    database,
    services: createServices(database),
    progress: ({ name, created, updated, unchanged }) =>
      console.log(`${name.padEnd(13)} ${created} created, ${updated} updated, ${unchanged} unchanged`),
  });
  if (tallies.every(({ created, updated }) => created + updated === 0))
    console.log('The database holds all that the files say; nothing was changed.');
}, 'The program itself loads the files at its first start.');
