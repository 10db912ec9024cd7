// Which state the data is in: never one from before an own write, another's within a second, and none where it cannot be told.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createDataState, type DataState } from '../../src/database/state.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** A state that others may change: `there` is the last change as a look finds it. */
const watched = () => {
  const data = { there: 1, looks: 0, isAway: false };
  const state = createDataState(async () => {
    data.looks++;
    if (data.isAway) throw new Error('away');
    return data.there;
  }, false);
  return { data, state };
};
const see = (state: DataState, seq: number): void => state.reading()(seq);

test('nothing is told before anything was read', () => {
  expect(createDataState(async () => 1, true).current()).toBeNull();
});

describe('alone on the data', () => {
  test('what was read is true until the next write, however long that takes', async () => {
    const state = createDataState(async () => 1, true);
    see(state, 7);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(state.current()).toBe(7);
    state.written();
    expect(state.current()).toBeNull();
    see(state, 8);
    expect(state.current()).toBe(8);
  });

  test('a read that began before a write ended tells nothing, even when it ends later', () => {
    const state = createDataState(async () => 1, true);
    const saw = state.reading();
    state.written();
    saw(7);
    expect(state.current()).toBeNull();
  });

  test('of two reads that cross, the later state holds', () => {
    const state = createDataState(async () => 1, true);
    const [early, late] = [state.reading(), state.reading()];
    late(8);
    early(7);
    expect(state.current()).toBe(8);
  });
});

describe('beside others who write', () => {
  test('what was read is told for a second and no longer, where nobody can look', async () => {
    const { data, state } = watched();
    data.isAway = true;
    see(state, 1);
    await vi.advanceTimersByTimeAsync(999);
    expect(state.current()).toBe(1);
    await vi.advanceTimersByTimeAsync(2);
    expect(state.current()).toBeNull();
  });

  test('a change by another is told within a second', async () => {
    const { data, state } = watched();
    see(state, 1);
    for (let passed = 0; passed < 5000; passed += 100) {
      expect(state.current()).toBe(1);
      await vi.advanceTimersByTimeAsync(100);
    }
    data.there = 2;
    const told: (number | null)[] = [];
    for (let passed = 0; passed < 1000; passed += 100) {
      await vi.advanceTimersByTimeAsync(100);
      told.push(state.current());
    }
    expect(told.at(-1)).toBe(2);
    expect(told).not.toContain(null);
  });

  test('a second counts from when the read began, not from when it ended', async () => {
    const { data, state } = watched();
    data.isAway = true;
    const saw = state.reading();
    await vi.advanceTimersByTimeAsync(1500);
    saw(1);
    expect(state.current()).toBeNull();
  });

  test('a look that was under way during a write tells nothing', async () => {
    let found = (_: number) => {};
    const state = createDataState(() => new Promise((resolve) => (found = resolve)), false);
    see(state, 1);
    state.current();
    await vi.advanceTimersByTimeAsync(400);
    state.written();
    found(1);
    await vi.advanceTimersByTimeAsync(0);
    expect(state.current()).toBeNull();
  });

  test('nobody looks while nobody asks, and again when somebody does', async () => {
    const { data, state } = watched();
    see(state, 1);
    state.current();
    await vi.advanceTimersByTimeAsync(60_000);
    const looks = data.looks;
    expect(looks).toBeLessThan(20);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(data.looks).toBe(looks);
    expect(state.current()).toBeNull();
    await vi.advanceTimersByTimeAsync(500);
    expect(state.current()).toBe(1);
  });

  test('nobody looks after it was closed', async () => {
    const { data, state } = watched();
    state.current();
    state.close();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(data.looks).toBe(0);
  });
});
