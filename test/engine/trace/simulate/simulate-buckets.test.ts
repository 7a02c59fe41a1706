import { describe, expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import type { TraceEvent } from '../../../../engine/trace/events.ts';
import {
  BUCKET_CHOICES,
  type BucketChoice,
  type BucketSimulation,
  simulateBuckets,
} from '../../../../engine/trace/simulate/simulate-buckets.ts';
import { Timeline } from '../../../../engine/trace/timeline.ts';
import { imageBytes } from '../../../fixtures.ts';
import { traceOf } from '../fixtures.ts';
import { begin, end, free, grow, recordedRun, virtualMemory } from '../manager-trace.ts';

function simulated(events: readonly TraceEvent[], reuse: BucketChoice, image?: BytesMemory): BucketSimulation {
  const outcome = simulateBuckets(traceOf(events), reuse, image);
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.result;
}

describe('the recorded run of 0.7.1', () => {
  const { events, buckets, pages } = recordedRun('trace-v071');

  test('lowest-first ends with the library’s own image size', () => {
    const result = simulated(events, 'lowest-first');
    expect([result.pages, result.faults]).toEqual([pages, []]);
    expect(result.reusedBuckets).toBeGreaterThan(0);
    expect(result.strikes.length).toBeGreaterThan(0);
  });
  test('each grow gets the buckets that the library gave', () => {
    const timeline = Timeline.open(traceOf(events));
    for (const [step, taken] of buckets) {
      const event = timeline.event(step);
      const memory = event?.kind === 'grow' ? event.space - 1 : -1;
      const { manager } = timeline.stateAt(step).memoryState;
      expect(manager?.buckets[memory]?.slice(-taken.length || Number.POSITIVE_INFINITY)).toEqual(taken);
    }
  });
  test('the steps are told that gave a memory a bucket below one that it had', () => {
    const highest = new Map<number, number>();
    const permuted = new Set<number>();
    const expected: number[] = [];
    const timeline = Timeline.open(traceOf(events));
    for (let step = 1; step <= timeline.steps; step++) {
      const event = timeline.event(step);
      if (event?.kind === 'free') {
        highest.delete(event.space);
        permuted.delete(event.space);
      }
      if (event?.kind !== 'grow') continue;
      for (const bucket of buckets.get(step) ?? []) {
        if (bucket < (highest.get(event.space) ?? -1) && !permuted.has(event.space)) {
          permuted.add(event.space);
          expected.push(step);
        }
        highest.set(event.space, Math.max(bucket, highest.get(event.space) ?? -1));
      }
    }
    expect(expected.length).toBeGreaterThan(0);
    expect(timeline.faults().faults.map(({ code, step }) => [code, step])).toEqual(
      expected.map((step) => ['trace.bucket-order', step]),
    );
  });
  test('never needs a larger image, reuses nothing and permutes nothing', () => {
    const result = simulated(events, 'never');
    expect(result.pages).toBeGreaterThan(pages);
    expect([result.reusedBuckets, result.strikes]).toEqual([0, []]);
  });
  test('ascending lies between, and permutes nothing', () => {
    const result = simulated(events, 'ascending');
    expect(result.pages).toBeGreaterThanOrEqual(pages);
    expect(result.pages).toBeLessThan(simulated(events, 'never').pages);
    expect(result.strikes).toEqual([]);
  });
});

test('a linked manager reuses every freed bucket, and no load permutes it', () => {
  const { events, pages } = recordedRun('trace-v071');
  const result = simulated(events, 'linked');
  // Links take pages of their own, but no more than a few.
  expect(Math.abs(result.pages - pages)).toBeLessThan(8);
  expect([result.strikes, result.faults]).toEqual([[], []]);
  expect(result.reusedBuckets).toBeGreaterThan(0);
});
test('a snapshot of version 1 becomes a linked one first', () => {
  const image = BytesMemory.of(imageBytes('mm-reclaimed-v071'));
  const result = simulated([virtualMemory(40, 1), grow(40, 3, 0)], 'linked', image);
  expect([result.reusedBuckets, result.freedBuckets]).toEqual([3, []]);
});
test('a snapshot that cannot become a linked one is refused', () => {
  const image = BytesMemory.of(imageBytes('corrupt-mm-bucket-lost'));
  const outcome = simulateBuckets(traceOf([virtualMemory(0, 1), grow(0, 1, 3)]), 'linked', image);
  expect(outcome).toMatchObject({ ok: false, message: expect.stringMatching(/cannot become a linked one/) });
});

const short = ({ pages, reusedBuckets, freedBuckets, strikes }: BucketSimulation) => ({
  pages,
  reused: reusedBuckets,
  free: freedBuckets,
  permuted: strikes.map(({ step, order }) => [step, order.memory, order.live, order.permuted]),
});

/** Memory 0 gives buckets 0 and 1 back; then memory 1, which has bucket 2, grows by three. */
const FREED_BELOW = [virtualMemory(0, 1), virtualMemory(1, 1), grow(0, 2, 0), grow(1, 1, 0), free(0), grow(1, 3, 1)];

test.each([
  ['never', { pages: 7, reused: 0, free: [0, 1], permuted: [] }],
  ['lowest-first', { pages: 5, reused: 2, free: [], permuted: [[4, 1, [2, 0, 1, 3], [[0, 3]]]] }],
  ['ascending', { pages: 7, reused: 0, free: [0, 1], permuted: [] }],
] as const)('buckets freed below those of a memory that grows: %s', (reuse, expected) => {
  expect(short(simulated(FREED_BELOW, reuse))).toEqual(expected);
});

test.each([
  ['never', 6, []],
  ['lowest-first', 4, []],
  ['ascending', 4, []],
] as const)('a memory that begins anew takes freed buckets in order: %s', (reuse, pages, strikes) => {
  const events = [virtualMemory(0, 1), virtualMemory(1, 1), grow(0, 2, 0), grow(1, 1, 0), free(0), grow(0, 2, 0)];
  const result = simulated(events, reuse);
  expect([result.pages, result.strikes]).toEqual([pages, strikes]);
});

test('what a trap took back was never asked for', () => {
  const events = [...FREED_BELOW.slice(0, 4), begin(1), free(0), end(1, 'trapped'), grow(1, 3, 1)];
  expect(short(simulated(events, 'lowest-first'))).toEqual({ pages: 7, reused: 0, free: [], permuted: [] });
});

test('an upgrade loads the tables: what was permuted stays so, and grows go on from there', () => {
  const events = [...FREED_BELOW, begin(1, 'post-upgrade'), end(1), free(1), grow(1, 4, 0)];
  expect(simulated(events, 'lowest-first').strikes.map(({ step }) => step)).toEqual([4]);
});

test('a snapshot that the recording began with has buckets already', () => {
  const image = BytesMemory.of(imageBytes('mm-reclaimed-v071'));
  const events = [virtualMemory(40, 1), grow(40, 1, 0)];
  const before = image.pages;
  expect(simulated(events, 'never', image).pages).toBe(before + 1);
  expect(simulated(events, 'lowest-first', image)).toMatchObject({ pages: before, reusedBuckets: 1 });
});

test.each(BUCKET_CHOICES)('without a bucket size nothing can be simulated: %s', (reuse) => {
  const { ok } = simulateBuckets(traceOf([{ kind: 'grow', space: 0, by: 1, before: 0 }]), reuse);
  expect(ok).toBe(false);
});
test('a memory that cannot grow is a fault', () => {
  const events = [virtualMemory(0, 1), grow(0, 40_000, 0)];
  expect(simulated(events, 'never').faults).toEqual([
    { step: 1, message: 'Memory 0 cannot grow by 40,000 pages: there is no room left.' },
  ]);
});
