import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { at } from '../../../../../engine/core/memory/memory.ts';
import { createAllocator, type PolicyName } from '../../../../../engine/motoko/memory-region/policies.ts';
import { Simulation } from '../../../../../engine/trace/simulate/simulate.ts';
import { sidecar } from '../../../../fixtures.ts';
import { recorded } from '../../../trace/mr-trace.ts';

const POLICY_OF: Readonly<Record<string, PolicyName>> = {
  'mr-0.1.1+shbtm-1.3.0': 'memory-region@0.1.1',
  'mr-1.1.1+ab-0.5.0': 'memory-region@1.1.1',
  'mr-1.2.4+ab-0.5.2': 'memory-region@1.2.4',
  'mr-1.4.0+ab-0.7.1': 'memory-region@1.4.0',
};

const policyOf = (library: string): PolicyName => POLICY_OF[library] ?? 'memory-region@1.4.0+augmented-btrees@0.8.0';

const traces = readdirSync(join(import.meta.dirname, '../../../../fixtures/traces'))
  .filter((file) => file.includes('__mr-'))
  .map((file) => file.replace('.jsonl.gz', ''));

test.each(traces)('every result of the recorded run, and the allocator state after each: %s', (name) => {
  const { events, after, size, free } = recorded(name);
  const simulation = new Simulation(policyOf(name.split('__')[1] ?? ''));
  const { allocator } = simulation;
  const states = events.map((event) => {
    simulation.next(event);
    return [allocator.size, allocator.deallocated, allocator.pages];
  });
  expect(states).toEqual(after);
  const result = simulation.end();
  expect(result.firstDifference).toBeUndefined();
  expect(result.size).toBe(size);
  expect(result.free.map((block) => [block.address, block.size])).toEqual(free);
});

describe('the run in which the real library allocates bytes that are in use', () => {
  const { events } = recorded('ties__mr-1.4.0+ab-0.7.1');

  test('so does its policy, at the same steps', () => {
    const simulation = new Simulation('memory-region@1.4.0');
    const firstViolation = events.findIndex((event) => {
      simulation.next(event);
      return simulation.allocator.check().length > 0;
    });
    expect(firstViolation).toBe(9847);
    for (const event of events.slice(firstViolation + 1)) simulation.next(event);
    const { overlaps, faults } = simulation.end();
    expect(overlaps).toEqual([
      { step: 9849, address: 14288, size: 32 },
      { step: 9852, address: 14304, size: 16 },
      { step: 9854, address: 14304, size: 16 },
      { step: 9856, address: 14256, size: 64 },
    ]);
    expect(faults.map(({ step }) => step)).toEqual([9849, 9852, 9854, 9856, 9934, 9983]);
    expect(faults[0]?.message).toBe(
      'The root of the tree of free blocks has one of 288 bytes, but its index is stale: it leads to the block at 0x36d0, which has 224 bytes.',
    );
  });

  test('the repaired one does not', () => {
    const simulation = new Simulation('max-value');
    for (const event of events) simulation.next(event);
    expect(simulation.end().overlaps).toEqual([]);
    expect(simulation.violations()).toEqual([]);
  });
});

interface Case {
  readonly lib: string;
  readonly title: string;
  readonly steps: readonly {
    readonly call: string;
    readonly args: readonly (number | string)[];
    readonly result?: unknown;
    readonly trap?: string;
  }[];
  readonly final?: { readonly free: readonly (readonly [number, number])[]; readonly info: readonly number[] };
}

/** Requests that succeed although they should not. */
const UNNOTICED: readonly string[] = [
  'double free after the block was merged into a lower neighbour',
  'free of a sub-range inside an already free block',
  'free of a range overlapping the start of a free block',
];

const cases = sidecar<{ readonly cases: readonly Case[] }>('error-cases').cases.filter(({ lib }) => POLICY_OF[lib] !== undefined);

test.each(cases.map((each) => [each.lib, each.title, each] as const))('%s: %s', (lib, title, { steps, final }) => {
  const allocator = createAllocator(policyOf(lib));
  const blocks: [address: number, size: number][] = [];
  const unnoticed: string[] = [];
  for (const { call, args, result, trap } of steps) {
    const [a = 0, b = 0, c = 0] = args.map(Number);
    const before = [allocator.size, allocator.deallocated, allocator.pages, [...allocator.free.blocks()]];
    const request = () => {
      const [address, size] = blocks[b] ?? [0, 0];
      if (call === 'freeRaw') return allocator.deallocate(at(0, a), b);
      if (call === 'clear') return allocator.clear();
      if (call === 'clearRetain') return allocator.clear(a);
      if (call === 'addBlob') return allocator.allocate(0);
      if (call !== 'step') return undefined;
      if (a === 0) return allocator.allocate(b);
      return a === 1 ? allocator.deallocate(at(0, address), size) : allocator.reallocate(at(0, address), size, c);
    };
    const outcome = request();
    // The allocator does not handle bytes.
    if (!outcome || (call === 'addBlob' && trap !== undefined)) continue;
    expect(outcome.ok).toBe(trap === undefined);
    if (!outcome.ok) {
      expect([allocator.size, allocator.deallocated, allocator.pages, [...allocator.free.blocks()]]).toEqual(before);
      continue;
    }
    if (outcome.unnoticed) unnoticed.push(outcome.unnoticed.kind);
    if (call === 'addBlob') expect(outcome.value).toBe(result);
    if (call !== 'step') continue;
    const given = outcome.value ?? blocks[b]?.[0] ?? 0;
    if (a === 0) blocks.push([given, b]);
    if (a === 2) blocks[b] = [given, c];
    expect([given, allocator.size, allocator.deallocated, allocator.pages]).toEqual(result);
  }
  const isOld = lib.startsWith('mr-0.1.1') && title.startsWith('double free of the same block');
  expect(unnoticed).toHaveLength(UNNOTICED.includes(title) || isOld ? 1 : 0);
  if (!final) return;
  const [pages = 0, size = 0, , allocated = 0, deallocated = 0] = final.info;
  expect([...allocator.free.blocks()].map((block) => [block.address, block.size])).toEqual(final.free);
  expect([allocator.pages, allocator.size, allocator.allocated, allocator.deallocated]).toEqual([
    pages,
    size,
    allocated,
    deallocated,
  ]);
});
