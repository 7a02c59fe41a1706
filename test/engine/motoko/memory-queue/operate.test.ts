import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, readBytes } from '../../../../engine/core/memory/memory.ts';
import { readStored } from '../../../../engine/core/structure.ts';
import { openMemoryQueue } from '../../../../engine/motoko/memory-queue/inspect.ts';
import { decodeNode, HEADER_LENGTH, VALUE_IN_NODE } from '../../../../engine/motoko/memory-queue/layout.ts';
import { MemoryQueue } from '../../../../engine/motoko/memory-queue/operate.ts';
import { MemoryRegion } from '../../../../engine/motoko/memory-region/operate.ts';
import { MaxValue } from '../../../../engine/motoko/memory-region/stores/max-value.ts';
import { inspectRegionManager } from '../../../../engine/motoko/regions/inspect.ts';
import { sidecar } from '../../../fixtures.ts';
import { imageOnce } from '../patched.ts';

const created = () => new MemoryQueue(new MemoryRegion(new BytesMemory(), new MaxValue()));

test('the same calls leave the same bytes as the library', () => {
  const { queue } = sidecar<{ expect: { queue: { region: number; size: number; count: number; free: number[][] } } }>(
    'memory-btree-order256',
  ).expect;
  const region = inspectRegionManager(imageOnce('memory-btree-order256'), () => {})?.region(queue.region);
  if (!region) throw new Error('The fixture has no queue.');
  // Removed nodes are still there, so all values that were ever added can be read back.
  const values: Uint8Array[] = [];
  for (let address = HEADER_LENGTH; address < queue.size; ) {
    const node = decodeNode(region, address);
    if (!node) throw new Error(`There is no node at ${address}.`);
    values.push(readBytes(region, at(node.address, VALUE_IN_NODE), node.size));
    address += VALUE_IN_NODE + node.size;
  }
  const again = created();
  for (const value of values) again.add(value);
  while (again.length > queue.count) again.pop();
  expect([again.region.memory.pages, again.region.size]).toEqual([region.pages, queue.size]);
  expect([...again.region.free.blocks()].map(({ address, size }) => [address, size])).toEqual(queue.free);
  const all = (memory: typeof again.region.memory | typeof region) =>
    Buffer.from(readBytes(memory, at(0, 0), byteLength(memory)));
  expect(all(again.region.memory).equals(all(region))).toBe(true);
});

test('an empty queue returns nothing', () => {
  const queue = created();
  expect([queue.peek(), queue.pop(), queue.length]).toEqual([undefined, undefined, 0]);
});

test('a queue can be cleared only before it is used, because the library stops otherwise', () => {
  const queue = created();
  expect(queue.clear().ok).toBe(true);
  queue.add(Uint8Array.of(1, 2, 3));
  const before = readBytes(queue.region.memory, at(0, 0), 200);
  expect(queue.clear()).toMatchObject({ ok: false, fault: { kind: 'trap' } });
  expect(readBytes(queue.region.memory, at(0, 0), 200)).toEqual(before);
  expect([...(queue.pop() ?? [])]).toEqual([1, 2, 3]);
});

const operation = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant('pop' as const));
law.prop([fc.array(operation, { maxLength: 60 })])(
  'it behaves like an array, and its region is sound at every step',
  (operations) => {
    const queue = created();
    const model: Uint8Array[] = [];
    for (const one of operations) {
      if (one === 'pop') expect(queue.pop()?.toString()).toBe(model.shift()?.toString());
      else {
        queue.add(one);
        model.push(one);
      }
      expect(queue.length).toBe(model.length);
      expect(queue.peek()?.toString()).toBe(model[0]?.toString());
    }
    expect(queue.region.check()).toEqual([]);
    const view = openMemoryQueue(queue.region.memory, () => {});
    const elements = view?.elements(0, 1000, new Budget()) ?? [];
    expect(elements.map(({ value }) => value && readStored(value).toString())).toEqual(model.map(String));
    const findings: unknown[] = [];
    const scan = view?.scan((finding) => findings.push(finding), new Budget());
    expect(findings).toEqual([]);
    // The gaps are the allocator's free blocks, except for a free block at the very end.
    const free = [...queue.region.free.blocks()].filter(
      ({ address, size }) => address + size < Number(scan?.facts['highestEnd']),
    );
    const gaps = view?.freeList(0, 1000, new Budget()).map(({ start, length }) => ({ address: start, size: length }));
    expect(gaps).toEqual(free);
  },
);
