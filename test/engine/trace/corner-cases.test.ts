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
