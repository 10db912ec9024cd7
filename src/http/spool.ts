// Large bodies, taken whole before anything is done with them: so it is known what was sent (its digest, its length, that
// it came to its end) before the first of it has an effect, and a sender that is slow or goes away holds nothing up. What
// is small stays in memory, the rest in a temporary file that has no name; there are only so many at a time.
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Problem } from '../errors.js';

export interface SpoolOptions {
  /** How many at a time. */
  most: number;
  /** In bytes, of each. */
  bytes: number;
  /** How much of each stays in memory, in bytes. */
  in_memory?: number;
  /** How long a sender may send nothing, in milliseconds. */
  stalled_ms?: number;
}

const READ = 256 * 1024;

/** A body that is there whole. As JSON it is its digest: by that one request is told from another. */
export class Spool {
  private closed = false;

  constructor(
    private readonly parts: Buffer[],
    private readonly file: FileHandle | null,
    readonly length: number,
    private readonly digest: string,
    private readonly gone: () => void,
  ) {}

  toJSON(): object {
    return { sha256: this.digest };
  }

  /** From the beginning, as often as it is asked. */
  async *read(): AsyncGenerator<Buffer> {
    yield* this.parts;
    if (this.file === null) return;
    for (let position = 0; ; ) {
      const { bytesRead, buffer } = await this.file.read(Buffer.allocUnsafe(READ), 0, READ, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  /** To be called when nobody reads it any more. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.gone();
    await this.file?.close();
  }
}

export type Spools = ReturnType<typeof createSpools>;

export function createSpools({ most, bytes, in_memory = 1024 * 1024, stalled_ms = 30_000 }: SpoolOptions) {
  let count = 0;

  /** @param look is handed the body as it comes, and throws where it is not to be taken */
  async function take(body: Readable, length: number | undefined, look: (chunks: AsyncIterable<Buffer>) => Promise<void>): Promise<Spool> {
    if (length !== undefined && length > bytes) throw tooLarge(bytes);
    if (count >= most) {
      const detail = 'As many batches are under way as this server takes at a time; send it again when one of them is done.';
      throw new Problem('unavailable', detail, { headers: { 'retry-after': '10' } });
    }
    count++;
    const file: { handle: FileHandle | null } = { handle: null };
    try {
      const hash = createHash('sha256');
      const kept: { parts: Buffer[]; length: number } = { parts: [], length: 0 };
      await look(keeping(arriving(body, bytes, stalled_ms), kept, hash, file, in_memory));
      return new Spool(kept.parts, file.handle, kept.length, hash.digest('base64url'), () => count--);
    } catch (error) {
      count--;
      await file.handle?.close();
      throw error;
    }
  }

  return {
    take,
    get count(): number {
      return count;
    },
  };
}

/** What arrives, as long as it is not too much, and not too slow. */
async function* arriving(body: Readable, most: number, stalled_ms: number): AsyncGenerator<Buffer> {
  const timer = setTimeout(
    () => body.destroy(new Problem('bad-request', 'The body stopped arriving; send it again.', { status: 408 })),
    stalled_ms,
  );
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > most) throw tooLarge(most);
      timer.refresh();
      yield chunk;
    }
  } finally {
    clearTimeout(timer);
  }
}

async function* keeping(
  chunks: AsyncIterable<Buffer>,
  kept: { parts: Buffer[]; length: number },
  hash: { update(chunk: Buffer): unknown },
  file: { handle: FileHandle | null },
  in_memory: number,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    kept.length += chunk.length;
    if (file.handle === null && kept.length > in_memory) {
      file.handle = await openNameless();
      for (const part of kept.parts.splice(0)) await file.handle.appendFile(part);
    }
    if (file.handle === null) kept.parts.push(chunk);
    else await file.handle.appendFile(chunk);
    yield chunk;
  }
}

/** It is gone with the process, however that ends. */
async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `demarche-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600);
  await unlink(path);
  return handle;
}

const tooLarge = (most: number): Problem =>
  new Problem('content-too-large', `The body is larger than the ${Math.round(most / 1e6)} MB that it may have; send it in parts.`);
