import { expect, test } from 'vitest';
import { Trails } from '../../../../engine/trace/state/trails.ts';

/** Adds the states of some steps, each of which does not share 10 bytes with the one before, and all of them `base` with others. */
function walk(trails: Trails<string>, from: number, to: number, base = 1_000): void {
  trails.leave();
  for (let step = from; step <= to; step++) trails.add(step, `state ${step}`, 10, base);
}

test('the nearest state up to a step is found on any way', () => {
  const trails = new Trails<string>(1_000_000);
  walk(trails, 100, 110);
  walk(trails, 50, 60);
  expect(trails.get(105)).toBe('state 105');
  expect(trails.get(61)).toBeUndefined();
  expect(trails.nearest(49)).toBeUndefined();
  expect(trails.nearest(99)).toEqual({ step: 60, state: 'state 60', bytes: 1_100 });
  expect(trails.nearest(1_000)).toEqual({ step: 110, state: 'state 110', bytes: 1_100 });
});

test('what was not used for longest is dropped if all take too many bytes', () => {
  const trails = new Trails<string>(4_200);
  for (const from of [100, 200, 300, 400]) walk(trails, from, from + 10);
  expect(trails.get(100)).toBe('state 100');
  walk(trails, 500, 510);
  expect([100, 200, 300, 400, 500].map((step) => trails.get(step) !== undefined)).toEqual([true, false, true, true, true]);
});

test('the last state of the last ways is kept in any case, and the last steps of the current one', () => {
  const trails = new Trails<string>(0);
  for (const from of [1_000, 2_000, 3_000, 4_000]) walk(trails, from, from + 600);
  expect([1_600, 2_600, 3_600, 4_600].map((step) => trails.get(step))).not.toContain(undefined);
  expect(trails.get(3_599)).toBeUndefined();
  expect(trails.get(4_600 - 512)).toBe('state 4088');
  expect(trails.get(4_600 - 513)).toBeUndefined();
});

test('a way that goes on drops its first states', () => {
  const trails = new Trails<string>(100);
  walk(trails, 1, 5);
  trails.add(100_000, 'far', 1_000, 0);
  expect(trails.nearest(99_999)).toBeUndefined();
  expect(trails.get(100_000)).toBe('far');
});
