import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { Replay } from '../../../../engine/trace/state/replay.ts';

/** Returns a replay whose state is its step, and the total number of steps computed. */
function counting() {
  const done = { steps: 0 };
  const replay = new Replay({ step: 0 }, (state, from, to) => {
    expect(state.step).toBe(from);
    expect(to).toBeGreaterThan(from);
    done.steps += to - from;
    return { step: to };
  });
  return { replay, done };
}

law.prop([fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 30 })], { numRuns: 30 })(
  'every state belongs to its step',
  (steps) => {
    const { replay } = counting();
    for (const step of steps) expect(replay.at(step)).toEqual({ step });
  },
);

test('going back step by step computes each step little more than once', () => {
  const { replay, done } = counting();
  replay.at(100_000);
  done.steps = 0;
  for (let step = 100_000; step > 90_000; step--) replay.at(step);
  expect(done.steps).toBeLessThan(10_000 * 10);
  done.steps = 0;
  for (let step = 0; step < 50; step++) replay.at(90_001 - (step % 2));
  expect(done.steps).toBeLessThan(2000);
});

test('no jump in a long trace computes much', () => {
  const { replay, done } = counting();
  replay.at(1_000_000);
  for (const step of [1, 999_999, 123_456, 500_000]) {
    done.steps = 0;
    replay.at(step);
    expect(done.steps).toBeLessThan(20_000);
  }
});

test('short jumps far into a long trace compute only those steps', () => {
  const { replay, done } = counting();
  replay.at(500_000);
  replay.at(300_000);
  done.steps = 0;
  for (let jump = 1; jump <= 100; jump++) replay.at(300_000 + 10 * jump);
  expect(done.steps).toBe(1000);
});
