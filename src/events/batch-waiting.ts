// Lines that relate to events which are not there yet: they wait for the line that brings them. How many may wait is
// bounded; those that wait for longest are given up first.

import type { LineResult } from './batch.js';
import type { Item, Outcome } from './batch-group.js';

export interface Bounds {
  lines: number;
  bytes: number;
}

/** What one step has settled, and which lines may be written now since all that they wait for is there or comes with them. */
export interface Step {
  settled: LineResult[];
  ready: Item[];
}

export function createWaiting({ lines, bytes }: Bounds) {
  /** In the order in which they came: what each still waits for, and what it is told where that never comes. */
  const waiting = new Map<Item, { missing: Set<string>; result: LineResult }>();
  const waitingFor = new Map<string, Set<Item>>();
  let held = 0;

  function add({ item, result, missing = [] }: Outcome): void {
    waiting.set(item, { missing: new Set(missing), result });
    for (const slug of missing) waitingFor.set(slug, (waitingFor.get(slug) ?? new Set()).add(item));
    held += item.bytes;
  }

  function remove(item: Item): void {
    for (const slug of waiting.get(item)!.missing) {
      const others = waitingFor.get(slug)!;
      others.delete(item);
      if (others.size === 0) waitingFor.delete(slug);
    }
    waiting.delete(item);
    held -= item.bytes;
  }

  /** Those that nothing keeps any more once these events are there; what comes with them is there for others. */
  function free(slugs: string[]): Item[] {
    const ready: Item[] = [];
    for (const slug of slugs) {
      for (const item of waitingFor.get(slug) ?? []) {
        const { missing } = waiting.get(item)!;
        missing.delete(slug);
        if (missing.size > 0) continue;
        ready.push(item);
        if (item.input.slug !== undefined) slugs.push(item.input.slug);
      }
      waitingFor.delete(slug);
    }
    for (const item of ready) remove(item);
    return ready;
  }

  return {
    get size(): number {
      return waiting.size;
    },

    step(outcomes: Outcome[]): Step {
      const settled: LineResult[] = [];
      for (const outcome of outcomes) {
        if (outcome.missing === undefined) settled.push(outcome.result);
        else add(outcome);
      }
      const ready = free(settled.flatMap(({ status, slug }) => (status === 'created' && slug !== undefined ? [slug] : [])));
      for (const [item, { result }] of waiting) {
        if (waiting.size <= lines && held <= bytes) break;
        remove(item);
        settled.push(result);
      }
      return { settled, ready };
    },

    /** All that still wait, when no more lines come: they may wait for each other. */
    takeAll(): Item[] {
      const items = [...waiting.keys()];
      for (const item of items) remove(item);
      return items;
    },
  };
}
