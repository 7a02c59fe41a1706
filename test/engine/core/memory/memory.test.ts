import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, holds, PAGE_SIZE, type ReadableMemory, readBytes, writeGrowing } from '../../../../engine/core/memory/memory.ts';
import { BytesSource, SourceMemory } from '../../../../engine/core/memory/source.ts';
import { MemoryWindow } from '../../../../engine/core/memory/window.ts';

test('a truncated source reads as zero past its end', () => {
  const memory = new SourceMemory(new BytesSource(Uint8Array.of(1, 2, 3)), 2);
  expect(readBytes(memory, at(0, 1), 4)).toEqual(Uint8Array.of(2, 3, 0, 0));
  expect(readBytes(memory, at(0, PAGE_SIZE), 1)).toEqual(Uint8Array.of(0));
});

test('reading outside throws', () => {
  const memories: ReadableMemory[] = [new BytesMemory(1), new SourceMemory(new BytesSource(new Uint8Array(PAGE_SIZE)))];
  for (const memory of memories) {
    expect(holds(memory, PAGE_SIZE - 1, 2)).toBe(false);
    expect(() => readBytes(memory, at(0, PAGE_SIZE - 1), 2)).toThrow(RangeError);
  }
});

test('a write grows the memory by exactly the missing pages', () => {
  const memory = new BytesMemory();
  writeGrowing(memory, at(0, PAGE_SIZE - 1), Uint8Array.of(7));
  expect(memory.pages).toBe(1);
  writeGrowing(memory, at(0, PAGE_SIZE - 1), Uint8Array.of(7, 8));
  expect(memory.pages).toBe(2);
});

test('a window has its own addresses', () => {
  const base = new BytesMemory(3);
  base.write(at(0, PAGE_SIZE + 5), Uint8Array.of(9));
  const window = new MemoryWindow(base, at(0, PAGE_SIZE), 1);
  expect(readBytes(window, at(0, 5), 1)).toEqual(Uint8Array.of(9));
  expect(() => readBytes(window, at(0, PAGE_SIZE), 1)).toThrow(RangeError);
});

law.prop([fc.uint8Array({ minLength: 1, maxLength: 300_000 }), fc.nat(), fc.nat()])(
  'a paged source reads its own bytes',
  (bytes, from, length) => {
    const memory = new SourceMemory(new BytesSource(bytes));
    const start = from % bytes.length;
    const run = length % (bytes.length - start + 1);
    expect(readBytes(memory, at(0, start), run)).toEqual(new Uint8Array(bytes.subarray(start, start + run)));
  },
);
