// npm run keys -- create --role editor --name "…": makes, lists and revokes API keys.
import { Command, Option } from 'commander';
import { check } from '../contract/check.js';
import { isId } from '../contract/ids.js';
import { StartupError } from '../errors.js';
import { ROLES } from '../http/access.js';
import { keyInput } from '../keys/schema.js';
import { createKeyStore, type KeyStore } from '../keys/store.js';
import { run } from './run.js';

const HINT = 'While the program runs on the embedded database, keys are made over the API: POST /v1/keys with an admin key.';

const withKeys = (work: (keys: KeyStore) => Promise<void>) => run(({ database }) => work(createKeyStore(database)), HINT);

const program = new Command('keys').description('API keys: they are stored as digests and shown once.');

program
  .command('create')
  .description('Make a key and show it.')
  .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
  .requiredOption('--name <name>', 'who or what bears it')
  .option('--expires-at <instant>', 'when it stops being valid, such as 2027-01-01T00:00:00Z')
  .action(({ role, name, expiresAt }: { role: string; name: string; expiresAt?: string }) =>
    withKeys(async (keys) => {
      const { value, faults } = check(keyInput, { role, name, expires_at: expiresAt ?? null }, 'body');
      if (faults !== undefined) throw new StartupError(faults.map(({ detail }) => detail).join(' '));
      const made = await keys.create(value);
      console.log(`${made.key}\n\nThe key of "${made.name}" (${made.role}, id ${made.id}) is shown this once; keep it.`);
    }),
  );

program
  .command('list')
  .description('List the keys.')
  .action(() =>
    withKeys(async (keys) => {
      for (const { id, role, name, expires_at, revoked_at } of await keys.list()) {
        const validity = revoked_at !== null ? `revoked ${revoked_at}` : expires_at !== null ? `expires ${expires_at}` : 'valid';
        console.log([id, role.padEnd(11), validity.padEnd(32), name].join('  '));
      }
    }),
  );

program
  .command('revoke')
  .description('Revoke a key.')
  .argument('<id>', 'id of the key')
  .action((id: string) =>
    withKeys(async (keys) => {
      if (!isId(id)) throw new StartupError(`${id} is no id of a key; npm run keys -- list shows them.`);
      await keys.revoke(id);
      console.log('The key is revoked.');
    }),
  );

await program.parseAsync();
