import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, type Memory, PAGE_SIZE, writeGrowing } from '../../../../engine/core/memory/memory.ts';
import { findDatabase } from '../../../../engine/snapshot/sqlite/find-database.ts';
import { databasePieces } from '../../../../servers/export/raw.ts';
import { contentOf, databaseFile, noteOf } from '../../../sqlite.ts';

const file = databaseFile(3_000);
const SOUND = { count: 3_000, last: noteOf(2_999), check: ['ok'] };

function memoryWith(bytes: Uint8Array, start = 0): Memory {
  const memory = new BytesMemory();
  writeGrowing(memory, at(0, start), bytes);
  return memory;
}

function exported(memory: Memory): Uint8Array | undefined {
  const database = findDatabase(memory);
  return database && new Uint8Array(Buffer.concat([...databasePieces(memory, database)].map((piece) => piece.slice())));
}

/** Writes the superblock of ic-sqlite-vfs, as its source says. */
function superblock(
  memory: Memory,
  size: number,
  zeros: readonly (readonly [first: number, end: number])[] = [],
  start = PAGE_SIZE,
): void {
  const bytes = new Uint8Array(160 + 16 * zeros.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('ICSQLITE'));
  view.setUint32(8, 8, true);
  view.setUint32(12, 16_384, true);
  const words = [
    [16, size],
    [112, start],
    [128, Math.ceil(size / 16_384)],
    [136, 8],
    [144, zeros.length],
  ] as const;
  for (const [offset, word] of words) view.setBigUint64(offset, BigInt(word), true);
  for (const [index, [first, end]] of zeros.entries()) {
    view.setBigUint64(160 + 16 * index, BigInt(first), true);
    view.setBigUint64(168 + 16 * index, BigInt(end), true);
  }
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  view.setBigUint64(152, hash, true);
  memory.write(at(0, 0), bytes);
}

test('the file is a real database, of the size that its header has, which is not that of the memory', () => {
  expect(contentOf(file)).toEqual(SOUND);
  expect(file.length % PAGE_SIZE).not.toBe(0);
});

describe('a database is found, and leaves its memory as the file that it was,', () => {
  test('at the start of a memory, as ic-rusqlite has it', () => {
    const bytes = exported(memoryWith(file));
    expect(Buffer.compare(bytes ?? file.subarray(1), file)).toBe(0);
  });

  test('behind its size, as ic-sqlite has it', () => {
    const memory = memoryWith(file, 8);
    const size = new Uint8Array(8);
    new DataView(size.buffer).setBigUint64(0, BigInt(file.length));
    memory.write(at(0, 0), size);
    expect(findDatabase(memory)).toMatchObject({ range: { start: 8, length: file.length }, behind: 'size' });
    expect(Buffer.compare(exported(memory) ?? file.subarray(1), file)).toBe(0);
  });

  test('behind a superblock, as ic-sqlite-vfs has it', () => {
    const large = databaseFile(3_000, 16_384);
    const memory = memoryWith(large, PAGE_SIZE);
    superblock(memory, large.length);
    expect(findDatabase(memory)).toMatchObject({ range: { start: PAGE_SIZE, length: large.length }, behind: 'superblock' });
    expect(contentOf(exported(memory) ?? file)).toEqual(SOUND);
  });
});

test('pages that the superblock masks are zero in the file', () => {
  const large = databaseFile(3_000, 16_384);
  const memory = memoryWith(large, PAGE_SIZE);
  const pages = large.length / 16_384;
  superblock(memory, large.length, [
    [2, 4],
    [pages - 1, pages],
  ]);
  const expected = large.slice();
  expected.fill(0, 2 * 16_384, 4 * 16_384);
  expected.fill(0, (pages - 1) * 16_384);
  expect(Buffer.compare(exported(memory) ?? file, expected)).toBe(0);
});

describe('no database is found', () => {
  const large = databaseFile(10, 16_384);

  test('behind a superblock whose checksum is wrong', () => {
    const memory = memoryWith(large, PAGE_SIZE);
    superblock(memory, large.length);
    memory.write(at(0, 40), Uint8Array.of(1));
    expect(findDatabase(memory)).toBeUndefined();
  });

  test('behind a superblock that says that it is tiny', () => {
    const memory = new BytesMemory();
    writeGrowing(memory, at(0, 2 * PAGE_SIZE - 20), new TextEncoder().encode('SQLite format 3\0'));
    superblock(memory, 20, [], 2 * PAGE_SIZE - 20);
    expect(findDatabase(memory)).toBeUndefined();
  });

  test('behind eight bytes that are no size', () => expect(findDatabase(memoryWith(large, 8))).toBeUndefined());

  test('with a page size that is not a power of two', () => {
    const memory = memoryWith(large);
    memory.write(at(0, 16), Uint8Array.of(0x0f, 0xff));
    expect(findDatabase(memory)).toBeUndefined();
  });
});

test('a database that continues after the end of its memory is said to be incomplete', () => {
  const memory = memoryWith(file.subarray(0, 2 * PAGE_SIZE));
  expect(findDatabase(memory)).toMatchObject({
    range: { start: 0, length: 2 * PAGE_SIZE },
    doubt: 'The memory ends before the last page of the database: the file is not complete.',
  });
});

test('a header that an old release wrote does not say the size: the file has all pages, and opens', () => {
  const old = file.slice();
  // The counter at 92 is that of the last change by a release that writes the number of pages.
  old.set([9, 9, 9, 9], 92);
  const memory = memoryWith(old);
  expect(findDatabase(memory)).toMatchObject({ range: { start: 0, length: memory.pages * PAGE_SIZE } });
  expect(findDatabase(memory)?.doubt).toContain('does not say how many pages');
});

law.prop([
  fc.uint8Array({ minLength: 200, maxLength: 400 }),
  fc.constantFrom('', 'ICSQLITE', 'SQLite format 3\0'),
  fc.constantFrom(0, 8),
])('whatever the bytes are, a database is inside its memory', (bytes, magic, start) => {
  const memory = memoryWith(bytes);
  memory.write(at(0, start), new TextEncoder().encode(magic));
  const found = findDatabase(memory);
  if (found) expect(found.range.start + found.range.length).toBeLessThanOrEqual(memory.pages * PAGE_SIZE);
});
