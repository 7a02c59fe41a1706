import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { at, PAGE_SIZE, readBytes } from '../../../engine/core/memory/memory.ts';
import { findSpace } from '../../../engine/snapshot/find-part.ts';
import { scanImage } from '../../../engine/snapshot/full-scan.ts';
import { Timeline } from '../../../engine/trace/timeline.ts';
import { inspectReport } from '../../../engine/views/inspect.ts';
import { snapshotOf, stepRows, stepSummary } from '../../../engine/views/step.ts';
import { traceOf } from '../trace/fixtures.ts';
import { begin, end, free, grow, virtualMemory, write } from '../trace/manager-trace.ts';

/** Memory 1 has bucket 2; step 4 gives it the freed buckets 0 and 1, and a new one. Its pages then begin with their numbers. */
const EVENTS = [
  virtualMemory(0, 1),
  virtualMemory(1, 1),
  grow(0, 2, 0),
  grow(1, 1, 0),
  free(0),
  grow(1, 3, 1),
  ...[0, 1, 2, 3, 3].map((page) => write(1, page * PAGE_SIZE, page)),
  begin(1, 'post-upgrade'),
  write(1, 4, 9),
  end(1),
];

function shown(step: number) {
  const timeline = Timeline.open(traceOf(EVENTS));
  timeline.seek(step);
  const snapshot = snapshotOf('step', timeline);
  if (!snapshot) throw new Error('The trace has an image.');
  return { timeline, snapshot };
}

const codes = (step: number) => scanImage(shown(step).snapshot).findings.map(({ code }) => code);

function pagesAt(step: number): readonly number[] {
  const memory = findSpace(shown(step).snapshot, 'memory/1')?.memory;
  return memory ? [0, 1, 2, 3].map((page) => readBytes(memory, at(0, page * PAGE_SIZE), 1)[0] ?? -1) : [];
}

function rows(step: number, parent?: string) {
  const { timeline, snapshot } = shown(step);
  return stepRows({ title: 'step', timeline, snapshot }, 'memories', parent, new Budget());
}

describe('a memory whose buckets a load reorders', () => {
  test('is a finding from the step that causes it until the load', () => {
    expect([codes(3), codes(8), codes(9)].map((found) => found.includes('mm.bucket-order'))).toEqual([false, true, false]);
  });
  test('is read as the canister has it, and after the upgrade as the table has it', () => {
    expect(pagesAt(8)).toEqual([0, 1, 2, 3]);
    expect(pagesAt(9)).toEqual([1, 2, 0, 3]);
  });
  test('both orders are in the report', () => {
    const { snapshot } = shown(8);
    expect(inspectReport(snapshot, scanImage(snapshot)).memories).toEqual([
      { id: 1, pages: 4, buckets: [2, 0, 1, 3], reloaded: [0, 1, 2, 3], permutedPages: [[0, 3]] },
    ]);
  });
  test('nothing else is reported before a load', () => {
    const { snapshot } = shown(2);
    expect(inspectReport(snapshot, scanImage(snapshot)).memories?.[1]).toEqual({ id: 1, pages: 1, buckets: [2] });
  });
  test('its row and its buckets show it', () => {
    const [row] = rows(8);
    expect([row?.description, row?.fault]).toEqual([expect.stringContaining('a load permutes its pages'), 'error']);
    expect(row?.tooltip).toContain('Memory 1 grew into buckets 2, 0, 1, 3; a load puts them in the order 0, 1, 2, 3');
    expect(rows(8, row?.id).map(({ label, description }) => [label, / · bucket \d after a load/.exec(description)?.[0]])).toEqual(
      [
        ['bucket 2', ' · bucket 0 after a load'],
        ['bucket 0', ' · bucket 1 after a load'],
        ['bucket 1', ' · bucket 2 after a load'],
        ['bucket 3', undefined],
      ],
    );
  });
  test('an address of the image is traced to its present place in the canister', () => {
    const { timeline } = shown(8);
    expect(timeline.lastTouch(0, at(0, 2 * PAGE_SIZE))).toBe(7);
  });
});

describe('its fault', () => {
  test('is at the step', () => {
    const { timeline } = shown(0);
    const found = timeline.faults().faults;
    expect(found).toEqual(timeline.faultsOf(4));
    expect(found).toMatchObject([{ code: 'trace.bucket-order', step: 4, space: 2, address: 0, size: 3 * PAGE_SIZE }]);
    expect(found[0]?.message).toMatch(
      /^Step 4 reused a freed bucket below other buckets of the same memory\. Memory 1 grew into/,
    );
  });
  test.each(['never', 'ascending'])('is none where the trace says that buckets are reused %s', (reuse) => {
    const [, , ...events] = EVENTS;
    const timeline = Timeline.open(traceOf([virtualMemory(0, 1, reuse), virtualMemory(1, 1, reuse), ...events]));
    expect(timeline.faults().faults).toEqual([]);
    expect(timeline.stateAt(8).memoryState.manager?.buckets[1]).toEqual([2, 3, 4, 5]);
  });
});

test.each([
  [0, undefined],
  [5, { start: 3 * PAGE_SIZE, length: 1 }],
  [6, { start: PAGE_SIZE, length: 1 }],
  [7, { start: 2 * PAGE_SIZE, length: 1 }],
])('step %d leads to the bytes that it wrote, where they are in the image', (step, written) => {
  expect(stepSummary({ title: 'step', ...shown(step) }).written).toEqual(written);
});
