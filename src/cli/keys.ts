// `demarche keys create --role editor --name "…"`: makes, lists, rotates and revokes API keys.
import { InvalidArgumentError, Option } from 'commander';
import type { z } from 'zod';
import { check } from '../contract/check.js';
import { isId } from '../contract/ids.js';
import { MOST_LIMIT } from '../contract/page.js';
import { ROLES } from '../http/access.js';
import { type ApiKey, keyInput, OVERLAP_HOURS, rotation } from '../keys/schema.js';
import { createKeyStore, type KeyStore } from '../keys/store.js';
import { newCommand, optionOf, run, UsageError } from './run.js';

const HINT = 'While the program runs on the embedded database, keys are made over the API: POST /v1/keys with an admin key.';

const withKeys = (work: (keys: KeyStore) => Promise<void>) => run(({ database }) => work(createKeyStore(database)), HINT);

const program = newCommand('keys').addHelpText('after', '\nKeys are stored as digests and shown once.');
export default program;

program
  .command('create')
  .description('Make a key and show it.')
  .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
  .requiredOption('--name <name>', 'who or what bears it')
  .option('--expires-at <instant>', 'when it stops being valid, such as 2027-01-01T00:00:00Z')
  .action(({ role, name, expiresAt }: { role: string; name: string; expiresAt?: string }) => {
    const input = read(keyInput, { role, name, expires_at: expiresAt ?? null });
    return withKeys(async (keys) => {
      const made = await keys.create(input);
      console.log(`${made.key}\n\nThe key of "${made.name}" (${made.role}, id ${made.id}) is shown this once; keep it.`);
    });
  });

program
  .command('list')
  .description('List the keys, the newest first, and when each was last used.')
  .action(() =>
    withKeys(async (keys) => {
      let cursor: string | undefined;
      do {
        const { data, next } = await keys.list({ limit: MOST_LIMIT, cursor });
        for (const key of data) console.log(lineOf(key));
        cursor = next ?? undefined;
      } while (cursor !== undefined);
    }),
  );

program
  .command('rotate')
  .description('Replace a key by a new one and show that; the old one stays valid for a while.')
  .argument('<id>', 'id of the key', checkedId)
  .option('--overlap-hours <hours>', 'how long the old one stays valid; 0 revokes it at once', String(OVERLAP_HOURS))
  .action((id: string, { overlapHours }: { overlapHours: string }) => {
    const input = read(rotation, { overlap_hours: Number(overlapHours) });
    return withKeys(async (keys) => {
      const made = await keys.rotate(id, input);
      console.log(`${made.key}\n\nThe new key of "${made.name}" (${made.role}, id ${made.id}) is shown this once; keep it.`);
      console.log(`The old one is valid until ${made.replaced.valid_until}.`);
    });
  });

program
  .command('revoke')
  .description('Revoke a key.')
  .argument('<id>', 'id of the key', checkedId)
  .action((id: string) =>
    withKeys(async (keys) => {
      await keys.revoke(id);
      console.log('The key is revoked.');
    }),
  );

/** What options say, as the API takes it. @throws UsageError */
function read<Value>(schema: z.ZodType<Value>, members: object): Value {
  const { value, faults } = check(schema, members, 'body');
  if (faults === undefined) return value;
  throw new UsageError(faults.map(({ pointer = '', detail }) => sentence(pointer, detail)).join('\n'));
}

/** A fault of a member, told of the option that gives it. */
function sentence(pointer: string, detail: string): string {
  const option = optionOf(pointer.slice(1));
  return detail.startsWith(pointer) ? `${option}${detail.slice(pointer.length)}` : `${option}: ${detail}`;
}

function checkedId(text: string): string {
  if (!isId(text)) throw new InvalidArgumentError(`${text} is no id of a key; demarche keys list shows them.`);
  return text;
}

function lineOf({ id, role, name, expires_at, revoked_at, last_used_on }: ApiKey): string {
  const isOver = expires_at !== null && Date.parse(expires_at) <= Date.now();
  const validity =
    revoked_at !== null ? `revoked ${revoked_at}` : expires_at !== null ? `${isOver ? 'expired' : 'expires'} ${expires_at}` : 'valid';
  return [id, role.padEnd(11), validity.padEnd(32), (last_used_on ?? 'never used').padEnd(10), name].join('  ');
}
