// Brings documents in: in the order in which they come, events in streams, all else one by one. What names something that
// comes later in the same files is tried again after it. Whatever was acknowledged stays, however it ends.
import { KINDS, type Kind, kindOf } from '../kinds.js';
import type { Client } from '../target/client.js';
import { isMistake, type Mistake, mistakeIn, type Placed } from './read.js';
import { type Fault, isEvent, type Outcome, type SendOptions, sendEvents, sendOne } from './send.js';

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
  let waiting: { placed: Placed; kind: Kind; faults: Fault[] }[] = [];
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

  async function single(placed: Placed, kind: Kind): Promise<void> {
    const outcome = forgive(await sendOne(client, kind, placed.document, options));
    const mayCome = outcome.status === 'refused' && !options.validateOnly && outcome.faults.every(({ detail }) => MISSING.test(detail));
    if (mayCome) waiting.push({ placed, kind, faults: outcome.faults });
    else settle(placed, outcome);
  }

  /** As long as one of them gets on, the others may. */
  async function settleWaiting(): Promise<void> {
    for (let before = Number.POSITIVE_INFINITY; waiting.length > 0 && waiting.length < before && !signal.aborted; ) {
      before = waiting.length;
      const again = waiting;
      waiting = [];
      for (const { placed, kind } of again) await single(placed, kind);
    }
    for (const { placed, faults } of waiting) settle(placed, { status: 'refused', faults });
    waiting = [];
  }

  async function stream(first: Placed): Promise<void> {
    const sent = new Map<number, Placed>();
    const events = async function* () {
      let line = 0;
      for (let event: Placed | undefined = first; event !== undefined; event = await read()) {
        if (!isEvent(event.entity)) {
          next = event;
          return;
        }
        sent.set(++line, event);
        yield event.document;
      }
    };
    for await (const { line, ...outcome } of sendEvents(client, events(), options)) {
      const placed = sent.get(line);
      if (placed !== undefined) settle(placed, forgive(outcome));
      sent.delete(line);
    }
  }

  for (let placed = await read(); placed !== undefined; ) {
    if (isEvent(placed.entity)) {
      await settleWaiting();
      next = undefined;
      await stream(placed);
      placed = next ?? (await read());
    } else {
      await single(placed, kindOf(placed.entity)!);
      placed = await read();
    }
  }
  await settleWaiting();
}
