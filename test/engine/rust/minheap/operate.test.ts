import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, type Memory, readBytes } from '../../../../engine/core/memory/memory.ts';
import { Unreadable } from '../../../../engine/core/unreadable.ts';
import { MinHeap } from '../../../../engine/rust/minheap/operate.ts';
import { openVec } from '../../../../engine/rust/vec/inspect.ts';
import { compareBytes } from '../../../../engine/values/codec.ts';
import { boundOf, listed, workOn } from '../rebuilt.ts';
import { findingsOf } from '../structures.ts';

const BYTE = { max: 1, fixed: true };

describe.each(listed('minheap', ['minheap', 'corrupt-base']))(
  '$name, memory $structure.at.memory',
  ({ name, structure, items }) => {
    const open = (): MinHeap => MinHeap.init(workOn(name, structure.at.memory), boundOf(structure), compareBytes);

    test('the library’s memory has the library’s items', () => expect([...open().items()]).toEqual(items));
    test('its items come out in order', () => {
      const heap = open();
      const sorted = items.toSorted(compareBytes);
      expect(items.map(() => heap.pop())).toEqual(sorted);
      expect(heap.length).toBe(0);
    });
  },
);

/** Creates a heap of single bytes by these pushes. */
function heapOf(...pushed: readonly number[]): { heap: MinHeap; memory: Memory } {
  const memory = new BytesMemory();
  const heap = MinHeap.init(memory, BYTE, compareBytes);
  for (const item of pushed) heap.push(Uint8Array.of(item));
  return { heap, memory };
}
const slots = (memory: Memory, count: number): readonly number[] => [...readBytes(memory, at(0, 64), count)];

test('an item rises above greater ones', () => expect(slots(heapOf(5, 4, 3, 2, 1).memory, 5)).toEqual([1, 2, 4, 5, 3]));
test('an item does not rise above its equals', () => {
  const memory = new BytesMemory();
  const heap = MinHeap.init(memory, { max: 2, fixed: true }, (a, b) => (a[0] ?? 0) - (b[0] ?? 0));
  for (const tag of [1, 2, 3]) heap.push(Uint8Array.of(9, tag));
  expect(slots(memory, 6)).toEqual([9, 1, 9, 2, 9, 3]);
  expect(heap.pop()).toEqual(Uint8Array.of(9, 1));
  expect(slots(memory, 4)).toEqual([9, 3, 9, 2]);
});
test('of equal children the right one rises', () => {
  const memory = new BytesMemory();
  const heap = MinHeap.init(memory, { max: 2, fixed: true }, (a, b) => (a[0] ?? 0) - (b[0] ?? 0));
  for (const [item, tag] of [
    [1, 0],
    [2, 1],
    [2, 2],
    [3, 3],
  ] as const)
    heap.push(Uint8Array.of(item, tag));
  heap.pop();
  expect(slots(memory, 6)).toEqual([2, 2, 2, 1, 3, 3]);
});
test('the last slot keeps its bytes', () => {
  const { heap, memory } = heapOf(1, 2, 3);
  heap.pop();
  expect(slots(memory, 3)).toEqual([2, 3, 3]);
});
test('a heap with one item is popped like a Vec', () => {
  const { heap, memory } = heapOf(7);
  expect([heap.pop(), heap.pop(), heap.peek(), heap.length]).toEqual([Uint8Array.of(7), undefined, undefined, 0]);
  expect(slots(memory, 1)).toEqual([7]);
});
test('a Vec is not a heap', () =>
  expect(() => MinHeap.init(workOn('corrupt-base', 1), { max: 8, fixed: true }, compareBytes)).toThrow(Unreadable));
test('a new heap in the memory of an old one is empty', () => {
  const { memory } = heapOf(3, 2, 1);
  expect(MinHeap.new(memory, BYTE, compareBytes).peek()).toBeUndefined();
});

const action = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 3 }) },
  { weight: 3, arbitrary: fc.constant('pop' as const) },
  { weight: 1, arbitrary: fc.constantFrom('clear' as const, 'reopen' as const) },
);

law.prop([fc.array(action, { maxLength: 120, size: 'max' })], { numRuns: 60 })(
  'the smallest item comes out first, without findings',
  (actions) => {
    const memory = new BytesMemory();
    const bound = { max: 3, fixed: false };
    let heap = MinHeap.init(memory, bound, compareBytes);
    let model: Uint8Array[] = [];
    for (const one of actions) {
      if (one === 'pop') expect(heap.pop()).toEqual(model.shift());
      else if (one === 'clear') {
        heap.clear();
        model = [];
      } else if (one === 'reopen') heap = MinHeap.init(memory, bound, compareBytes);
      else {
        heap.push(one);
        model = [...model, one].toSorted(compareBytes);
      }
      expect([heap.length, heap.peek()]).toEqual([model.length, model[0]]);
    }
    expect([...heap.items()].toSorted(compareBytes)).toEqual(model);
    expect(findingsOf((report) => openVec(memory, 'minheap', report)?.scan(report, new Budget()))).toEqual([]);
  },
);
