import { expect, test } from 'vitest';
import { at } from '../../../../engine/core/memory/memory.ts';
import type { TraceEvent } from '../../../../engine/trace/events.ts';
import { History } from '../../../../engine/trace/history.ts';
import { TimelineView } from '../../../../engine/views/timeline/timeline-view.ts';
import { plainHeader } from '../../trace/arbitraries.ts';
import { traceOf } from '../../trace/fixtures.ts';

function allocator(space: number, region: number): TraceEvent {
  return { kind: 'space', space, spaceKind: 'memory-region', name: 0, params: { region } };
}

function allocate(space: number, address: number, size: number): TraceEvent {
  return { kind: 'allocate', space, address: at(0, address), size, requested: undefined, stack: undefined };
}

test('a space keeps its blocks under another header and number, and no two have the same number', async () => {
  const trace = traceOf([allocator(1, 16), allocator(2, 17), allocate(1, 0, 8), allocate(2, 0, 4)], plainHeader, [
    allocator(1, 17),
    allocate(1, 4, 4),
  ]);
  const view = new TimelineView(new History(trace));
  const { spaces } = await view.summary();
  expect(spaces.map(({ space, name, bytes }) => ({ space, name, bytes }))).toEqual([
    { space: 2, name: 'memory blocks of region 16', bytes: 8 },
    { space: 1, name: 'memory blocks of region 17', bytes: 8 },
  ]);
  const { live } = await view.blocks({ space: 1, step: 3, addresses: { from: 0, to: 8 }, cells: 2 });
  expect(live).toEqual({ blocks: 2, bytes: 8 });
});

test('what has blocks comes before memories', async () => {
  const write: TraceEvent = { kind: 'write', space: 0, address: at(0, 0), bytes: Uint8Array.of(1), stack: undefined };
  const trace = traceOf([allocator(1, 16), { kind: 'grow', space: 0, by: 1, before: 0 }, write, allocate(1, 0, 8)]);
  const { spaces } = await new TimelineView(new History(trace)).summary();
  expect(spaces.map(({ draws }) => draws)).toEqual(['blocks', 'accesses']);
});
