// The canonical form of a release: one line for each entity, as JSON Canonicalization Scheme (RFC 8785) writes it, so that
// the same state has the same bytes wherever they are made, for ever.
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Contents } from './schema.js';

/** A version of an entity, as the export shows it. */
export interface Entry {
  entity: string;
  id: string;
  version: number;
  recorded_at: string;
  /** The document as a PUT would send it. */
  state: object;
}

export const lineOf = ({ entity, id, version, recorded_at, state }: Entry): string =>
  `${canonicalize({ entity, id, version, recorded_at, state })}\n`;

/** Adds up what goes by: the digest, the length and how many there are of what. */
export class Sum {
  private readonly hash = createHash('sha256');
  private bytes = 0;
  private readonly counts = new Map<string, number>();
  private readonly event_types = new Map<string, number>();

  /** @param bytes whole lines or parts of them, in order */
  digest(bytes: Uint8Array): void {
    this.hash.update(bytes);
    this.bytes += bytes.length;
  }

  count({ entity, state }: Pick<Entry, 'entity' | 'state'>): void {
    increase(this.counts, entity);
    if (entity === 'event') increase(this.event_types, String((state as { type?: unknown }).type));
  }

  /** Call it once, at the end. */
  contents(): Contents {
    return {
      counts: sorted(this.counts),
      event_types: sorted(this.event_types),
      sha256: this.hash.digest('hex'),
      bytes: this.bytes,
    };
  }
}

const increase = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
const sorted = (counts: Map<string, number>) => Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
