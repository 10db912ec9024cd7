// npm run rebuild: makes the tables and cards again from the revisions. It changes nothing unless something was wrong.
import { rebuild } from '../rebuild.js';
import { count, run } from './run.js';

await run(async ({ database }) => {
  const revisions = await rebuild(database, (done, all) => {
    if (process.stdout.isTTY) process.stdout.write(`\r${done} of ${count(all, 'revision')}`);
  });
  console.log(`${process.stdout.isTTY ? '\r' : ''}${count(revisions, 'revision')} written down again.`);
});
