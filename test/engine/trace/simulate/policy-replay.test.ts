import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { at } from '../../../../engine/core/memory/memory.ts';
import type { Allocator } from '../../../../engine/motoko/memory-region/allocator.ts';
import { createAllocator, POLICY_NAMES, type PolicyName } from '../../../../engine/motoko/memory-region/policies.ts';
import type { TraceEvent } from '../../../../engine/trace/events.ts';
import { PolicyReplay } from '../../../../engine/trace/simulate/policy-replay.ts';
import { Simulation } from '../../../../engine/trace/simulate/simulate.ts';
import { FreeLists } from '../../../../engine/trace/state/free-list.ts';
import { endOf } from '../../../../engine/trace/state/replay.ts';
import { Timeline } from '../../../../engine/trace/timeline.ts';
import { recordedTrace, traceOf } from '../fixtures.ts';
import { messagesOf, programTrace, SPACE } from './program-trace.ts';

const REGION = { space: SPACE, kind: 'memory-region', params: { region: 16 }, identity: 'memory blocks of region 16' } as const;

const stateOf = ({ size, deallocated, pages, free }: Allocator) => [size, deallocated, pages, [...free.blocks()]];

/** Simulates the events from the start, as they are before the last one's message ends. */
function naive(events: readonly TraceEvent[], policy: PolicyName) {
  const simulation = new Simulation(policy, SPACE);
  for (const event of events) simulation.next(event);
  const { firstDifference } = simulation.end();
  return firstDifference === undefined ? stateOf(simulation.allocator) : firstDifference;
}

describe.each(POLICY_NAMES)('%s', (policy) => {
  law.prop([programTrace(policy), fc.array(fc.nat(), { minLength: 1, maxLength: 12 })], { numRuns: 60 })(
    'a replay has the state of a simulation from the start, wherever it goes, also within messages',
    (events, picks) => {
      const trace = traceOf(events);
      const replay = new PolicyReplay(trace, REGION, policy);
      for (const pick of picks) {
        const event = pick % (trace.count + 1);
        const { allocator, firstDifference } = replay.before(event);
        expect(allocator ? stateOf(allocator) : firstDifference, `before event ${event}`).toEqual(
          naive([...trace.events(0, event)], policy),
        );
      }
    },
  );
});

test('a long trace is replayed from few states, whatever the bound on their bytes, and in slices', () => {
  const trace = recordedTrace('mixed__mr-1.4.0+ab-0.7.1');
  const generous = new PolicyReplay(trace, REGION, 'memory-region@1.4.0');
  const tight = new PolicyReplay(trace, REGION, 'memory-region@1.4.0', 1);
  const sliced = new PolicyReplay(trace, REGION, 'memory-region@1.4.0');
  let slices = 1;
  while (!sliced.approach(trace.count, new Budget({ steps: 100 }))) slices++;
  expect(slices).toBeGreaterThan(2);
  for (const step of [10_000, 9_999, 9_998, 5_000, 4_999, 1, 0, 8_192, 10_000]) {
    const event = endOf(trace, step);
    const expected = naive([...trace.events(0, event)], 'memory-region@1.4.0');
    for (const replay of [generous, tight, sliced]) {
      const { allocator } = replay.before(event);
      expect(allocator && stateOf(allocator)).toEqual(expected);
    }
  }
});

test('the first damage of a release is known', () => {
  const trace = recordedTrace('ties__mr-1.4.0+ab-0.7.1');
  const replay = new PolicyReplay(trace, REGION, 'memory-region@1.4.0');
  expect(replay.before(endOf(trace, 9848)).firstDamage).toBeUndefined();
  expect(replay.before(endOf(trace, 10_000)).firstDamage).toBe(9849);
  expect(replay.before(endOf(trace, 9848)).firstDamage).toBeUndefined();
});

test('another address ends the replay, and an undone one does not', () => {
  const allocate = (address: number, size: number): TraceEvent => ({
    kind: 'allocate',
    space: SPACE,
    address: at(0, address),
    size,
    requested: undefined,
    stack: undefined,
  });
  const events = [...messagesOf([allocate(500, 8)], 'trapped'), allocate(0, 8), allocate(100, 8), allocate(8, 8)];
  const trace = traceOf([{ kind: 'space', space: SPACE, spaceKind: 'memory-region', name: 0, params: REGION.params }, ...events]);
  const replay = new PolicyReplay(trace, REGION, 'memory-region@1.4.0');
  const at1 = replay.before(endOf(trace, 1));
  expect([at1.firstDifference, at1.allocator]).toEqual([1, undefined]);
  expect(replay.before(endOf(trace, 3)).allocator?.size).toBe(8);
  expect(replay.before(endOf(trace, 5)).firstDifference).toBe(4);
});

test('requests to other spaces, and to a space that is undeclared, do not count', () => {
  const allocator = createAllocator('memory-region@1.4.0');
  expect(allocator.size).toBe(0);
  const declared = (space: number, region: number): TraceEvent => ({
    kind: 'space',
    space,
    spaceKind: 'memory-region',
    name: 0,
    params: { region },
  });
  const allocate = (space: number, address: number): TraceEvent => ({
    kind: 'allocate',
    space,
    address: at(0, address),
    size: 8,
    requested: undefined,
    stack: undefined,
  });
  const first = [allocate(1, 0), declared(1, 16), allocate(1, 0), declared(2, 17), allocate(2, 0)];
  // Under the second header, the region has another number.
  const trace = traceOf(first, undefined, [declared(1, 17), declared(2, 16), allocate(2, 8), allocate(1, 8)]);
  const replay = new PolicyReplay(trace, REGION, 'memory-region@1.4.0');
  expect(replay.before(trace.count)).toMatchObject({ firstDifference: undefined });
  expect(replay.before(trace.count).allocator?.size).toBe(16);
});

law.prop([programTrace('memory-region@1.4.0'), fc.array(fc.nat(), { minLength: 1, maxLength: 12 })], { numRuns: 40 })(
  'a free list stays as it was when others are asked for',
  (events, picks) => {
    const timeline = Timeline.open(traceOf(events));
    const lists = new FreeLists(timeline.trace);
    const known = picks.flatMap((pick) => {
      const step = pick % (timeline.steps + 1);
      const state = timeline.stateAt(step).allocation.spaces.get(REGION.identity);
      const list = state && lists.after(step, state);
      return list ? [{ list, blocks: [...list.blocks] }] : [];
    });
    for (const { list, blocks } of known) if (list.policy) expect([...list.blocks]).toEqual(blocks);
  },
);

test('a free list far away is approached in slices', () => {
  const timeline = Timeline.open(recordedTrace('mixed__mr-1.4.0+ab-0.7.1'));
  const state = timeline.stateAt(timeline.steps).allocation.spaces.get(REGION.identity);
  if (!state) throw new Error('The trace has no such space.');
  const lists = new FreeLists(timeline.trace);
  expect(lists.approach(timeline.steps, state, new Budget({ steps: 100 }))).toBe(false);
  while (!lists.approach(timeline.steps, state, new Budget({ steps: 100 })));
  const list = lists.after(timeline.steps, state);
  expect(list.policy).toBe('memory-region@1.4.0');
  expect([...list.blocks]).toEqual([...new FreeLists(timeline.trace).after(timeline.steps, state).blocks]);
});
