// `demarche migrate`, npm run db:migrate: applies the migrations that are not yet applied.
import { newCommand, run } from './run.js';

export default newCommand('migrate').action(() =>
  run(async ({ database, applied }) => {
    for (const name of applied) console.log(`applied ${name}`);
    console.log(
      applied.length === 0
        ? `The database (${database.description}) is up to date.`
        : `The database (${database.description}) is up to date now.`,
    );
  }),
);
