// What the database says when it refuses, in the words of the catalogue. Constraints are the last guard: the services
// check first and say it better, so what arrives here is a race, an outage or a mistake of ours.
import { Problem } from '../errors.js';

/** SQLSTATE classes and codes that mean: not now, perhaps later. A server that takes no writes (25006) became a standby. */
const PASSING = /^(08|25006|53|57P|58030|40001|40P01|55P03|57014|25P03)/;
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
]);
const PASSING_MESSAGE =
  /timeout exceeded when trying to connect|^timeout expired$|Query read timeout|Connection terminated|is not queryable|Can't reach database server|Unable to start a transaction/i;

/**
 * @returns the Problem that an error of the database means for the reader, or undefined when it is a mistake of ours
 */
export function problemOf(error: unknown): Problem | undefined {
  const codes = codesOf(error);
  if (codes.some((code) => NETWORK.has(code) || PASSING.test(code)) || (error instanceof Error && PASSING_MESSAGE.test(error.message))) {
    return new Problem('unavailable', 'The database cannot answer right now; try again in a moment.', {
      headers: { 'retry-after': '1' },
      cause: error,
    });
  }
  if (codes.includes('23505') || codes.includes('P2002')) {
    return new Problem('conflict', 'Something else took the same slug, url or number in the meantime; read it and try again.', {
      cause: error,
    });
  }
  if (codes.includes('23503') || codes.includes('P2003')) {
    return new Problem(
      'conflict',
      'Something that this refers to, or that refers to this, was changed in the meantime; read it and try again.',
      { cause: error },
    );
  }
  return undefined;
}

/** Whether a transaction failed only because of another one, so that it may be run again as it was. */
export const isCollision = (error: unknown): boolean => codesOf(error).some((code) => code === '40001' || code === '40P01');

/** The codes of an error and of all that caused it; Prisma keeps PostgreSQL's own at `cause.originalCode`. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let current = error, depth = 0; current instanceof Object && depth < 6; depth++) {
    const { code, originalCode, cause, meta } = current as Record<string, unknown>;
    for (const value of [code, originalCode]) if (typeof value === 'string') codes.push(value);
    current = cause ?? (meta as Record<string, unknown> | undefined)?.driverAdapterError;
  }
  return codes;
}
