/** Traces that few programs record, found by comparing random ones with the model. */
import { describe, expect, test } from 'vitest';
import { at } from '../../../engine/core/memory/memory.ts';
import type { SpaceKind, SpaceParams, TraceEvent } from '../../../engine/trace/events.ts';
import { Timeline } from '../../../engine/trace/timeline.ts';
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
  const after = (...events: readonly TraceEvent[]): unknown => {
    const timeline = open(...events);
    timeline.seek(timeline.steps);
    const state = timeline.space(1);
    return { size: state?.size, blocks: [...(state?.blocks.from(0) ?? [])] };
  };

  test('a clear that keeps more than was allocated is not applied', () => {
    const timeline = open(region, allocate, clear(9));
    expect(timeline.faultsOf(2).map(({ code }) => code)).toEqual(['trace.out-of-bounds']);
    expect(after(region, allocate, clear(9))).toEqual({ size: 4, blocks: [{ address: 0, size: 4, step: 1 }] });
  });

  test('nothing is known of a space that is declared after events were lost', () => {
    const free: TraceEvent = { kind: 'deallocate', space: 1, address: at(0, 8), size: 8, stack: undefined };
    const timeline = open({ kind: 'gap', lost: 1 }, region, space(2, 'region', { region: 16 }), free, write(2, 0, 1));
    expect(timeline.faults().faults).toEqual([]);
  });

  test('bytes that a clear keeps were allocated, if events are missing', () => {
    const lost: TraceEvent = { kind: 'gap', lost: 1 };
    expect(after(region, lost, clear(9))).toEqual({ size: 9, blocks: [{ address: 0, size: 9, step: 1 }] });
  });

  test('the physical memory cannot be freed', () => {
    const timeline = open(
      { kind: 'grow', space: 0, by: 1, before: 0 },
      { kind: 'free', space: 0, keep: undefined },
      write(0, 0, 1),
    );
    timeline.seek(3);
    expect(timeline.space(0)?.pages).toBe(timeline.memory?.pages);
    expect(timeline.faultsOf(3)).toEqual([]);
  });
});
