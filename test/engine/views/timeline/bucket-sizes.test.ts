import { expect, test } from 'vitest';
import { finish } from '../../../../engine/core/sliced.ts';
import { bucketSizeRuns } from '../../../../engine/views/timeline/bucket-sizes.ts';
import { recordedTrace, traceOf } from '../../trace/fixtures.ts';
import { begin, end, free, grow, virtualMemory } from '../../trace/manager-trace.ts';

const PAGE = 65_536;
const short = (events: Parameters<typeof traceOf>[0], sizes: readonly number[], columns = 4) =>
  finish(bucketSizeRuns(traceOf(events), sizes, columns)).map(
    ({ bucketPages, recorded, pages, slack, firstFailure, pagesOverTime }) => ({
      bucketPages,
      recorded,
      pages,
      slack: slack / PAGE,
      firstFailure,
      overTime: [...pagesOverTime],
    }),
  );

test('smaller buckets reserve less', () => {
  const events = [virtualMemory(0, 128), virtualMemory(1, 128), grow(0, 1, 0), grow(1, 1, 0), grow(0, 100, 1), grow(1, 2, 1)];
  expect(short(events, [16, 128, 1])).toEqual([
    // Memory 0 has 101 pages, and memory 1 has 3. The manager itself has one.
    {
      bucketPages: 16,
      recorded: false,
      pages: 1 + 8 * 16,
      slack: 7 * 16 - 101 + 13,
      firstFailure: undefined,
      overTime: [17, 33, 129, 129],
    },
    {
      bucketPages: 128,
      recorded: true,
      pages: 1 + 256,
      slack: 256 - 104,
      firstFailure: undefined,
      overTime: [129, 257, 257, 257],
    },
    { bucketPages: 1, recorded: false, pages: 105, slack: 0, firstFailure: undefined, overTime: [2, 3, 103, 105] },
  ]);
});

test('what was undone reserves nothing, and freed buckets are unused', () => {
  const events = [virtualMemory(0, 4), begin(1), grow(0, 9, 0), end(1, 'trapped'), grow(0, 3, 0), free(0)];
  const [run] = short(events, [4], 1);
  expect(run).toMatchObject({ recorded: true, pages: 5, slack: 4, overTime: [5] });
});

test('too few buckets of a size are reported', () => {
  const events = [virtualMemory(0, 128), grow(0, 10, 0), grow(0, 40_000, 10)];
  expect(short(events, [1])).toMatchObject([{ pages: 11, firstFailure: 2 }]);
});

test('impossible sizes are left out, and a trace without virtual memories has no answer', () => {
  expect(short([virtualMemory(0, 128)], [0, -1, 0.5, 65_536, 65_535]).map(({ bucketPages }) => bucketPages)).toEqual([65_535]);
  expect(finish(bucketSizeRuns(recordedTrace('ties__mr-1.4.0+ab-0.7.1'), [1], 4))).toEqual([]);
});
