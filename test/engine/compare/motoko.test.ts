/** Compares random pairs of Motoko's structures with what their operations leave. */
import { fc, test as law } from '@fast-check/vitest';
import { expect } from 'vitest';
import { compareStructures } from '../../../engine/compare/compare-structures.ts';
import { Budget } from '../../../engine/core/budget.ts';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type ReadableMemory, readBytes } from '../../../engine/core/memory/memory.ts';
import { finish } from '../../../engine/core/slices.ts';
import type { Structure } from '../../../engine/core/structure.ts';
import { findMemoryBTrees } from '../../../engine/motoko/memory-btree/find.ts';
import { MemoryBTree } from '../../../engine/motoko/memory-btree/operate.ts';
import { BLOB } from '../../../engine/motoko/memory-buffer/blobify.ts';
import { openMemoryBuffer } from '../../../engine/motoko/memory-buffer/inspect.ts';
import { MemoryBuffer } from '../../../engine/motoko/memory-buffer/operate.ts';
import { openMemoryQueue } from '../../../engine/motoko/memory-queue/inspect.ts';
import { MemoryQueue } from '../../../engine/motoko/memory-queue/operate.ts';
import { MemoryRegion } from '../../../engine/motoko/memory-region/operate.ts';
import { MaxValue } from '../../../engine/motoko/memory-region/stores/max-value.ts';
import { compareBytes } from '../../../engine/values/codec.ts';

const region = (id: number) => new MemoryRegion(new BytesMemory(), new MaxValue(), id);
const copyOf = (memory: ReadableMemory) => BytesMemory.of(readBytes(memory, at(0, 0), byteLength(memory)));

function differenceOf(before: Structure | undefined, after: Structure | undefined) {
  if (before === undefined || after === undefined) throw new Error('There is no structure.');
  return finish(compareStructures({ before, after, isDamaged: false, inUse: () => undefined }, new Budget()));
}

const small = fc.uint8Array({ minLength: 1, maxLength: 2, max: 3 });

law.prop([fc.array(small, { minLength: 1 }), fc.array(fc.option(small, { nil: undefined }))], { numRuns: 60 })(
  'a queue loses values at its start and gains them at its end',
  (first, calls) => {
    const queue = new MemoryQueue(region(16));
    for (const value of first) queue.add(value);
    const before = openMemoryQueue(copyOf(queue.region.memory), () => {});
    const values = first.map(String);
    const old = [...values];
    for (const value of calls) {
      if (value !== undefined) {
        queue.add(value);
        values.push(String(value));
      } else if (values.length > 0) {
        queue.pop();
        values.shift();
      }
    }
    // As many of the old values stay as could have stayed.
    let kept = Math.min(old.length, values.length);
    while (kept > 0 && String(old.slice(-kept)) !== String(values.slice(0, kept))) kept -= 1;
    const difference = differenceOf(
      before,
      openMemoryQueue(queue.region.memory, () => {}),
    );
    expect(difference).toEqual({ added: values.length - kept, removed: old.length - kept, changed: 0 });
  },
);

law.prop([fc.array(small, { minLength: 1 }), fc.array(small), fc.array(fc.tuple(fc.nat(), small)), fc.nat()], { numRuns: 60 })(
  'a buffer is compared position by position',
  (first, added, puts, removed) => {
    const [pointers, blobs] = [region(16), region(17)];
    const buffer = new MemoryBuffer({ pointers, blobs }, BLOB);
    buffer.addAll(first);
    const before = openMemoryBuffer(copyOf(pointers.memory), copyOf(blobs.memory), () => {});
    const values = first.map(String);
    for (const [place, value] of puts) {
      buffer.put(place % first.length, value);
      values[place % first.length] = String(value);
    }
    for (let count = removed % first.length; count > 0; count -= 1) {
      buffer.removeLast();
      values.pop();
    }
    buffer.addAll(added);
    values.push(...added.map(String));
    const after = openMemoryBuffer(pointers.memory, blobs.memory, () => {});
    const shared = Math.min(first.length, values.length);
    const changed = first.slice(0, shared).filter((value, index) => String(value) !== values[index]).length;
    const expected = { added: values.length - shared, removed: first.length - shared, changed };
    expect(differenceOf(before, after)).toEqual(expected);
  },
);

const key = fc.uint8Array({ minLength: 1, maxLength: 2, max: 9 });
const TYPES = { key: BLOB, value: BLOB, order: { blobs: compareBytes } } as const;

law.prop([fc.array(fc.tuple(key, small)), fc.array(fc.tuple(key, fc.option(small, { nil: undefined })))], { numRuns: 60 })(
  'a map is compared by its keys and values',
  (first, calls) => {
    const regions = { data: region(16), values: region(17), leaves: region(18), branches: region(19) };
    const map = new MemoryBTree(regions, TYPES, { capacity: 4 });
    const open = () =>
      findMemoryBTrees(
        Object.values(regions).map(({ memory }, index) => Object.assign(copyOf(memory), { id: 16 + index })),
        () => {},
      )[0];
    const entries = new Map<string, string>();
    for (const [one, value] of first) {
      map.insert(one, value);
      entries.set(String(one), String(value));
    }
    const [before, old] = [open(), new Map(entries)];
    for (const [one, value] of calls) {
      if (value === undefined) map.remove(one);
      else map.insert(one, value);
      if (value === undefined) entries.delete(String(one));
      else entries.set(String(one), String(value));
    }
    expect(differenceOf(before, open())).toEqual({
      added: [...entries.keys()].filter((one) => !old.has(one)).length,
      removed: [...old.keys()].filter((one) => !entries.has(one)).length,
      changed: [...entries].filter(([one, value]) => old.has(one) && old.get(one) !== value).length,
    });
  },
);

const digits = fc.uniqueArray(fc.nat({ max: 300 }), { maxLength: 60 });

law.prop([digits, digits], { numRuns: 40 })('a queue of different values keeps what both have in a row', (first, more) => {
  const values = [...new Set([...first, ...more])].map((number) => Uint8Array.of(number >> 8, number & 255));
  const queue = new MemoryQueue(region(16));
  for (const value of values.slice(0, first.length)) queue.add(value);
  const before = openMemoryQueue(copyOf(queue.region.memory), () => {});
  for (const value of values.slice(first.length)) queue.add(value);
  for (let taken = 0; taken < first.length / 2; taken += 1) queue.pop();
  const difference = differenceOf(
    before,
    openMemoryQueue(queue.region.memory, () => {}),
  );
  expect(difference).toEqual({ added: values.length - first.length, removed: Math.ceil(first.length / 2), changed: 0 });
});
