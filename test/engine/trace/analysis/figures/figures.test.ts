import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { finish } from '../../../../../engine/core/slices.ts';
import { readFigures } from '../../../../../engine/trace/analysis/figures/figures.ts';
import { SizeCounts } from '../../../../../engine/trace/analysis/figures/size-counts.ts';
import { StepSeries } from '../../../../../engine/trace/analysis/figures/step-series.ts';
import { readLifetimes } from '../../../../../engine/trace/analysis/lifetimes/lifetimes.ts';
import { History } from '../../../../../engine/trace/history.ts';
import { gaps } from '../../../../../engine/trace/state/allocation-state.ts';
import type { Trace } from '../../../../../engine/trace/trace.ts';
import { recordedTrace, traceOf } from '../../fixtures.ts';
import { crowdedTrace } from '../lifetimes/crowded.ts';

function expectFigures(trace: Trace, by: number): void {
  const history = new History(trace);
  const lifetimes = finish(readLifetimes(trace));
  for (const life of lifetimes.spaces) {
    if (life.records.count === 0) continue;
    const figures = finish(readFigures(life, lifetimes.steps));
    for (let step = 0; step <= trace.steps; step += by) {
      const state = history.after(step).spaces.get(life.identity);
      const free = state ? [...gaps(state)].map(({ size }) => size) : [];
      const found = Object.fromEntries(Object.entries(figures).map(([name, series]) => [name, series.at(step)]));
      expect({ step, ...found }).toEqual({
        step,
        size: state?.size ?? 0,
        liveBytes: state?.blocks.bytes ?? 0,
        liveBlocks: state?.blocks.count ?? 0,
        freeBytes: free.reduce((sum, size) => sum + size, 0),
        freeBlocks: free.length,
        largestFree: Math.max(0, ...free),
      });
    }
  }
}

describe('the figures of every step are those of the allocation state', () => {
  law.prop([crowdedTrace], { numRuns: 1_000 })('of crowded traces', (events) => expectFigures(traceOf(events), 1));

  test.each(['mixed__mr-1.4.0+ab-0.7.1', 'phases__mr-1.4.0+ab-0.8.0', 'ties__mr-0.1.1+shbtm-1.3.0', 'trace-main'])(
    'of %s',
    (name) => expectFigures(recordedTrace(name), 61),
  );
});

const changes = fc
  .uniqueArray(fc.integer({ min: 1, max: 2_000 }), { maxLength: 400, size: 'max' })
  .chain((steps) => fc.tuple(fc.constant([0, ...steps.sort((a, b) => a - b)]), fc.array(fc.nat(50), { minLength: 401 })));

law.prop([changes, fc.nat(2_100), fc.nat(2_100)], { numRuns: 500 })(
  'the least and the most of any range of steps are those of its steps',
  ([steps, values], one, other) => {
    const series = new StepSeries(Uint32Array.from(steps), Float64Array.from(values.slice(0, steps.length)));
    const [from, to] = [Math.min(one, other), Math.max(one, other)];
    const inside = Array.from({ length: to - from + 1 }, (_, index) => {
      const change = steps.findLastIndex((step) => step <= from + index);
      return values[change] ?? 0;
    });
    expect(series.rangeOf(from, to)).toEqual({ least: Math.min(...inside), most: Math.max(...inside) });
    const all = values.slice(0, steps.length);
    expect(series.peak).toBe(Math.max(...all));
    expect(series.peakStep).toBe(steps[all.indexOf(series.peak)]);
  },
);

law.prop([fc.array(fc.tuple(fc.boolean(), fc.nat(12)), { maxLength: 200, size: 'max' })])(
  'the largest of a collection of sizes is known after every change',
  (operations) => {
    const counts = new SizeCounts();
    const model: number[] = [];
    for (const [adds, size] of operations) {
      const place = model.indexOf(size);
      if (adds) {
        counts.add(size);
        model.push(size);
      } else if (place >= 0) {
        counts.remove(size);
        model.splice(place, 1);
      }
      expect(counts.largest()).toBe(Math.max(0, ...model));
    }
  },
);
