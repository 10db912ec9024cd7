// Delivers the changes of the feed to webhooks: each webhook in the order of the feed, the next change once the one
// before was taken, at least once. A webhook's position moves on after each change that was taken, and only there where
// it was seen, so whoever dies, stalls or is stopped loses nothing; the change that was under way is sent again.

import type { Job, Queue } from './queue.js';
import type { Delivery } from './schema.js';
import type { Message, Outcome, Send } from './send.js';
import type { Endpoint, WebhookStore } from './store.js';

/** A change, as the feed tells it. */
export interface FeedEntry {
  seq: number;
  entity: string;
  operation: string;
  recorded_at: string;
}

export interface Feed {
  read(question: {
    since: number;
    limit: number;
    filters: Endpoint['filters'];
    seesHidden: boolean;
    decides: boolean;
  }): Promise<{ entries: FeedEntry[]; position: number; hasMore: boolean }>;
  /** The number of the last change. */
  last(): Promise<number>;
  /** Told when something was written, where that is known sooner than by looking. @returns takes the listener away */
  onChange?: (listener: () => void) => () => void;
}

export interface DeliverySettings {
  /** How long to wait after each failure in a row, in milliseconds; after the last the webhook is disabled. */
  backOff: number[];
  /** How often to look for what is due. */
  pollMs: number;
  /** After how long a webhook is given back for others' sake, to be taken up again where there is more. */
  runMs: number;
  /** How long a stop waits for attempts that are under way. */
  stopMs: number;
}

const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000];

/** About three days in all, as Standard Webhooks suggests. */
export const BACK_OFF = [5 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

const SETTINGS: DeliverySettings = {
  backOff: BACK_OFF,
  pollMs: 2000,
  runMs: 15_000,
  stopMs: 3000,
};

/** How many webhooks a process delivers to at a time, and how many changes it reads at a time. */
const MOST_RUNS = 10;
const BATCH = 100;

interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

interface DeliveriesOptions {
  store: Pick<WebhookStore, 'enabled' | 'findEndpoint' | 'settle' | 'skip'>;
  feed: Feed;
  queue: Queue;
  send: Send;
  settings?: Partial<DeliverySettings>;
}

export type Deliveries = ReturnType<typeof createDeliveries>;

export function createDeliveries({ store, feed, queue, send, settings }: DeliveriesOptions) {
  const { backOff, pollMs, runMs, stopMs } = { ...SETTINGS, ...settings };
  const runs = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  let state: 'idle' | 'running' | 'stopped' = 'idle';
  let log: Log;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let lookAgain = false;
  let unlisten: (() => void) | undefined;
  const outcomes = { succeeded: 0, failed: 0 };

  /** Takes up what is due; calls that come meanwhile lead to one more look. */
  function wake(): void {
    if (state !== 'running') return;
    if (looking !== undefined) {
      lookAgain = true;
      return;
    }
    clearTimeout(timer);
    looking = look()
      .catch((err: unknown) => log.warn({ err }, 'webhooks could not be looked at'))
      .finally(() => {
        looking = undefined;
        if (state !== 'running') return;
        timer = setTimeout(wake, pollMs);
        timer.unref();
        if (!lookAgain) return;
        lookAgain = false;
        wake();
      });
  }

  /** Where there is no webhook, nobody listens. */
  function listen(wanted: boolean): void {
    if (wanted === (unlisten !== undefined)) return;
    unlisten?.();
    unlisten = wanted ? feed.onChange?.(wake) : undefined;
  }

  async function look(): Promise<void> {
    const enabled = await store.enabled();
    listen(enabled.length > 0);
    if (enabled.length === 0) return;
    const last = await feed.last();
    const due = enabled.filter(({ id, position, waits }) => position < last && !waits && !runs.has(id));
    if (due.length === 0) return;
    await queue.push(due.map(({ id }) => id));
    if (runs.size >= MOST_RUNS) return;
    for (const job of await queue.take(MOST_RUNS - runs.size)) {
      // One of ours that stalled until it had expired ends first.
      if (runs.has(job.id)) continue;
      const run = deliverTo(job).finally(() => {
        runs.delete(job.id);
        wake();
      });
      runs.set(job.id, run);
    }
  }

  async function deliverTo(job: Job): Promise<void> {
    try {
      await work(job.id, performance.now() + runMs);
      await queue.done(job);
    } catch (err) {
      // The job stays locked until it expires; then it is taken up again.
      log.warn({ err, webhook: job.id }, 'deliveries to a webhook broke off');
    }
  }

  const isOver = (until: number) => state !== 'running' || performance.now() > until;

  /** Goes on from the webhook's position until nothing is left, something failed, or the time is over. */
  async function work(id: string, until: number): Promise<void> {
    while (!isOver(until)) {
      const webhook = await store.findEndpoint(id);
      if (webhook === null || webhook.state !== 'enabled' || webhook.waits) return;
      const { filters, include_hidden: seesHidden } = webhook;
      const { entries, position, hasMore } = await feed.read({
        since: webhook.position,
        limit: BATCH,
        filters,
        seesHidden,
        decides: seesHidden,
      });
      for (const entry of entries) {
        if (isOver(until)) return;
        const goesOn = await deliver(webhook, entry);
        if (!goesOn) return;
        webhook.position = entry.seq;
        webhook.failures = 0;
      }
      if (position > webhook.position && !(await store.skip(id, webhook.position, position))) return;
      if (!hasMore) return;
    }
  }

  /** @returns whether it was taken and the webhook is as it was seen */
  async function deliver(webhook: Endpoint, entry: FeedEntry): Promise<boolean> {
    const message = messageOf(webhook.id, entry);
    const outcome = await send(webhook, message, stopping.signal);
    // Broken off by us: it says nothing about the endpoint.
    if (stopping.signal.aborted && outcome.status === 'failed') return false;
    outcomes[outcome.status]++;
    const attempt = { ...attemptOf(message, outcome), seq: entry.seq, attempt: webhook.failures + 1 };
    const settled = outcome.status === 'succeeded' ? TAKEN : failed(outcome, webhook.failures);
    const position = outcome.status === 'succeeded' ? entry.seq : webhook.position;
    const edition = await store.settle(webhook.id, attempt, { from: webhook.position, position, ...settled });
    if (settled.disabled_reason !== null) log.warn({ webhook: webhook.id, reason: settled.disabled_reason }, 'webhook disabled');
    return outcome.status === 'succeeded' && edition === webhook.edition;
  }

  function failed({ response_status, error }: Outcome, failures: number) {
    const wait = backOff[failures];
    const disabled_reason =
      response_status === 410
        ? 'The endpoint answered 410 Gone.'
        : wait === undefined
          ? `${failures + 1} attempts in a row at one change failed; the last one: ${error}`
          : null;
    // Jitter of a fifth either way, so that endpoints that failed together are not tried together for ever.
    return {
      failures: failures + 1,
      wait_ms: disabled_reason === null ? Math.round(wait! * (0.8 + 0.4 * Math.random())) : null,
      disabled_reason,
    };
  }

  return {
    start(to: Log): void {
      log = to;
      state = 'running';
      wake();
    },

    wake,

    /** Attempts of this process so far. */
    outcomes: () => ({ ...outcomes }),

    /** Takes up nothing new, waits a while for what is under way and breaks off the rest, unrecorded. */
    async stop(): Promise<void> {
      state = 'stopped';
      clearTimeout(timer);
      await looking;
      listen(false);
      const late = setTimeout(() => stopping.abort(), stopMs);
      await Promise.all(runs.values());
      clearTimeout(late);
    },
  };
}

const TAKEN = { failures: 0, wait_ms: null, disabled_reason: null };

/** The id is the same at each attempt, so that a receiver can drop what it has had. */
function messageOf(webhook: string, entry: FeedEntry): Message {
  const body = JSON.stringify({ type: `${entry.entity}.${entry.operation}`, timestamp: entry.recorded_at, data: entry });
  return { id: `msg_${webhook.replaceAll('-', '')}_${entry.seq}`, body };
}

/** An outcome as it is logged. */
export const attemptOf = (message: Message, { body: _, ...outcome }: Outcome): Omit<Delivery, 'at' | 'seq' | 'attempt'> & { at: Date } => ({
  message_id: message.id,
  ...outcome,
});
