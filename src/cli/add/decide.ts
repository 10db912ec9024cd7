// The last question of demarche add: what to do with what was put together.
import { select } from '@inquirer/prompts';
import type { Document } from '../kinds.js';
import { Interrupted } from '../run.js';
import type { Client } from '../target/client.js';
import { CONTEXT } from './search.js';
import { propose, publish, type SendingOptions, type Sent } from './send.js';

/** @param isDoubtful whether it seems to be there already @throws Interrupted where it is given up */
export async function decide(
  client: Client,
  event: Document,
  options: SendingOptions & { propose: boolean },
  isDoubtful: boolean,
): Promise<Sent> {
  const choices = [
    { name: 'Publish it', value: 'publish' },
    { name: 'Keep it as a draft', value: 'draft' },
    { name: 'Propose it to the editors', value: 'propose' },
    { name: 'Throw it away', value: 'nothing' },
  ];
  const otherwise = isDoubtful ? 'nothing' : options.propose ? 'propose' : event.state === 'draft' ? 'draft' : 'publish';
  const decision = await select({ message: 'What shall become of it?', choices, default: otherwise }, CONTEXT);
  if (decision === 'nothing') throw new Interrupted('Nothing was sent.');
  if (decision === 'propose') return propose(client, event, options);
  const { state: _, ...rest } = event;
  return publish(client, decision === 'draft' ? { ...rest, state: 'draft' } : rest, options);
}
