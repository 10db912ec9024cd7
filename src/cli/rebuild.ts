// `demarche rebuild`: makes the tables and cards again from the revisions. It changes nothing unless something was wrong.
import { rebuild } from '../rebuild.js';
import { createProgress } from './progress.js';
import { count, newCommand, run } from './run.js';

export default newCommand('rebuild').action(() =>
  run(async ({ database }) => {
    const progress = createProgress('revisions');
    const revisions = await rebuild(database, (done, all) => progress.at(done, all));
    progress.end();
    console.log(`${count(revisions, 'revision')} written down again.`);
  }),
);
