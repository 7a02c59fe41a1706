/** Traces that few programs record, found by comparing random ones with the model. */
import { describe, expect, test } from 'vitest';
import { at } from '../../../engine/core/memory/memory.ts';
import type { SpaceKind, SpaceParams, TraceEvent } from '../../../engine/trace/events.ts';
import { Timeline } from '../../../engine/trace/timeline.ts';
import { plainHeader } from './arbitraries.ts';
import { traceOf } from './fixtures.ts';

const open = (...events: readonly TraceEvent[]) => Timeline.open(traceOf(events));
const space = (number: number, spaceKind: SpaceKind, params: SpaceParams): TraceEvent => ({
  kind: 'space',
  space: number,
  spaceKind,
  name: 0,
  params,
});
const write = (number: number, address: number, ...bytes: readonly number[]): TraceEvent => ({
  kind: 'write',
  space: number,
  address: at(0, address),
  bytes: Uint8Array.from(bytes),
  stack: undefined,
});

describe('memories', () => {
  test('a write outside of a memory creates no manager', () => {
    const spaces = [space(1, 'virtual-memory', { memory: 0, bucketPages: 1 }), space(2, 'region', { region: 16 })];
    const timeline = open(...spaces, write(1, 0, 1), { kind: 'grow', space: 2, by: 1, before: 0 });
    timeline.seek(2);
    expect(timeline.memory?.pages).toBe(0);
  });
});

test('the last write of a byte is found under an earlier number of its memory', () => {
  const memory = { memory: 0, bucketPages: 1 };
  const grow: TraceEvent = { kind: 'grow', space: 1, by: 1, before: 0 };
  const first = [space(1, 'virtual-memory', memory), grow, write(1, 0, 1)];
  const second = [space(5, 'virtual-memory', memory), space(1, 'virtual-memory', { memory: 1 }), { ...grow, by: 0 }];
  const timeline = Timeline.open(traceOf(first, plainHeader, second));
  timeline.seek(3);
  expect(timeline.lastTouch(5, at(0, 0))).toBe(2);
  expect(timeline.lastTouch(1, at(0, 0))).toBeUndefined();
});

describe('allocators', () => {
  const region = space(1, 'memory-region', { region: 16 });
  const allocate: TraceEvent = {
    kind: 'allocate',
    space: 1,
    address: at(0, 0),
    size: 4,
    requested: undefined,
    stack: undefined,
  };
  const clear = (keep: number): TraceEvent => ({ kind: 'free', space: 1, keep });
  const endOf = (...events: readonly TraceEvent[]): unknown => {
    const timeline = open(...events);
    timeline.seek(timeline.steps);
    const state = timeline.space(1);
    return { size: state?.size, blocks: [...(state?.blocks.from(0) ?? [])] };
  };

  test('bytes written through an allocator are among the changes when they are undone', () => {
    const message = { message: 1, time: undefined, instructions: undefined };
    const begin: TraceEvent = { ...message, kind: 'begin', messageKind: 'update', name: 0 };
    const trapped: TraceEvent = { ...message, kind: 'end', outcome: 'trapped', text: undefined };
    const timeline = open(region, write(1, 0, 0), begin, write(1, 0, 7), trapped);
    expect(timeline.changes(3).bytes).toMatchObject([
      { space: 1, address: 0, before: Uint8Array.of(7), after: Uint8Array.of(0) },
    ]);
  });

  test('a clear that keeps more than was allocated is not applied', () => {
    const timeline = open(region, allocate, clear(9));
    expect(timeline.history.faultsOf(2).map(({ code }) => code)).toEqual(['trace.out-of-bounds']);
    expect(endOf(region, allocate, clear(9))).toEqual({ size: 4, blocks: [{ address: 0, size: 4, step: 1 }] });
  });

  test('nothing is known of a space that is declared after events were lost', () => {
    const free: TraceEvent = { kind: 'deallocate', space: 1, address: at(0, 8), size: 8, stack: undefined };
    const timeline = open({ kind: 'gap', lost: 1 }, region, space(2, 'region', { region: 16 }), free, write(2, 0, 1));
    expect(timeline.faults().faults).toEqual([]);
  });

  test('bytes that a clear keeps were allocated, if events are missing', () => {
    const lost: TraceEvent = { kind: 'gap', lost: 1 };
    expect(endOf(region, lost, clear(9))).toEqual({ size: 9, blocks: [{ address: 0, size: 9, step: 1 }] });
  });

  test('the physical memory cannot be freed', () => {
    const timeline = open(
      { kind: 'grow', space: 0, by: 1, before: 0 },
      { kind: 'free', space: 0, keep: undefined },
      write(0, 0, 1),
    );
    timeline.seek(3);
    expect(timeline.space(0)?.pages).toBe(timeline.memory?.pages);
    expect(timeline.history.faultsOf(3)).toEqual([]);
  });

  test('a reallocation may go to where it was, but not over what it leaves', () => {
    const move = (oldAddress: number, oldSize: number, address: number, size: number): TraceEvent => {
      return {
        kind: 'reallocate',
        space: 1,
        oldAddress: at(0, oldAddress),
        oldSize,
        address: at(0, address),
        size,
        stack: undefined,
      };
    };
    const codes = (...events: readonly TraceEvent[]) =>
      open(region, ...events)
        .faults()
        .faults.map(({ code }) => code);
    const place = (address: number, size: number) => move(0, 0, address, size);
    expect(codes(place(0, 8), place(8, 4), move(0, 12, 0, 20))).toEqual([]);
    expect(codes(place(0, 8), move(2, 2, 2, 2))).toEqual([]);
    expect(codes(place(0, 8), move(0, 4, 2, 4))).toEqual(['trace.overlap']);
  });

  test('an access past 2^53 is out of bounds in every space', () => {
    const far: TraceEvent = {
      kind: 'write',
      space: 1,
      address: at(0, 2 ** 60),
      bytes: Uint8Array.of(1),
      stack: undefined,
      far: { address: 2n ** 60n },
    };
    const timeline = open(region, far);
    expect(timeline.history.faultsOf(1).map(({ code }) => code)).toEqual(['trace.out-of-bounds']);
  });
});

test('a number that is not declared after a header grows no memory that had it before', () => {
  const memory = (number: number, id: number) => space(number, 'virtual-memory', { memory: id, bucketPages: 1 });
  const grow = (number: number, before: number): TraceEvent => ({ kind: 'grow', space: number, by: 1, before });
  const free: TraceEvent = { kind: 'free', space: 1, keep: undefined };
  const first = [memory(1, 0), memory(2, 1), grow(1, 0), grow(2, 0)];
  const second = [memory(1, 0), free, grow(2, 1)];
  const timeline = Timeline.open(traceOf(first, plainHeader, second));
  expect(timeline.history.faultsOf(4).map(({ code }) => code)).toEqual(['trace.unknown-space']);
});
