// npm run rebuild: makes every card again from the normal tables. It changes nothing unless a card was wrong.
import { rebuildCards } from '../events/cards.js';
import { count, run } from './run.js';

await run(async ({ database }) => {
  const cards = await rebuildCards(database, (done, all) => {
    if (process.stdout.isTTY) process.stdout.write(`\r${done} of ${count(all, 'event')}`);
  });
  console.log(`${process.stdout.isTTY ? '\r' : ''}${count(cards, 'card')} made again.`);
});
