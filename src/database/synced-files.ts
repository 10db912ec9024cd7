// The file system of the embedded database, of which PostgreSQL may ask what it relies on: that what was written is on the
// disk (fsync). PGlite's own leaves that unanswered, so that a power failure could take what was acknowledged.
import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/**
 * PGlite passes fsync on to the file system and drops fdatasync, which is the one that PostgreSQL takes for its log unless it
 * is told otherwise. A commit waits for the first, as on a server.
 */
export const SYNC_PARAMETERS = ['-c', 'fsync=on', '-c', 'wal_sync_method=fsync'];

/** As Emscripten numbers it. PostgreSQL ends upon it: what it believed to be written may be lost. */
const EIO = 29;

/** An open file of Emscripten; a directory has no number. */
interface Stream {
  nfd?: number;
  node: object;
}
interface NodeFiles {
  stream_ops: { fsync?: (stream: Stream) => number };
  realPath(node: object): string;
}

export class SyncedFiles extends NodeFS {
  override async init(...[pg, options]: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(pg as PGlite, options);
    const answerSync = (module: unknown) => {
      const { NODEFS: files } = module as { NODEFS: NodeFiles };
      files.stream_ops.fsync = ({ nfd, node }) => {
        try {
          if (nfd === undefined) syncPath(files.realPath(node));
          else fsyncSync(nfd);
          return 0;
        } catch {
          return EIO;
        }
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), answerSync] } };
  }
}

/** All that is in a directory, and itself: a database that was just made was written by a program that asks for nothing. */
export function syncTree(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else if (entry.isFile()) syncPath(path);
  }
  syncPath(directory);
}

function syncPath(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
