import { describe, expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, readBytes } from '../../../../engine/core/memory/memory.ts';
import type { TraceEvent } from '../../../../engine/trace/events.ts';
import { Timeline } from '../../../../engine/trace/timeline.ts';
import { traceOf } from '../fixtures.ts';

const users: TraceEvent = {
  kind: 'space',
  space: 1,
  spaceKind: 'virtual-memory',
  name: 0,
  params: { memory: 3, bucketPages: 1 },
};
const blocks: TraceEvent = { kind: 'space', space: 1, spaceKind: 'memory-region', name: 0, params: { region: 16 } };

function write(address: number): TraceEvent {
  return { kind: 'write', space: 1, address: at(0, address), bytes: Uint8Array.of(1, 2), stack: undefined };
}

function allocate(address: number, size: number): TraceEvent {
  return { kind: 'allocate', space: 1, address: at(0, address), size, requested: undefined, stack: undefined };
}

describe('a write outside of a memory, as the first use of its manager', () => {
  test.each([0, 65_536, Number.MAX_SAFE_INTEGER - 2])('at %d does not create the manager, and is reported', (address) => {
    const timeline = Timeline.open(traceOf([users, write(address)]));
    timeline.seek(1);
    expect(timeline.memory?.pages).toBe(0);
    expect(timeline.faultsOf(1).map(({ code }) => code)).toEqual(['trace.out-of-bounds']);
    timeline.seek(0);
    expect(timeline.memory?.pages).toBe(0);
  });

  test('leaves an image without a manager as it is', () => {
    const image = new BytesMemory(1);
    image.write(at(0, 0), new TextEncoder().encode('hello'));
    const timeline = Timeline.open(traceOf([users, write(0)]), { image });
    timeline.seek(1);
    const { memory } = timeline;
    if (memory) expect(new TextDecoder().decode(readBytes(memory, at(0, 0), 5))).toBe('hello');
    expect(timeline.faultsOf(1).map(({ code }) => code)).toEqual(['trace.out-of-bounds']);
  });

  test('does not change what a later growth makes', () => {
    const grow: TraceEvent = { kind: 'grow', space: 1, by: 1, before: 0 };
    const [with_, without] = [
      [users, write(0), grow, write(6)],
      [users, grow, write(6)],
    ].map((events) => {
      const timeline = Timeline.open(traceOf(events));
      timeline.seek(timeline.steps);
      return timeline.memory && readBytes(timeline.memory, at(0, 0), timeline.memory.pages * 65_536);
    });
    expect(with_).toEqual(without);
    expect(with_?.length).toBe(2 * 65_536);
  });

  test('also a free and a growth by nothing create no manager', () => {
    const free: TraceEvent = { kind: 'free', space: 1, keep: undefined };
    const timeline = Timeline.open(traceOf([users, free, { kind: 'grow', space: 1, by: 0, before: 0 }]));
    timeline.seek(2);
    expect(timeline.memory?.pages).toBe(0);
  });
});

describe('clearing an allocator', () => {
  const live = (timeline: Timeline): unknown =>
    [...(timeline.space(1)?.blocks.fromIndex(0) ?? [])].map(({ address, size }) => [address, size]);

  test.each([
    [0, []],
    [64, [[0, 64]]],
    [192, [[0, 192]]],
    // Every release refuses to keep more than was ever allocated.
    [
      193,
      [
        [0, 128],
        [128, 64],
      ],
    ],
  ])('with %d bytes to keep', (keep, expected) => {
    const timeline = Timeline.open(traceOf([blocks, allocate(0, 128), allocate(128, 64), { kind: 'free', space: 1, keep }]));
    timeline.seek(3);
    expect(live(timeline)).toEqual(expected);
    expect(timeline.space(1)?.size).toBe(192);
    expect(timeline.history.faultsOf(3).map(({ message }) => message)).toEqual(
      keep === 193 ? ['Step 3 should keep 193 bytes, but only 192 bytes were ever allocated. It is not applied.'] : [],
    );
  });

  test('keeps bytes from before the recording', () => {
    const header = { version: 1, producer: 'test', canister: undefined, wasmSha256: undefined };
    const initial = { pages: 1, sha256: new Uint8Array(32), file: undefined };
    const timeline = Timeline.open(traceOf([blocks, { kind: 'free', space: 1, keep: 300 }], { ...header, initial }));
    timeline.seek(1);
    expect(live(timeline)).toEqual([[0, 300]]);
    expect(timeline.space(1)?.size).toBe(300);
  });
});
