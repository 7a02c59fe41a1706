import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { finish } from '../../../../engine/core/sliced.ts';
import { POLICY_NAMES } from '../../../../engine/motoko/memory-region/policies.ts';
import { Simulation, simulate } from '../../../../engine/trace/simulate/simulate.ts';
import { policyRuns } from '../../../../engine/views/timeline/policies.ts';
import { recordedTrace, traceOf } from '../../trace/fixtures.ts';
import { programTrace, SPACE } from '../../trace/simulate/program-trace.ts';

describe('the run in which the real library allocates bytes that are in use', () => {
  const runs = finish(policyRuns(recordedTrace('ties__mr-1.4.0+ab-0.7.1'), SPACE, POLICY_NAMES, 100));
  const short = runs.map(({ policy, recorded, size, overlaps, firstDifference, firstOverlap }) => {
    return [policy, recorded, size, overlaps, firstDifference, firstOverlap];
  });

  test('only the recorded policy has overlaps', () => {
    expect(short).toEqual([
      ['two-btrees', false, 15_744, 0, 35, undefined],
      ['first-fit', false, 15_744, 0, 35, undefined],
      ['max-value', false, 18_272, 0, 9848, undefined],
      ['memory-region@1.4.0+augmented-btrees@0.8.0', false, 18_272, 0, 9848, undefined],
      ['memory-region@0.1.1', false, 15_744, 0, 20, undefined],
      ['memory-region@1.1.1', false, 18_400, 0, 497, undefined],
      ['memory-region@1.2.4', false, 17_552, 0, 9, undefined],
      ['memory-region@1.4.0', true, 18_272, 4, undefined, 9849],
    ]);
  });

  test('all have the same blocks, so the most that are live at once are the same', () => {
    expect(new Set(runs.map(({ peakLive }) => peakLive))).toEqual(new Set([15_728]));
  });
});

test('policies that are not known are left out', () => {
  expect(finish(policyRuns(traceOf([]), SPACE, ['buddy'], 10))).toEqual([]);
});

law.prop([fc.constantFrom(...POLICY_NAMES).chain(programTrace), fc.integer({ min: 1, max: 200 })], { numRuns: 60 })(
  'a run is a simulation, and its columns have the size at their ends',
  (events, columns) => {
    const trace = traceOf(events);
    const runs = finish(policyRuns(trace, SPACE, POLICY_NAMES, columns));
    expect(runs.map(({ policy }) => policy)).toEqual(POLICY_NAMES);
    for (const run of runs) {
      const outcome = simulate(trace.events(), run.policy, SPACE);
      const { policy, sizes, recorded, ...figures } = run;
      if (!outcome.ok) throw new Error(outcome.message);
      const { size, peakLive, largestFree, free, overlaps, faults, firstDifference } = outcome.result;
      expect(figures).toEqual({
        size,
        peakLive,
        largestFree,
        freeBlocks: free.length,
        overlaps: overlaps.length,
        faults: faults.length,
        firstDifference,
        firstOverlap: overlaps[0]?.step,
      });
      expect([...sizes]).toEqual(naiveSizes([...trace.events()], run.policy, trace.steps, columns));
    }
  },
);

/** Returns the size after the last step of each column, of requests that take effect. */
function naiveSizes(
  events: Parameters<Simulation['next']>[0][],
  policy: (typeof POLICY_NAMES)[number],
  steps: number,
  columns: number,
) {
  const after = new Map<number, number>();
  const simulation: Simulation = new Simulation(policy, SPACE, (step) => after.set(step, simulation.allocator.size));
  for (const event of events) simulation.next(event);
  simulation.end();
  let size = 0;
  let column = 0;
  const sizes: number[] = [];
  for (let step = 1; step <= steps; step++) {
    for (; Math.floor(((step - 1) * columns) / steps) > column; column++) sizes.push(size);
    size = after.get(step) ?? size;
  }
  while (sizes.length < columns) sizes.push(size);
  return sizes;
}
