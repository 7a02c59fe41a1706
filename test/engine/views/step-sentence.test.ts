import { expect, test } from 'vitest';
import { Timeline } from '../../../engine/trace/timeline.ts';
import { snapshotOf, stepSummary } from '../../../engine/views/step.ts';
import { recordedTrace, traceOf } from '../trace/fixtures.ts';
import { free, grow, virtualMemory, write } from '../trace/manager-trace.ts';

function conclusionAt(trace: Parameters<typeof Timeline.open>[0], step: number) {
  const timeline = Timeline.open(trace);
  timeline.seek(step);
  const { conclusion } = stepSummary({ title: 'trace', timeline, snapshot: snapshotOf('trace', timeline) });
  return [conclusion?.sentence, conclusion?.more];
}

test.each([
  [0, [undefined, undefined]],
  [1, ['Step 1 allocated 69 bytes at 0x0 of region 16.', '1 live block with 69 B, and no gaps, in 69 B.']],
  [30, ['Step 30 freed 219 bytes at 0x1bfc of region 16.', '12 live blocks with 3.8 KiB, and 4 gaps with 4.6 KiB, in 8.5 KiB.']],
])('step %d of an allocator: what it did, and the blocks after it', (step, expected) => {
  expect(conclusionAt(recordedTrace('mixed__mr-1.4.0+ab-0.8.0'), step)).toEqual(expected);
});

test.each([
  [9, 'Step 9 grew memory 2 from 0 to 1 page.'],
  [14, 'Step 14 wrote 1 byte at 0x10 of memory 2: Vec › header 0x0 › fixed size.'],
])('step %d of a manager: what it wrote, and in which field', (step, sentence) => {
  expect(conclusionAt(recordedTrace('trace-main-memory'), step)).toEqual([sentence, undefined]);
});

test('memory that is freed, or cannot grow', () => {
  const trace = traceOf([virtualMemory(0, 1), grow(0, 2, 0), write(0, 3, 1), free(0), grow(0, 70_000, -1)]);
  expect([2, 3, 4].map((step) => conclusionAt(trace, step)[0])).toEqual([
    'Step 2 wrote 1 byte at 0x3 of memory 0.',
    'Step 3 freed all of memory 0.',
    'Step 4 could not grow memory 0 by 70,000 pages.',
  ]);
});
