import { expect, test } from 'vitest';
import { PAGE_SIZE } from '../../../../engine/core/memory/memory.ts';
import type { TraceEvent } from '../../../../engine/trace/events.ts';
import { Timeline } from '../../../../engine/trace/timeline.ts';
import { changedBy, lastWritesOf } from '../../../../engine/views/map/step-writes.ts';
import { MAX_CHANGED } from '../../../../engine/views/protocol.ts';
import { snapshotOf, stepSummary } from '../../../../engine/views/step.ts';
import { recordedTrace, traceOf } from '../../trace/fixtures.ts';
import { begin, grow, virtualMemory, write } from '../../trace/manager-trace.ts';

/** The manager has page 0, memory 0 has pages 1 and 3, memory 1 has page 2. */
const EVENTS = [
  virtualMemory(0, 1),
  virtualMemory(1, 1),
  grow(0, 1, 0),
  grow(1, 1, 0),
  grow(0, 1, 1),
  write(0, 0, 1),
  write(1, 8, 2),
  write(0, PAGE_SIZE + 16, 3),
];
const trap: TraceEvent = {
  kind: 'end',
  message: 1,
  outcome: 'trapped',
  time: undefined,
  instructions: undefined,
  text: undefined,
};

function at(events: readonly TraceEvent[], step: number) {
  const timeline = Timeline.open(traceOf(events));
  timeline.seek(step);
  const snapshot = snapshotOf('step', timeline);
  if (!snapshot) throw new Error('The trace has an image.');
  return { title: 'step', timeline, snapshot };
}

test.each([
  [4, [0, 4, 0, 0]],
  [6, [0, 4, 5, 6]],
])('after step %d, the last writes are in the pages of their memories', (step, expected) => {
  const { timeline, snapshot } = at(EVENTS, step);
  expect([...lastWritesOf(timeline, snapshot)(0, PAGE_SIZE, 4).steps]).toEqual(expected);
});

test('a recorded image has the last writes of the physical memory', () => {
  const timeline = Timeline.open(recordedTrace('trace-main-memory'));
  timeline.seek(timeline.steps);
  const snapshot = snapshotOf('step', timeline);
  if (!snapshot) throw new Error('The trace has an image.');
  const { steps, since } = lastWritesOf(timeline, snapshot)(0, PAGE_SIZE, 64);
  expect(since).toBe(1);
  for (const [page, step] of steps.entries()) {
    expect(
      timeline.findTouch({ space: 0, address: page * PAGE_SIZE, length: PAGE_SIZE }, ['write'], timeline.steps + 1, 'backward') ??
        0,
    ).toBe(step);
  }
});

test('a trap changes back what its message wrote, in several places', () => {
  const step = at([...EVENTS, begin(1, 'update'), write(0, 4, 9), write(1, 4, 9), trap], 9);
  const { written, changed } = stepSummary(step);
  expect(changed).toEqual([
    { start: PAGE_SIZE + 4, length: 1 },
    { start: 2 * PAGE_SIZE + 4, length: 1 },
  ]);
  expect(written).toEqual(changed?.[0]);
});

test('a step that changes very many places has them joined to few ranges, which hold all of them', () => {
  const places = Array.from({ length: 600 }, (_, index) => index * 100);
  const step = at([...EVENTS, begin(1, 'update'), ...places.map((place) => write(0, place, 7)), trap], 6 + 600 + 1);
  const changed = changedBy(step.timeline, step.snapshot);
  expect(changed.length).toBeLessThanOrEqual(MAX_CHANGED);
  expect(changed[0]?.start).toBe(PAGE_SIZE);
  const last = changed.at(-1);
  expect((last?.start ?? 0) + (last?.length ?? 0)).toBe(PAGE_SIZE + 599 * 100 + 1);
});
