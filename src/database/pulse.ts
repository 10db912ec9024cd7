// Whether the server answers: it is asked again and again over a connection of its own while the pool is in use, so that a
// statement that takes long is told from a server that is gone. What hangs with the server is found out within about a
// second, and what comes back within half of one.
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { clientFor, giveUp, isStandby, type Reach } from './server-client.js';

export interface Pulse {
  /** Call it whenever the pool is used. */
  wake(): void;
  close(): void;
}

interface Options extends Reach {
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

/** Asks a server whether it answers, and takes writes: one that was made a standby of another is as good as gone. */
export function createPulse({ isBusy, onBeat, onTurn, ...reach }: Options): Pulse {
  const Client = clientFor(reach);
  let client: pg.Client | undefined;
  let address = reach.hosts.current();
  let isLost = false;
  let isRunning = false;
  let isClosed = false;

  async function beat(): Promise<void> {
    while (!isClosed) {
      await wait(EVERY, undefined, { ref: false });
      if (isClosed || (!isLost && !isBusy())) return;
      let found = await ask();
      // One connection may be broken off while the server is well, also while it is made.
      if (found === 'broken' && !isClosed) found = await ask();
      const answered = found === 'answers';
      if (answered && !isClosed) onBeat();
      if (isClosed || answered !== isLost) continue;
      isLost = !answered;
      onTurn(isLost);
    }
  }

  async function ask(): Promise<'answers' | 'broken' | 'silent'> {
    const asked = client ?? open();
    const wasConnected = client !== undefined;
    client = asked;
    const answer = (async () => {
      if (!wasConnected) await asked.connect();
      return !(await isStandby(asked)) || reach.mayBeStandby === true ? ('answers' as const) : ('silent' as const);
    })();
    const found = await inTime(answer.catch(() => 'broken' as const));
    if (found !== 'answers') {
      client = undefined;
      giveUp(asked);
      reach.hosts.turnFrom(address);
    }
    return found;
  }

  function open(): pg.Client {
    address = reach.hosts.current();
    return new Client({ keepAlive: true, application_name: 'demarche pulse' });
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
