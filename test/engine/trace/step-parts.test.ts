import { describe, expect, test } from 'vitest';
import { at } from '../../../engine/core/memory/memory.ts';
import { describePart, partsOf } from '../../../engine/trace/analysis/step-parts.ts';
import type { TraceEvent } from '../../../engine/trace/events.ts';
import { Timeline } from '../../../engine/trace/timeline.ts';
import { recordedTrace, traceOf } from './fixtures.ts';

const blocks: TraceEvent = { kind: 'space', space: 1, spaceKind: 'memory-region', name: 0, params: { region: 16 } };

function allocate(address: number, size: number): TraceEvent {
  return { kind: 'allocate', space: 1, address: at(0, address), size, requested: undefined, stack: undefined };
}

function free(address: number, size: number): TraceEvent {
  return { kind: 'deallocate', space: 1, address: at(0, address), size, stack: undefined };
}

function move(from: number, oldSize: number, to: number, size: number): TraceEvent {
  return { kind: 'reallocate', space: 1, oldAddress: at(0, from), oldSize, address: at(0, to), size, stack: undefined };
}

/** The parts of the last step, as text. */
function partsAtEnd(timeline: Timeline): readonly string[] {
  return partsOf(timeline, timeline.steps).map(describePart);
}

describe('the parts of a step', () => {
  test.each<[string, readonly TraceEvent[], readonly string[]]>([
    ['an allocation at the end', [allocate(0, 64)], ['extended by 0x0+64', 'now live 0x0+64']],
    [
      'of a whole free block',
      [allocate(0, 64), free(0, 64), allocate(0, 64)],
      ['taken from the free list 0x0+64', 'now live 0x0+64'],
    ],
    [
      'of a part of a free block',
      [allocate(0, 64), free(0, 64), allocate(16, 8)],
      ['taken from the free list 0x0+64', 'split 0x0+64', 'now live 0x10+8'],
    ],
    ['of no bytes', [allocate(0, 0)], ['now live 0x0+0']],
    ['over a live block', [allocate(0, 64), allocate(32, 8)], ['now live 0x20+8']],
    [
      'a free between two free blocks',
      [allocate(0, 16), allocate(16, 16), allocate(32, 16), allocate(48, 16), free(0, 16), free(32, 16), free(16, 16)],
      ['no longer live 0x10+16', 'merged with 0x0+16', 'merged with 0x20+16', 'put on the free list 0x0+48'],
    ],
    ['a free of what is free', [allocate(0, 16), allocate(16, 16), free(0, 16), free(0, 16)], ['no longer live 0x0+16']],
    [
      'a move',
      [allocate(0, 16), allocate(16, 16), move(0, 16, 32, 64)],
      ['no longer live 0x0+16', 'put on the free list 0x0+16', 'extended by 0x20+64', 'now live 0x20+64'],
    ],
    ['a clear', [allocate(0, 16), { kind: 'free', space: 1, keep: 8 }], ['all freed after 8 bytes']],
    ['a refused growth', [{ kind: 'grow', space: 0, by: 2, before: -1 }], ['not grown by 2 pages']],
  ])('%s', (_, events, parts) => {
    expect(partsAtEnd(Timeline.open(traceOf([blocks, ...events])))).toEqual(parts);
  });

  test('growth takes a bucket', () => {
    const memory: TraceEvent = {
      kind: 'space',
      space: 1,
      spaceKind: 'virtual-memory',
      name: 0,
      params: { memory: 3, bucketPages: 1 },
    };
    const timeline = Timeline.open(traceOf([memory, { kind: 'grow', space: 1, by: 2, before: 0 }]));
    expect(partsAtEnd(timeline)).toEqual(['grown by 2 pages', 'bucket 0 taken by memory 3', 'bucket 1 taken by memory 3']);
  });

  test('every step of a real trace has some, and writes of chunks have two', () => {
    const timeline = Timeline.open(recordedTrace('trace-main-memory'));
    const counts = new Map<string, number>();
    for (let step = 1; step <= timeline.steps; step++) {
      const parts = partsOf(timeline, step);
      expect(parts.length).toBeGreaterThan(0);
      for (const { kind } of parts) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    expect(partsOf(timeline, 0)).toEqual([]);
    expect(counts.get('chunk-allocated')).toBeGreaterThan(10);
    expect(counts.get('bucket-taken')).toBeGreaterThan(5);
  });
});
