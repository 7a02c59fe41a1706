import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { at } from '../../../../engine/core/memory/memory.ts';
import { isReleaseName, POLICY_NAMES, STORE_NAMES } from '../../../../engine/motoko/memory-region/policies.ts';
import type { TraceEvent } from '../../../../engine/trace/events.ts';
import { Simulation, type SimulationResult, simulate } from '../../../../engine/trace/simulate/simulate.ts';
import { recorded } from '../mr-trace.ts';

const SPACE = 1;
const allocate = (address: number, size: number): TraceEvent => ({
  kind: 'allocate',
  space: SPACE,
  address: at(0, address),
  size,
  requested: undefined,
  stack: undefined,
});
const deallocate = (address: number, size: number): TraceEvent => ({
  kind: 'deallocate',
  space: SPACE,
  address: at(0, address),
  size,
  stack: undefined,
});
const reallocate = (oldAddress: number, oldSize: number, address: number, size: number): TraceEvent => ({
  kind: 'reallocate',
  space: SPACE,
  oldAddress: at(0, oldAddress),
  oldSize,
  address: at(0, address),
  size,
  stack: undefined,
});
const clear = (keep?: number): TraceEvent => ({ kind: 'free', space: SPACE, keep });
const begin = (): TraceEvent => ({
  kind: 'begin',
  message: 1,
  messageKind: 'update',
  name: 0,
  time: undefined,
  instructions: undefined,
});
const end = (outcome: 'replied' | 'trapped' | 'rolled-back' | 'rejected'): TraceEvent => ({
  kind: 'end',
  message: 1,
  outcome,
  time: undefined,
  instructions: undefined,
  text: undefined,
});

function simulated(events: Iterable<TraceEvent>, policy = 'two-btrees', space?: number): SimulationResult {
  const outcome = simulate(events, policy, space);
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.result;
}

const summary = ({ steps, firstDifference, size, free }: SimulationResult) => ({
  steps,
  firstDifference,
  size,
  free: free.map(({ address, size }) => [address, size]),
});

/** Returns a summary of the policy's result for the events. */
function check(title: string, events: TraceEvent[], expected: Partial<ReturnType<typeof summary>>) {
  test(title, () => expect(summary(simulated(events))).toMatchObject(expected));
}

check('an empty trace', [], { steps: 0, firstDifference: undefined, size: 0, free: [] });
check('blocks are appended', [allocate(0, 10), allocate(10, 5)], { steps: 2, firstDifference: undefined, size: 15 });
check('the tail of a gap is allocated', [allocate(0, 10), allocate(10, 5), deallocate(0, 10), allocate(6, 4)], {
  firstDifference: undefined,
  free: [[0, 6]],
});
check('another address than recorded', [allocate(0, 10), allocate(10, 5), deallocate(0, 10), allocate(0, 4)], {
  firstDifference: 4,
});
check(
  'a freed block is the one recorded at that address, wherever the policy has it',
  [allocate(0, 10), allocate(10, 5), deallocate(0, 10), allocate(0, 4), deallocate(0, 4)],
  { firstDifference: 4, free: [[0, 10]] },
);
check('the latest block of an address', [allocate(100, 8), allocate(100, 16), deallocate(100, 8)], { free: [[0, 8]] });
check('the front of a block', [allocate(0, 10), deallocate(0, 4), deallocate(4, 6)], { free: [[0, 10]] });
check('a block that grows into its hole', [allocate(0, 4), allocate(4, 4), deallocate(0, 4), reallocate(4, 4, 1, 7)], {
  firstDifference: undefined,
  free: [[0, 1]],
});
check('a block that moves to the end', [allocate(0, 4), reallocate(0, 4, 4, 9)], {
  size: 13,
  firstDifference: undefined,
  free: [[0, 4]],
});
check('an empty block and one at the same address', [allocate(0, 0), allocate(0, 8), deallocate(0, 0), deallocate(0, 8)], {
  free: [[0, 8]],
});
check('a clear that keeps a header', [allocate(0, 64), allocate(64, 100), clear(64)], { size: 164, free: [[64, 100]] });
check('what a trap took back was never asked for', [begin(), allocate(0, 9), end('trapped'), allocate(0, 5)], {
  steps: 3,
  firstDifference: undefined,
  size: 5,
});
check('what a rejected message did stays', [begin(), allocate(0, 9), end('rejected'), allocate(9, 5)], { size: 14, steps: 2 });
check('a message that never ends counts', [begin(), allocate(0, 9)], { size: 9 });

test('only one space is simulated', () => {
  const other: TraceEvent = { kind: 'allocate', space: 7, address: at(0, 0), size: 3, requested: undefined, stack: undefined };
  expect(simulated([allocate(0, 9), other])).toMatchObject({ space: SPACE, size: 9, steps: 2 });
  expect(simulated([allocate(0, 9), other], 'two-btrees', 7)).toMatchObject({ space: 7, size: 3 });
});

test('an unknown policy is refused with the list of policies', () => {
  expect(simulate([], 'worst-fit')).toEqual({ ok: false, message: expect.stringContaining('two-btrees, first-fit') });
});

test('a free of an unrecorded block is a fault', () => {
  expect(simulated([deallocate(16, 8)]).faults).toEqual([{ step: 1, message: 'No live block was recorded at 0x10.' }]);
});

test('a clear that keeps more than is allocated is a fault', () => {
  expect(simulated([allocate(0, 8), clear(9)]).faults).toHaveLength(1);
});

describe('an old release behaves as it did, and its faults are reported', () => {
  const twice = [allocate(0, 10), allocate(10, 20), allocate(30, 30), deallocate(10, 20), deallocate(10, 20)];
  const faults = (events: TraceEvent[], policy: string) => simulated(events, policy).faults.map(({ message }) => message);

  test('a double free is accepted', () => {
    const simulation = new Simulation('memory-region@0.1.1');
    for (const event of twice) simulation.next(event);
    expect(summary(simulation.end())).toMatchObject({ firstDifference: undefined, free: [[10, 20]] });
    expect(simulation.allocator.deallocated).toBe(40);
    expect(faults(twice, 'memory-region@0.1.1')).toEqual([
      'The 20 bytes at 0xa are already free: they are in the free block from 0xa to 0x1e.',
    ]);
  });

  test('a double free traps', () => {
    const simulation = new Simulation('memory-region@1.4.0');
    for (const event of twice) simulation.next(event);
    expect(simulation.allocator.deallocated).toBe(20);
    expect(faults(twice, 'memory-region@1.4.0')).toHaveLength(1);
  });

  test('a free of some bytes within a block', () => {
    const events = [allocate(0, 10), deallocate(4, 2)];
    expect(summary(simulated(events, 'memory-region@1.4.0'))).toMatchObject({ free: [[4, 2]] });
    expect(faults(events, 'memory-region@1.4.0')).toEqual(['No live block was recorded at 0x4.']);
    expect(summary(simulated(events, 'max-value'))).toMatchObject({ free: [] });
  });

  test('a free of more than was allocated also frees the next block', () => {
    const events = [allocate(0, 10), allocate(10, 5), deallocate(0, 12), allocate(4, 8)];
    const { overlaps, ...rest } = simulated(events, 'memory-region@1.4.0');
    expect(summary({ overlaps, ...rest })).toMatchObject({ firstDifference: undefined, free: [[0, 4]] });
    expect(overlaps).toEqual([{ step: 4, address: 4, size: 8 }]);
  });

  test('a block that is not freed stays live', () => {
    const simulation = new Simulation('memory-region@1.2.4');
    for (const event of [allocate(0, 8), deallocate(0, 9), deallocate(0, 8)]) simulation.next(event);
    expect(simulation.end()).toMatchObject({ size: 0, faults: [{ step: 2 }] });
  });

  test('one release shrinks, and another forgets everything', () => {
    expect(summary(simulated([allocate(0, 8), allocate(8, 8), deallocate(8, 8)], 'memory-region@1.2.4'))).toMatchObject({
      size: 8,
    });
    expect(summary(simulated([allocate(0, 8), clear()], 'memory-region@0.1.1'))).toMatchObject({ size: 0, free: [] });
    expect(faults([allocate(0, 8), clear(4)], 'memory-region@0.1.1')).toEqual([
      '4 bytes should be kept, but this release cannot keep any.',
    ]);
  });
});

test.each(['mixed', 'ties', 'resize', 'phases'])('max-value returns every address of the real library: %s', (workload) => {
  const trace = recorded(`${workload}__mr-1.4.0+ab-0.8.0`);
  const result = simulated(trace.events, 'max-value');
  expect(result.firstDifference).toBeUndefined();
  expect(result.size).toBe(trace.size);
  expect(result.free.map(({ address, size }) => [address, size])).toEqual(trace.free);
});

describe.each(STORE_NAMES)('%s', (policy) => {
  test.each(['mixed', 'ties', 'resize', 'phases'])(
    'the real workload "%s": free and live blocks tile at every step',
    (workload) => {
      const { events, live } = recorded(`${workload}__mr-1.4.0+ab-0.8.0`);
      const simulation = new Simulation(policy);
      for (const [index, event] of events.entries()) {
        simulation.next(event);
        if (index % 97 === 0) expect(simulation.violations()).toEqual([]);
      }
      const result = simulation.end();
      expect(simulation.violations()).toEqual([]);
      expect(result.overlaps).toEqual([]);
      expect(result.faults).toEqual([]);
      expect(result.steps).toBe(events.length);
      // With any policy, the same blocks are in use at the end.
      expect(simulation.allocator.allocated).toBe(live.reduce((bytes, [, , size]) => bytes + size, 0));
    },
  );
});

describe.each(POLICY_NAMES)('%s', (policy) => {
  law.prop(
    [fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 60 }), fc.nat({ max: 1 << 20 })), { maxLength: 300, size: 'max' })],
    {
      numRuns: 40,
    },
  )('simulating its own result returns the same addresses', (requests) => {
    const writer = new Simulation(policy);
    const blocks: (readonly [number, number])[] = [];
    const events: TraceEvent[] = [];
    for (const [kind, asked, pick] of requests) {
      // An old release does not free every empty block.
      const size = isReleaseName(policy) ? asked + 1 : asked;
      const index = blocks.length === 0 ? -1 : pick % blocks.length;
      const [address, old] = blocks[index] ?? [0, 0];
      if (kind === 0 || index === -1) {
        const given = writer.allocator.allocate(size);
        if (!given.ok) throw new Error(given.fault.message);
        blocks.push([given.value, size]);
        events.push(allocate(given.value, size));
      } else if (kind === 1) {
        writer.allocator.deallocate(at(0, address), old);
        blocks.splice(index, 1);
        events.push(deallocate(address, old));
      } else {
        const moved = writer.allocator.reallocate(at(0, address), old, size);
        if (!moved.ok) throw new Error(moved.fault.message);
        blocks[index] = [moved.value, size];
        events.push(reallocate(address, old, moved.value, size));
      }
    }
    const result = simulated(events, policy);
    expect(result.firstDifference).toBeUndefined();
    expect(result.free).toEqual([...writer.allocator.free.blocks()]);
    expect([result.overlaps, result.faults]).toEqual([[], []]);
  });
});
