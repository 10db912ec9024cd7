// Several processes that answer on one port (node:cluster): one that is ready to start others and answers nothing itself,
// and the workers, each of which is the whole program. One that ends is started again, the sooner the longer it ran.
import cluster, { type Worker } from 'node:cluster';
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';

interface Log {
  info(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

interface SupervisorOptions {
  count: number;
  log: Log;
  /** How long workers have to stop, in milliseconds. */
  patience_ms: number;
}

export interface Supervisor {
  /** Where they answer, once all of them do. @throws Error where one ends before */
  listening: Promise<AddressInfo>;
  /** Has all of them stop, by a signal. @returns whether each did as it should */
  stop(signal: NodeJS.Signals): Promise<boolean>;
}

/** How long until one that ended is started again: at first, at most, and after how long it counts as well; in milliseconds. */
const RESTART_AFTER = { first: 100, longest: 30_000, well: 60_000 };

export function supervise({ count, log, patience_ms }: SupervisorOptions): Supervisor {
  // What is not a number stays what it is on the way.
  cluster.setupPrimary({ serialization: 'advanced' });
  const running = new Set<Worker>();
  const restarts = new Set<NodeJS.Timeout>();
  let listening = 0;
  let isStopping = false;
  let isWell = true;
  let allEnded = () => {};

  function start(failures: number, tell: { ready(address: AddressInfo): void; failed(): void } | undefined): void {
    const worker = cluster.fork();
    const beganAt = performance.now();
    let isFirst = tell !== undefined;
    running.add(worker);
    relayFigures(worker, running);
    worker.on('listening', (address) => {
      if (isFirst && ++listening === count) tell!.ready(address as unknown as AddressInfo);
      isFirst = false;
    });
    worker.on('exit', (code, signal) => {
      running.delete(worker);
      if (isStopping) {
        isWell &&= code === 0;
        if (running.size === 0) allEnded();
      } else if (isFirst) tell!.failed();
      else {
        const inARow = performance.now() - beganAt > RESTART_AFTER.well ? 0 : failures;
        const wait_ms = Math.min(RESTART_AFTER.first * 2 ** inARow, RESTART_AFTER.longest);
        log.error({ worker: worker.process.pid, code, signal, wait_ms }, 'a worker has ended; another one is started in its place');
        const timer = setTimeout(() => {
          restarts.delete(timer);
          start(inARow + 1, undefined);
        }, wait_ms);
        restarts.add(timer);
      }
    });
  }

  return {
    listening: new Promise((ready, reject) => {
      const failed = () => reject(new Error('A worker ended before it answered.'));
      for (let started = 0; started < count; started++) start(0, { ready, failed });
    }),
    async stop(signal) {
      isStopping = true;
      for (const timer of restarts) clearTimeout(timer);
      if (running.size === 0) return isWell;
      const ended = new Promise<void>((resolve) => {
        allEnded = resolve;
      });
      for (const worker of running) worker.process.kill(signal);
      const late = setTimeout(() => {
        for (const worker of running) worker.process.kill('SIGKILL');
      }, patience_ms);
      await ended;
      clearTimeout(late);
      return isWell;
    },
  };
}

/** The figures of one process, as its registry tells them. */
type Figures = object[];
/** A worker wants those of all, and is sent them; on the way each is asked for its own. */
type Message = { id: string } & ({ wants: 'all' } | { asks: 'own' } | { own: Figures } | { all: Figures[] });

/** How long the others are waited for, in milliseconds: who does not answer is left out. */
const PATIENCE_MS = 1_000;

function relayFigures(worker: Worker, running: ReadonlySet<Worker>): void {
  worker.on('message', (message: Message) => {
    if (!('wants' in message)) return;
    const { id } = message;
    const asked = new Set(running);
    const all: Figures[] = [];
    const hear = (from: Worker, answer: Message) => {
      if (!('own' in answer) || answer.id !== id) return;
      all.push(answer.own);
      asked.delete(from);
      if (asked.size === 0) finish();
    };
    const finish = () => {
      clearTimeout(timer);
      cluster.off('message', hear);
      if (worker.isConnected()) worker.send({ id, all });
    };
    const timer = setTimeout(finish, PATIENCE_MS);
    cluster.on('message', hear);
    for (const one of asked) if (one.isConnected()) one.send({ id, asks: 'own' });
  });
}

export interface Peers {
  /** Says how this process tells its own figures, when it is asked. */
  offer(own: () => Promise<Figures>): void;
  /** Those of all processes that answer on this port, this one among them. */
  all(): Promise<Figures[]>;
}

/** The others, as a worker knows them. */
export function peersOf(worker: Worker): Peers {
  let own = async (): Promise<Figures> => [];
  const waiting = new Map<string, (all: Figures[]) => void>();
  worker.on('message', async (message: Message) => {
    if ('asks' in message) worker.send({ id: message.id, own: await own().catch(() => []) });
    else if ('all' in message) waiting.get(message.id)?.(message.all);
  });
  return {
    offer(tell) {
      own = tell;
    },
    async all() {
      const id = randomUUID();
      let timer: NodeJS.Timeout | undefined;
      const heard = new Promise<Figures[]>((resolve, reject) => {
        waiting.set(id, resolve);
        timer = setTimeout(() => reject(new Error('The other processes do not tell their figures.')), 2 * PATIENCE_MS);
      });
      worker.send({ id, wants: 'all' });
      return heard.finally(() => {
        clearTimeout(timer);
        waiting.delete(id);
      });
    },
  };
}
