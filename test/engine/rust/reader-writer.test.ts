import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, OutOfMemory, PAGE_SIZE, readBytes } from '../../../engine/core/memory/memory.ts';
import { BufferedReader, BufferedWriter, Reader, Writer } from '../../../engine/rust/reader-writer.ts';
import { sha256 } from './sidecar.ts';

test('a reader returns bytes up to the end, and then nothing', () => {
  const memory = new BytesMemory(1);
  memory.write(at(0, PAGE_SIZE - 3), Uint8Array.of(1, 2, 3));
  const reader = new Reader(memory, at(0, PAGE_SIZE - 3));
  expect([reader.read(2), reader.read(2), reader.read(2)]).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3), new Uint8Array()]);
});
test('a reader past the end returns nothing', () =>
  expect(new Reader(new BytesMemory(1), at(0, 2 * PAGE_SIZE)).read(1)).toEqual(new Uint8Array()));
test('a writer grows the memory, and writes only its bytes', () => {
  const memory = new BytesMemory();
  const writer = new Writer(memory, at(0, PAGE_SIZE - 1));
  writer.write(Uint8Array.of(1));
  expect(memory.pages).toBe(1);
  writer.write(Uint8Array.of(2));
  expect(memory.pages).toBe(2);
  expect(readBytes(memory, at(0, PAGE_SIZE - 2), 4)).toEqual(Uint8Array.of(0, 1, 2, 0));
});
test('a write without room changes nothing', () => {
  const memory = new BytesMemory(0, 1);
  const writer = new Writer(memory, at(0, 10));
  expect(() => writer.write(new Uint8Array(PAGE_SIZE).fill(1))).toThrow(OutOfMemory);
  expect(memory.pages).toBe(0);
});
test('a buffered writer writes when its buffer is full, and on flush', () => {
  const memory = new BytesMemory(1);
  const writer = new BufferedWriter(new Writer(memory, at(0, 0)), 4);
  const written = (): readonly number[] => [...readBytes(memory, at(0, 0), 8)].filter((byte) => byte > 0);
  writer.write(Uint8Array.of(1, 2));
  writer.write(Uint8Array.of(3, 4));
  expect(written()).toEqual([]);
  writer.write(Uint8Array.of(5));
  expect(written()).toEqual([1, 2, 3, 4]);
  writer.flush();
  expect(written()).toEqual([1, 2, 3, 4, 5]);
});

const pieces = fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 40 });

law.prop([pieces, fc.integer({ min: 1, max: 150 }), fc.nat({ max: 70_000 })])(
  'buffers do not change the bytes',
  (parts, capacity, from) => {
    const [plain, buffered] = [new BytesMemory(), new BytesMemory()];
    const writer = new Writer(plain, at(0, from));
    const collector = new BufferedWriter(new Writer(buffered, at(0, from)), capacity);
    for (const part of parts) {
      writer.write(part);
      collector.write(part);
    }
    collector.flush();
    const all = Uint8Array.from(parts.flatMap((part) => [...part]));
    expect([buffered.pages, sha256(buffered)]).toEqual(
      all.length === 0 ? [0, sha256(new BytesMemory())] : [plain.pages, sha256(plain)],
    );
    const reader = new BufferedReader(new Reader(buffered, at(0, from)), capacity);
    const seen: number[] = [];
    while (seen.length < all.length) seen.push(...reader.read(Math.min(7, all.length - seen.length)));
    expect(Uint8Array.from(seen)).toEqual(all);
  },
);
