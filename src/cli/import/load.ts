// Brings documents in: in the order in which they come, events in streams, all else one by one. What names something that
// comes later in the same files is tried again after it. Whatever was acknowledged stays, however it ends.
import { KINDS, kindOf } from '../kinds.js';
import type { Client } from '../target/client.js';
import { isMistake, type Mistake, mistakeIn, type Placed } from './read.js';
import { type Fault, type Outcome, type SendOptions, sendEvents, sendOne } from './send.js';

export interface Tally {
  created: number;
  updated: number;
  unchanged: number;
  refused: number;
}

export interface Watching {
  signal: AbortSignal;
  /** Told of each document that was settled. */
  settled(placed: Placed, outcome: Outcome): void;
  refused(mistake: Mistake): void;
}

/** How many requests are under way at once, of those that write one document each. */
const AT_ONCE = 4;

/** How many events go in one request: after it one is told what became of them, and may stop. */
const CHUNK = 2000;

/** "There is no actor some-name; …": what is missing may come yet. */
const MISSING = /^There is no (topic|actor|source|initiative|action plan|action item|event) ([^\s;.]+)/;

/** @param tally counted up as it goes, so that it is told however it ends */
export async function load(
  client: Client,
  source: AsyncIterable<Placed | Mistake>,
  options: SendOptions,
  tally: Tally,
  { signal, settled, refused }: Watching,
): Promise<void> {
  const reads = source[Symbol.asyncIterator]();
  /** What was read by the stream of events, and is none. */
  let next: Placed | undefined;
  let waiting: { placed: Placed; faults: Fault[] }[] = [];
  /** By kind, what the files brought so far: with validate_only it is not there, and still not missing. */
  const brought = new Set<string>();

  const refuse = (mistake: Mistake) => {
    tally.refused++;
    refused(mistake);
  };
  const settle = (placed: Placed, outcome: Outcome) => {
    if (outcome.status === 'refused')
      for (const { pointer = '', detail } of outcome.faults.length > 0 ? outcome.faults : [{ detail: 'It was refused.' }])
        refused(mistakeIn(placed, pointer, detail));
    tally[outcome.status]++;
    settled(placed, outcome);
  };
  /** Where nothing is kept, what the files themselves bring is not missing. */
  const forgive = (outcome: Outcome): Outcome => {
    if (!options.validateOnly || outcome.status !== 'refused') return outcome;
    const faults = outcome.faults.filter(({ detail }) => !brought.has(MISSING.exec(detail)?.slice(1).join(' ') ?? ''));
    return faults.length === 0 ? { status: 'created', faults } : { ...outcome, faults };
  };

  async function read(): Promise<Placed | undefined> {
    for (;;) {
      if (signal.aborted) {
        if (options.atomic) signal.throwIfAborted();
        return undefined;
      }
      const { done, value } = await reads.next();
      if (done) return undefined;
      if (isMistake(value)) refuse(value);
      else if (kindOf(value.entity) === undefined)
        refuse(
          mistakeIn(value, '', `There is no kind of document ${value.entity}; there are ${KINDS.map(({ entity }) => entity).join(', ')}.`),
        );
      else {
        const kind = kindOf(value.entity)!;
        brought.add(`${kind.noun} ${kind.keyOf(value.document)}`);
        return value;
      }
    }
  }

  const isWaiting = ({ status, faults }: Outcome) =>
    status === 'refused' &&
    !options.validateOnly &&
    !options.atomic &&
    faults.length > 0 &&
    faults.every(({ detail }) => MISSING.test(detail));

  async function single(placed: Placed): Promise<void> {
    const outcome = forgive(await sendOne(client, kindOf(placed.entity)!, placed.document, options));
    if (isWaiting(outcome)) waiting.push({ placed, faults: outcome.faults });
    else settle(placed, outcome);
  }

  /** As long as one of them gets on, the others may. @param isLast whether nothing more will come that they could wait for */
  async function settleWaiting(isLast: boolean): Promise<void> {
    for (let before = Number.POSITIVE_INFINITY; waiting.length > 0 && waiting.length < before && !signal.aborted; ) {
      before = waiting.length;
      const again = waiting;
      waiting = [];
      for (const { placed } of again) if (placed.entity !== 'event') await single(placed);
      const events = again.filter(({ placed }) => placed.entity === 'event').map(({ placed }) => placed);
      if (events.length > 0) await chunk(events);
    }
    if (!isLast) return;
    for (const { placed, faults } of waiting) settle(placed, { status: 'refused', faults });
    waiting = [];
  }

  /** Those that are at hand: what one names that comes later waits for it. */
  async function chunk(events: Placed[]): Promise<void> {
    for await (const { line, ...outcome } of sendEvents(
      client,
      events.map(({ document }) => document),
      options,
    )) {
      const placed = events[line - 1]!;
      if (isWaiting(outcome)) waiting.push({ placed, faults: outcome.faults });
      else settle(placed, forgive(outcome));
    }
  }

  /** In one transaction, which takes one request. */
  async function whole(first: Placed): Promise<void> {
    const sent: Placed[] = [];
    const events = async function* () {
      for (let event: Placed | undefined = first; event !== undefined; event = await read()) {
        if (event.entity !== 'event') {
          next = event;
          return;
        }
        sent.push(event);
        yield event.document;
      }
    };
    for await (const { line, ...outcome } of sendEvents(client, events(), options)) settle(sent[line - 1]!, forgive(outcome));
  }

  async function parts(first: Placed): Promise<void> {
    for (let event: Placed | undefined = first; event !== undefined; event = next) {
      next = undefined;
      const events = [event];
      while (events.length < CHUNK && next === undefined) {
        const more = await read();
        if (more === undefined) break;
        if (more.entity === 'event') events.push(more);
        else next = more;
      }
      await chunk(events);
      if (next === undefined) next = await read();
      if (next !== undefined && next.entity !== 'event') return;
    }
  }

  for (let placed = await read(); placed !== undefined; ) {
    if (placed.entity === 'event') {
      await settleWaiting(false);
      next = undefined;
      await (options.atomic || options.validateOnly ? whole(placed) : parts(placed));
      placed = next;
    } else {
      // One that names another of them waits for it like any other.
      const together = [placed];
      placed = await read();
      for (; placed !== undefined && placed.entity !== 'event' && together.length < AT_ONCE; placed = await read()) together.push(placed);
      await Promise.all(together.map(single));
    }
  }
  await settleWaiting(true);
}
