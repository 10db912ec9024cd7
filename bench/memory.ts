// Memory of the product: idle, under a mixed load, and while somebody takes everything as CSV.
import { load } from './load.js';
import type { Program } from './product.js';

export interface Memory {
  idle: number;
  underLoad: number;
  /** What the CSV of everything adds at most. */
  csvAdds: number;
  csvRows: number;
  csvSeconds: number;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The most memory while `work` runs, looked at ten times a second. */
async function most(program: Program, work: () => Promise<unknown>): Promise<number> {
  let peak = program.memory();
  const timer = setInterval(() => {
    peak = Math.max(peak, program.memory());
  }, 100);
  await work();
  clearInterval(timer);
  return Math.max(peak, program.memory());
}

export async function measureMemory(program: Program, urls: string[], seconds: number): Promise<Memory> {
  await pause(3000);
  const idle = program.memory();
  const underLoad = await most(program, async () => {
    for (const url of urls) await load({ name: '', url }, seconds);
  });
  await pause(3000);
  const before = program.memory();
  let rows = -1;
  const began = performance.now();
  const peak = await most(program, async () => {
    const { body } = await fetch(`${program.address}/v1/timeline.csv`);
    for await (const chunk of body!) {
      const bytes = chunk as Uint8Array;
      for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, end + 1)) rows++;
    }
  });
  return { idle, underLoad, csvAdds: Math.max(0, peak - before), csvRows: rows, csvSeconds: (performance.now() - began) / 1000 };
}
