// Of a table: turns names of actors, topics and initiatives into their slugs.
import { slug as slugForm } from '../../contract/ids.js';
import type { Document } from '../kinds.js';
import type { Client } from '../target/client.js';
import { createNames, type NamedKind } from '../target/names.js';

/** Something is named that is not there. */
export class UnknownName extends Error {
  constructor(
    readonly pointer: string,
    message: string,
  ) {
    super(message);
  }
}

/** @throws UnknownName where it is neither the name of one that is there, nor what a slug looks like */
export function namesToSlugs(client: Client): (event: Document) => Promise<void> {
  const names = createNames(client);
  const slugOf = async (kind: NamedKind, text: string, pointer: string): Promise<string> => {
    if (slugForm.safeParse(text).success) return text;
    const found = await names.find(kind, text);
    if (found === undefined) throw new UnknownName(pointer, `There is no ${kind} ${text}; add it first, or name one by its slug.`);
    return found.slug;
  };
  return async (event) => {
    for (const participant of (event.actors ?? []) as { actor: string }[])
      participant.actor = await slugOf('actor', participant.actor, '/actors');
    for (const [member, kind] of [
      ['topics', 'topic'],
      ['initiatives', 'initiative'],
    ] as const)
      if (event[member] !== undefined)
        event[member] = await Promise.all((event[member] as string[]).map((text) => slugOf(kind, text, `/${member}`)));
  };
}
