import { describe, expect, test } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { type Address, at, type Memory } from '../../../engine/core/memory/memory.ts';
import { hashMemory } from '../../../engine/core/sha256.ts';
import { RegionManager } from '../../../engine/motoko/regions/operate.ts';
import { BTreeMap, type StoredType } from '../../../engine/rust/btree/operate.ts';
import { MemoryManager } from '../../../engine/rust/memory-manager/operate.ts';
import { STATE_FAULTS } from '../../../engine/trace/analysis/faults.ts';
import type { TraceEvent } from '../../../engine/trace/events.ts';
import { Timeline } from '../../../engine/trace/timeline.ts';
import { recordedTrace, traceOf } from './fixtures.ts';

/** A memory that records every growth and every write, as a recorder of the physical memory does. */
class RecordingMemory implements Memory {
  readonly events: TraceEvent[] = [];
  readonly #memory = new BytesMemory();

  get pages(): number {
    return this.#memory.pages;
  }

  read(from: Address, into: Uint8Array): void {
    this.#memory.read(from, into);
  }

  grow(by: number): number {
    const before = this.#memory.grow(by);
    this.events.push({ kind: 'grow', space: 0, by, before });
    return before;
  }

  write(to: Address, bytes: Uint8Array): void {
    this.#memory.write(to, bytes);
    this.events.push({ kind: 'write', space: 0, address: to, bytes: bytes.slice(), stack: undefined });
  }
}

const number: StoredType = { bound: { max: 8, fixed: true } };

/** Records a map that grows and shrinks in two virtual memories. */
function recordedMaps(): RecordingMemory {
  const memory = new RecordingMemory();
  const manager = MemoryManager.init(memory, 1);
  const maps = [0, 3].map((id) => BTreeMap.init(manager.get(id), { key: number, value: {} }));
  const bytesOf = (count: number): Uint8Array => new Uint8Array(new BigUint64Array([BigInt(count)]).buffer);
  for (let count = 0; count < 120; count++) maps[count % 2]?.insert(bytesOf(count), new Uint8Array(count));
  for (let count = 0; count < 120; count += 3) maps[count % 2]?.remove(bytesOf(count));
  return memory;
}

function damagedBy(memory: RecordingMemory, ...writes: readonly (readonly [number, readonly number[]])[]): readonly string[] {
  const written = writes.map(
    ([address, bytes]): TraceEvent => ({
      kind: 'write',
      space: 0,
      address: at(0, address),
      bytes: Uint8Array.from(bytes),
      stack: undefined,
    }),
  );
  const timeline = Timeline.open(traceOf([...memory.events, ...written]));
  return written.flatMap((_, index) =>
    timeline.stateFaultsOf(memory.events.length + index + 1, 'trace.metadata').map(({ message }) => message),
  );
}

describe('damaged metadata', () => {
  test('no write of the libraries is one', () => {
    const memory = recordedMaps();
    const regions = new RecordingMemory();
    const manager = RegionManager.init(regions);
    for (let count = 0; count < 8; count++) manager.newRegion().grow(count * 40);
    for (const { events } of [memory, regions]) {
      const timeline = Timeline.open(traceOf(events));
      const found: string[] = [];
      for (let step = 1; step <= timeline.steps; step++)
        found.push(...timeline.stateFaultsOf(step, 'trace.metadata').map(({ message }) => message));
      expect(found).toEqual([]);
      expect(timeline.steps).toBeGreaterThan(20);
    }
  });

  test.each([
    ['the magic of the manager', [[0, [0]]], /^Step [\d,]+ wrote 0x0 \+ 1 and damaged the tables of the memory\. ./],
    ['the owner of a bucket', [[2080, [200]]], /damaged the tables of the memory\. ./],
    ['the size of a memory', [[40, [255, 255, 255, 0]]], /damaged the tables of the memory\. ./],
  ] as const)('%s', (_, writes, message) => {
    const [found, ...others] = damagedBy(recordedMaps(), ...writes);
    expect(found).toMatch(message);
    expect(others).toEqual([]);
  });

  test('tables are judged after the last of successive writes, and not again while they stay damaged', () => {
    expect(damagedBy(recordedMaps(), [2080, [200]], [2080, [0]])).toEqual([]);
    const twice = damagedBy(recordedMaps(), [2080, [200]], [65_536 * 2, [0]], [2081, [201]]);
    expect(twice).toHaveLength(1);
  });

  test('the header of a chunk', () => {
    // Memory 0 has the first bucket: its first chunk starts at 100.
    const chunk = 65_536 + 100;
    expect(damagedBy(recordedMaps(), [chunk + 2, [0]])[0]).toMatch(
      /damaged the header of the chunk at 0x10064 of physical memory\.$/,
    );
    expect(damagedBy(recordedMaps(), [chunk - 40, Array.from({ length: 60 }, () => 7)])).toHaveLength(1);
    expect(damagedBy(recordedMaps(), [chunk + 16, [1, 2, 3]])).toEqual([]);
    // The letters in a value are no header.
    expect(damagedBy(recordedMaps(), [chunk + 200, [67, 72, 75, 1, 0, 0, 0, 0]], [chunk + 200, [0]])).toEqual([]);
  });

  test('the header of a chunk in a virtual memory that was recorded', () => {
    const events: TraceEvent[] = [
      { kind: 'space', space: 1, spaceKind: 'virtual-memory', name: 0, params: { memory: 4, bucketPages: 1 } },
    ];
    const memory = new RecordingMemory();
    const map = BTreeMap.init(memory, { key: number, value: number });
    map.insert(new Uint8Array(8), new Uint8Array(8));
    for (const event of memory.events) events.push('space' in event ? { ...event, space: 1 } : event);
    events.push({ kind: 'write', space: 1, address: at(0, 96), bytes: new Uint8Array(8), stack: undefined });
    const timeline = Timeline.open(traceOf(events));
    const found = Array.from({ length: timeline.steps }, (_, index) =>
      timeline.stateFaultsOf(index + 1, 'trace.metadata'),
    ).flat();
    expect(found.map(({ step, space }) => [step, space])).toEqual([[timeline.steps, 1]]);
  });
});

describe('blocks that are live at the end', () => {
  const space: TraceEvent = { kind: 'space', space: 1, spaceKind: 'memory-region', name: 0, params: { region: 16 } };
  const allocate = (address: number, size: number): TraceEvent => {
    return { kind: 'allocate', space: 1, address: at(0, address), size, requested: undefined, stack: undefined };
  };
  const free: TraceEvent = { kind: 'deallocate', space: 1, address: at(0, 0), size: 64, stack: undefined };

  test('are a fault of the last step', () => {
    const timeline = Timeline.open(traceOf([space, allocate(0, 64), allocate(64, 8), free, allocate(0, 64)]));
    expect([1, 2, 3].flatMap((step) => timeline.stateFaultsOf(step, 'trace.leak'))).toEqual([]);
    expect(timeline.stateFaultsOf(4, 'trace.leak')).toMatchObject([
      {
        step: 4,
        address: 64,
        message:
          'At the end of the trace, 2 blocks of memory blocks of region 16, 72 bytes, are still live. The oldest is 0x40 + 8, since step 2.',
      },
    ]);
  });

  test('are none if all are freed, or if the trace does not know all', () => {
    expect(Timeline.open(traceOf([space, allocate(0, 64), free])).stateFaultsOf(2, 'trace.leak')).toEqual([]);
    const gap: TraceEvent = { kind: 'gap', lost: 1 };
    expect(Timeline.open(traceOf([space, allocate(0, 64), gap])).stateFaultsOf(1, 'trace.leak')).toEqual([]);
  });
});

describe('checkpoints', () => {
  const grow: TraceEvent = { kind: 'grow', space: 0, by: 1, before: 0 };
  const sha256 = hashMemory(new BytesMemory(1), new Budget()) ?? new Uint8Array();

  test.each([
    [{ pages: 1, sha256 }, undefined],
    [{ pages: 1, sha256: new Uint8Array(32) }, /^The memory after step 1 should have the SHA-256 0{64}; it has [0-9a-f]{64}\.$/],
    [{ pages: 2, sha256 }, 'The memory after step 1 should have 2 pages; it has 1.'],
  ])('%#', (expected, message) => {
    const write: TraceEvent = { kind: 'write', space: 0, address: at(0, 0), bytes: Uint8Array.of(1), stack: undefined };
    const timeline = Timeline.open(traceOf([grow, { kind: 'checkpoint', space: 0, ...expected }, write]));
    const found = timeline.stateFaultsOf(1, 'trace.checkpoint').map((fault) => fault.message);
    expect(found).toEqual(message === undefined ? [] : [expect.stringMatching(message)]);
    expect(timeline.stateFaultsOf(2, 'trace.checkpoint')).toEqual([]);
    expect(timeline.faultsOf(1, 'quick')).toEqual([]);
    expect(timeline.faultsOf(1)).toHaveLength(found.length);
  });

  test('of the recorded traces are right', () => {
    for (const name of ['trace-main-memory', 'trace-v071']) {
      const timeline = Timeline.open(recordedTrace(name));
      const { steps } = timeline;
      for (const code of STATE_FAULTS) expect(timeline.stateFaultsOf(steps, code)).toEqual([]);
    }
  });
});
