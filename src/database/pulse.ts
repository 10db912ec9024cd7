// Whether the server answers: it is asked again and again over a connection of its own while the pool is in use, so that a
// statement that takes long is told from a server that is gone. What hangs with the server is found out within about a
// second, and what comes back within half of one.
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';

export interface Pulse {
  /** Call it whenever the pool is used. */
  wake(): void;
  close(): void;
}

interface Options {
  url: string;
  /** Whether somebody uses the pool, or waits for it. */
  isBusy: () => boolean;
  /** Called at each beat at which it answers. */
  onBeat: () => void;
  /** Told when the server answers no more, and when it does again. */
  onTurn: (isLost: boolean) => void;
}

/** How long after an answer it is asked again, in milliseconds. */
const EVERY = 200;
/** How long an answer is waited for: so many ticks of so many milliseconds. A process that was held up itself counts one. */
const PATIENCE = { ticks: 8, length: 100 };

/** Asks a server whether it answers. */
export function createPulse({ url, isBusy, onBeat, onTurn }: Options): Pulse {
  let client: pg.Client | undefined;
  let isLost = false;
  let isRunning = false;
  let isClosed = false;

  async function beat(): Promise<void> {
    while (!isClosed) {
      await wait(EVERY, undefined, { ref: false });
      if (isClosed || (!isLost && !isBusy())) return;
      let found = await ask();
      // One connection may be broken off while the server is well.
      if (found === 'broken' && !isClosed) found = await ask();
      const answered = found === 'answers';
      if (answered && !isClosed) onBeat();
      if (isClosed || answered !== isLost) continue;
      isLost = !answered;
      onTurn(isLost);
    }
  }

  async function ask(): Promise<'answers' | 'broken' | 'silent'> {
    const asked = client ?? open(url);
    const wasConnected = client !== undefined;
    client = asked;
    const answer = (async () => {
      if (!wasConnected) await asked.connect();
      await asked.query({ name: 'pulse', text: 'select 1' });
      return 'answers' as const;
    })();
    const found = await inTime(answer.catch(() => (wasConnected ? ('broken' as const) : ('silent' as const))));
    if (found !== 'answers') {
      client = undefined;
      giveUp(asked);
    }
    return found;
  }

  return {
    wake() {
      if (isRunning || isClosed) return;
      isRunning = true;
      void beat().finally(() => {
        isRunning = false;
      });
    },
    close() {
      isClosed = true;
      if (client !== undefined) giveUp(client);
    },
  };
}

function open(url: string): pg.Client {
  const client = new pg.Client({ connectionString: url, keepAlive: true, application_name: 'demarche pulse' });
  client.on('error', () => {});
  return client;
}

async function inTime<Answer>(answer: Promise<Answer>): Promise<Answer | 'silent'> {
  let isThere = false;
  const end = new AbortController();
  const watched = answer.finally(() => {
    isThere = true;
    end.abort();
  });
  for (let ticks = 0; ticks < PATIENCE.ticks && !isThere; ticks++)
    await wait(PATIENCE.length, undefined, { ref: false, signal: end.signal }).catch(() => {});
  return isThere ? watched : 'silent';
}

/** Ends a connection without waiting for a server that may not answer. */
export function giveUp(client: pg.Client | pg.PoolClient): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}
