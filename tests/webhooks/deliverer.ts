// A process that delivers and does nothing else: `deliverer.ts <address of the database> <settings as JSON>`. It says
// "delivering" once it has begun, and ends at SIGTERM as the program does.
import { createChangeStore } from '../../src/changes/store.js';
import { connectDatabase } from '../../src/database/connect.js';
import { createWebhooks } from '../../src/webhooks/webhooks.js';

const [url, settings] = process.argv.slice(2) as [string, string];
const database = await connectDatabase({ databaseUrl: url, dataDir: '', databasePool: 3 });
const { deliveries } = createWebhooks(
  database,
  { ...createChangeStore(database), onChange: database.onChange },
  {
    allowPrivateWebhooks: true,
    deliveries: JSON.parse(settings),
  },
);
const log = (facts: object, message: string) => console.log(message, facts);
process.on('SIGTERM', async () => {
  await deliveries.stop();
  await database.close();
});
deliveries.start({ info: log, warn: log });
console.log('delivering');
