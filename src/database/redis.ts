// Counts that several processes share, in Redis: loaded only where REDIS_URL names one. Whoever counts is told soon that
// it cannot be reached, and decides what that means.
import { Redis } from 'ioredis';

/** Adds to a count, which ends as long after its first use as ARGV[2] says; tells what it is and how long it still lasts. */
const SPEND = `
local used = redis.call('INCRBY', KEYS[1], ARGV[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  left = tonumber(ARGV[2])
end
return {used, left}`;

const PREFIX = 'demarche:spent:';

/** How long Redis may take, in milliseconds: a request waits for it. */
const PATIENCE = 250;

export interface RedisCounter {
  spend(key: string, units: number, window_ms: number): Promise<{ used: number; left_ms: number }>;
  close(): void;
}

export function openRedisCounter(url: string): RedisCounter {
  const redis = new Redis(url, {
    connectTimeout: 2_000,
    commandTimeout: PATIENCE,
    // What cannot be sent now fails now; it goes on trying to connect meanwhile.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (tries) => Math.min(tries * 200, 2_000),
  });
  // Whoever counts is told with the answer.
  redis.on('error', () => {});
  return {
    async spend(key, units, window_ms) {
      const [used, left_ms] = (await redis.eval(SPEND, 1, PREFIX + key, units, window_ms)) as [number, number];
      return { used, left_ms };
    },
    close: () => redis.disconnect(),
  };
}
