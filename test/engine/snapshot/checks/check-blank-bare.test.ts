/**
 * Lost headers without a memory manager: in an image of a single structure, next to other structures in windows, and in regions.
 */
import { encode } from 'cbor-x/encode';
import { describe, expect, test } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type Memory, readBytes, writeGrowing } from '../../../../engine/core/memory/memory.ts';
import { RegionManager } from '../../../../engine/motoko/regions/operate.ts';
import { BTreeMap } from '../../../../engine/rust/btree/operate.ts';
import { Cell } from '../../../../engine/rust/cell/operate.ts';
import { Log } from '../../../../engine/rust/log/operate.ts';
import { RestrictedMemory } from '../../../../engine/rust/restricted-memory.ts';
import { Vec } from '../../../../engine/rust/vec/operate.ts';
import { scanImage } from '../../../../engine/snapshot/full-scan.ts';
import { Chance } from '../../values/guessing/chance.ts';
import { openedBytes } from '../opened.ts';

const utf8 = new TextEncoder();

/** Returns the bytes of an image that `write` makes, with a range of them overwritten. */
function imageOf(write: (image: Memory) => void, length = 0, byte = 0, from = 0): Uint8Array {
  const image = new BytesMemory();
  write(image);
  const bytes = new Uint8Array(readBytes(image, at(0, 0), byteLength(image)));
  return bytes.fill(byte, from, from + length);
}

/** Returns the parts with a lost header, and the codes of all other findings. */
function warned(bytes: Uint8Array): readonly string[] {
  const { findings } = scanImage(openedBytes(bytes));
  return findings.map(({ code, part, severity }) =>
    code.endsWith('.header-lost') ? `${severity === 'warning' ? '' : severity}${part}` : code,
  );
}

function vecOf(size: number, items: number): (image: Memory) => void {
  return (image) => {
    const vec = Vec.init(image, { max: size, fixed: true });
    for (let index = 0; index < items; index += 1) vec.push(new Chance(index).bytes(size));
  };
}

const cellOf = (value: Uint8Array) => (image: Memory) => {
  Cell.init(image, value);
};
const SETTINGS = { name: 'settings', limits: [1, 20, 300], owner: 'nobody' };

describe.each([
  ['a Vec', vecOf(24, 400)],
  ['a Cell of CBOR', cellOf(encode(SETTINGS))],
  ['a Cell of CBOR that ends in zeros', cellOf(encode({ ...SETTINGS, rest: [1, 0, 0] }))],
  ['a Cell of several pages', cellOf(encode(Array.from({ length: 9_000 }, (_, id) => ({ ...SETTINGS, id }))))],
  ['a Cell of JSON', cellOf(utf8.encode(JSON.stringify(SETTINGS)))],
])('%s alone in an image', (_, write) => {
  test('is sound', () => expect(warned(imageOf(write))).toEqual([]));
  test.each([0, 0xff])('8 bytes of %i', (byte) => expect(warned(imageOf(write, 8, byte))).toEqual(['image']));
  test.each([0, 0xff])('all of it: %i', (byte) => expect(warned(imageOf(write).fill(byte))).toEqual([]));
});

test.each([32, 64, 128])('%i bytes of 0xff before the items of a Vec', (length) => {
  expect(warned(imageOf(vecOf(24, 400), length, 0xff))).toEqual(['image']);
});

describe('data of an unknown layout causes no warning', () => {
  const records = (from: number) => (image: Memory) => writeGrowing(image, at(0, from), new Chance(from).bytes(9_000));
  test.each([
    ['records after 64 zeros', records(64)],
    ['records after 128 zeros', records(128)],
    ['records after 4 KiB of zeros', records(4_096)],
    [
      'text after 8 zeros',
      (image: Memory) => writeGrowing(image, at(0, 8), utf8.encode('Text that says what it says. '.repeat(9))),
    ],
    ['a table of places, the first of them free', (image: Memory) => writeGrowing(image, at(0, 0), places())],
    ['a counter and numbers', (image: Memory) => writeGrowing(image, at(0, 8), Uint8Array.of(3, 0, 0, 0, 9, 9, 9, 9, 7))],
  ])('%s', (_, write) => expect(warned(imageOf(write))).toEqual([]));

  function places(): Uint8Array {
    const bytes = new Uint8Array(4_000).fill(0xff);
    for (let place = 64; place < bytes.length; place += 48) bytes.set(new Chance(place).bytes(16), place);
    return bytes;
  }
});

describe('next to other structures in windows', () => {
  const withMap = (write: (image: Memory) => void) => (image: Memory) => {
    write(new RestrictedMemory(image, 0, 2));
    if (image.pages < 2) image.grow(2 - image.pages);
    const map = BTreeMap.init(new RestrictedMemory(image, 2, 100), { key: {}, value: {} });
    for (let index = 0; index < 50; index += 1) map.insert(Uint8Array.of(index), Uint8Array.of(7));
  };
  test.each([
    ['a Vec', vecOf(24, 400)],
    ['a Cell of text', cellOf(utf8.encode('Text that says what it says'.repeat(9)))],
  ])('%s', (_, write) => {
    expect(warned(imageOf(withMap(write)))).toEqual([]);
    for (const byte of [0, 0xff]) {
      for (const length of [8, 64]) expect(warned(imageOf(withMap(write), length, byte))).toEqual(['image']);
    }
  });

  test('the index of a Log', () => {
    const write = (image: Memory) => {
      const log = Log.init(new RestrictedMemory(image, 0, 2), new RestrictedMemory(image, 2, 100));
      for (let index = 0; index < 50; index += 1) log.append(new Chance(index).bytes(20));
    };
    expect(warned(imageOf(write))).toEqual([]);
    for (const byte of [0, 0xff]) expect(warned(imageOf(write, 64, byte))).toEqual(expect.arrayContaining(['image']));
  });
});

describe('a region', () => {
  const BLOCKS = 1 << 20;
  const regionOf = (write: (region: Memory) => void) => (image: Memory) => {
    const manager = RegionManager.init(image);
    write(manager.newRegion());
  };
  const recordsAfter = (from: number) => (region: Memory) => writeGrowing(region, at(0, from), new Chance(from).bytes(9_000));

  test('records after zeros can be a program’s own', () => {
    for (const from of [8, 64, 128, 4_096]) expect(warned(imageOf(regionOf(recordsAfter(from))))).toEqual([]);
  });
  test.each([64, 128])('%i bytes of 0xff are reported, as no program begins with them', (length) => {
    expect(warned(imageOf(regionOf(recordsAfter(0)), length, 0xff, BLOCKS))).toEqual(['region/16']);
  });

  describe.each(['json', 'u32-le'] as const)('a log of %s values', (kind) => {
    const write = (region: Memory) => {
      let end = 0;
      for (let index = 0; index < 60; index += 1) {
        const value = utf8.encode(JSON.stringify({ id: index, owner: `somebody ${index * 7_919}`, tags: ['a', 'b'] }));
        const prefix = kind === 'json' ? [] : [value.length, 0, 0, 0];
        writeGrowing(region, at(0, end), Uint8Array.of(...prefix, ...value));
        end += prefix.length + value.length;
      }
    };
    test('is sound', () => expect(warned(imageOf(regionOf(write)))).toEqual([]));
    test.each([
      [16, 0],
      [64, 0],
      [64, 0xff],
      [200, 0],
    ])('%i bytes of %i', (length, byte) => {
      expect(warned(imageOf(regionOf(write), length, byte, BLOCKS))).toEqual(['region/16']);
    });
    test('64 zeros before its first value', () => {
      const shifted = (region: Memory) => {
        writeGrowing(region, at(0, 0), new Uint8Array(64));
        write(new Shifted(region, 64));
      };
      expect(warned(imageOf(regionOf(shifted)))).toEqual([]);
    });
  });
});

/** A view of another memory, starting at an address. */
class Shifted implements Memory {
  readonly #of: Memory;
  readonly #by: number;

  constructor(of: Memory, by: number) {
    this.#of = of;
    this.#by = by;
  }

  get pages(): number {
    return this.#of.pages;
  }

  grow(by: number): number {
    return this.#of.grow(by);
  }

  read(from: number, into: Uint8Array): void {
    this.#of.read(at(0, from + this.#by), into);
  }

  write(to: number, bytes: Uint8Array): void {
    writeGrowing(this.#of, at(0, to + this.#by), bytes);
  }
}
