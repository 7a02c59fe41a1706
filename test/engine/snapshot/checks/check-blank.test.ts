/** Flat structures with an overwritten header cause a warning; data of programs' own layouts does not. */

import { describe, expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, readBytes, writeGrowing } from '../../../../engine/core/memory/memory.ts';
import { Cell } from '../../../../engine/rust/cell/operate.ts';
import { MemoryManager } from '../../../../engine/rust/memory-manager/operate.ts';
import { findSpace } from '../../../../engine/snapshot/find-part.ts';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import { imageBytes } from '../../../fixtures.ts';
import { openedBytes } from '../opened.ts';

const PAGE = 65_536;

/** Returns the parts with a warning, and the codes of all other findings. */
function warned(image: Uint8Array): readonly string[] {
  return scanImage(openedBytes(image)).findings.map(({ code, part }) => (code.endsWith('.header-lost') ? part : code));
}

function overwritten(memory: number, length: number, byte: number, name = 'corrupt-base'): Uint8Array {
  const image = new Uint8Array(imageBytes(name));
  const start = findSpace(openedBytes(image), `memory/${memory}`)?.pieces[0]?.extent.start ?? expect.fail();
  image.fill(byte, start, start + length);
  return image;
}

describe.each([
  [1, 'a Vec'],
  [2, 'a Cell'],
  [5, 'a MinHeap'],
  [7, 'a Vec of items of all sizes'],
])('memory %i, %s', (memory) => {
  test.each([
    [8, 0],
    [8, 0xff],
    [16, 0xff],
    [32, 0xff],
    [64, 0],
    [64, 0xff],
    [100, 0xff],
    [128, 0],
  ])('%i bytes of %i', (length, byte) => {
    expect(warned(overwritten(memory, length, byte))).toEqual([`memory/${memory}`]);
  });
  test('all of it', () => {
    expect(warned(overwritten(memory, PAGE, 0))).toEqual([]);
  });
});

test.each([
  ['cell-cbor', 0, 'a value before what is left of a longer one'],
  ['log-10k', 0, 'an index whose first entries are empty'],
  ['log-10k', 1, 'data of many pages'],
] as const)('%s, memory %i: %s', (name, memory, _) => {
  expect(warned(overwritten(memory, 8, 0, name))).toEqual([`memory/${memory}`]);
});

describe.each([3, 4])('memory %i, of a Log', (memory) => {
  test.each([
    [8, 0],
    [8, 0xff],
    [64, 0],
    [64, 0xff],
  ])('%i bytes of %i: its other half is not a second cause', (length, byte) => {
    expect(warned(overwritten(memory, length, byte))).toEqual([`memory/${memory}`]);
  });
});

/** Returns a manager with a Cell, and with a program's own data in memory 3. */
function withOwn(content: Uint8Array, from = 0): Uint8Array {
  const image = new BytesMemory();
  const manager = MemoryManager.init(image, 1);
  Cell.init(manager.get(0), Buffer.from('settings'));
  writeGrowing(manager.get(3), at(0, from), content);
  return readBytes(image, at(0, 0), byteLength(image));
}

function words(size: 4 | 8, count: number, wordOf: (index: number) => number): Uint8Array {
  const bytes = new Uint8Array(size * count);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < count; index += 1) view.setUint32(size * index, wordOf(index), true);
  return bytes;
}

function bits(bytes: number, isSet: (bit: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, index) =>
    [0, 1, 2, 3, 4, 5, 6, 7].reduce((byte, bit) => byte | (isSet(8 * index + bit) ? 1 << bit : 0), 0),
  );
}

describe('a program’s own data causes no warning', () => {
  test.each([
    ['nothing', new Uint8Array(PAGE)],
    ['text', Buffer.from('SVC, the ticker of a token.\n')],
    ['numbers from 0', words(8, 500, (index) => index)],
    ['32-bit numbers from 0', words(4, 500, (index) => index)],
    ['a zero counter and a record', Uint8Array.from([...new Uint8Array(8), 3, 0, 0, 0, 9, 9, 9, 9])],
    ['a map of free pages, the first taken', bits(2_048, (bit) => bit < 5_000 || (bit % 977 === 0 && bit < 9_000))],
    ['a map of a few bits', bits(2_048, (bit) => bit > 700 && bit % 131 === 3)],
    ['a map of runs', bits(2_048, (bit) => bit > 520 && Math.floor(bit / 100) % 2 === 0)],
    ['a field that is none, and a record', Uint8Array.from([...new Uint8Array(8).fill(0xff), 3, 0, 0, 0, 9, 9, 9, 9, 7, 7])],
    ['the numbers 255', new Uint8Array(500).fill(0xff)],
    ['a file with 32 KiB of zeros first', Buffer.concat([new Uint8Array(32_768), Buffer.from('\x01CD001 and more')])],
  ])('%s', (_, content) => {
    expect(warned(withOwn(content))).toEqual([]);
  });

  test.each([1_000, 5_000, PAGE, PAGE + 64, 3 * PAGE, 300])('records from byte %i on', (from) => {
    expect(
      warned(
        withOwn(
          words(4, 5_000, (index) => index * 7_919 + 1),
          from,
        ),
      ),
    ).toEqual([]);
  });
});
