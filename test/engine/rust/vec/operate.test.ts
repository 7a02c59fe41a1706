import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { Budget } from '../../../../engine/core/budget.ts';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, OutOfMemory, PAGE_SIZE, readBytes } from '../../../../engine/core/memory/memory.ts';
import { Unreadable } from '../../../../engine/core/unreadable.ts';
import { RestrictedMemory } from '../../../../engine/rust/restricted-memory.ts';
import { openVec } from '../../../../engine/rust/vec/inspect.ts';
import { Vec } from '../../../../engine/rust/vec/operate.ts';
import type { Bound } from '../../../../engine/values/codec.ts';
import { image } from '../../../fixtures.ts';
import { boundOf, listed, workOn } from '../rebuilt.ts';
import { sha256 } from '../sidecar.ts';
import { findingsOf, memoryOf } from '../structures.ts';

const WORDS: Bound = { max: 8, fixed: true };

describe.each(listed('vec', ['corrupt-base', 'openchat-like-b128', 'restricted-memory']))(
  '$name',
  ({ name, structure, items }) => {
    const bound = boundOf(structure);

    test('the library’s items, pushed one by one, produce the library’s memory', () => {
      const memory = new BytesMemory();
      const vec = Vec.init(memory, bound);
      for (const item of items) vec.push(item);
      const theirs = memoryOf(image(name), structure.at);
      expect([memory.pages, sha256(memory)]).toEqual([theirs.pages, sha256(theirs)]);
    });
    test('the library’s memory has the library’s items', () => {
      if (structure.at.page_range) return;
      expect([...Vec.init(workOn(name, structure.at.memory), bound).items()]).toEqual(items);
    });
  },
);

test('a Vec works in a window of another memory', () => {
  const base = new BytesMemory();
  const vec = Vec.init(new RestrictedMemory(base, 4, 8), WORDS);
  vec.push(new Uint8Array(8).fill(7));
  expect(base.pages).toBe(5);
  expect(readBytes(base, at(0, 4 * PAGE_SIZE), 3)).toEqual(Uint8Array.of(0x53, 0x56, 0x43));
});

test('the size before an item has one, two or four bytes', () => {
  for (const [max, width] of [
    [255, 1],
    [256, 2],
    [65_535, 2],
    [65_536, 4],
  ] as const) {
    const memory = new BytesMemory();
    const vec = Vec.init(memory, { max, fixed: false });
    vec.push(Uint8Array.of(9));
    vec.push(Uint8Array.of(8));
    expect(readBytes(memory, at(0, 64), width + 1)).toEqual(Uint8Array.of(1, ...new Array<number>(width - 1).fill(0), 9));
    expect(readBytes(memory, at(0, 64 + max + width), 1)).toEqual(Uint8Array.of(1));
  }
});

test('an item is read into an existing array', () => {
  const vec = Vec.init(new BytesMemory(), { max: 3, fixed: false });
  vec.push(Uint8Array.of(5, 6));
  const into = Uint8Array.of(9, 9, 9);
  expect([vec.read(0, into), vec.read(1, into)]).toEqual([2, undefined]);
  expect(into).toEqual(Uint8Array.of(5, 6, 9));
});
test('a length has 64 bits', () => {
  const memory = new BytesMemory();
  const vec = Vec.init(memory, { max: 0, fixed: true });
  memory.write(at(0, 4), Uint8Array.of(0xff, 0xff, 0xff, 0xff, 2));
  expect(vec.length).toBe(0);
  vec.reload();
  vec.push(Uint8Array.of());
  expect(vec.length).toBe(3 * 2 ** 32);
  expect(readBytes(memory, at(0, 4), 8)).toEqual(Uint8Array.of(0, 0, 0, 0, 3, 0, 0, 0));
});

test('popped items stay as stale bytes', () => {
  const memory = new BytesMemory();
  const vec = Vec.init(memory, { max: 2, fixed: true });
  vec.push(Uint8Array.of(1, 2));
  vec.pop();
  expect([vec.length, vec.pop(), vec.get(0)]).toEqual([0, undefined, undefined]);
  expect(readBytes(memory, at(0, 64), 2)).toEqual(Uint8Array.of(1, 2));
});
test('a new Vec in the memory of an old one is empty, and the old items are stale', () => {
  const memory = new BytesMemory();
  Vec.init(memory, WORDS).push(new Uint8Array(8).fill(3));
  expect(Vec.new(memory, WORDS).length).toBe(0);
  expect(readBytes(memory, at(0, 64), 8)).toEqual(new Uint8Array(8).fill(3));
});

test('a foreign magic is rejected', () => expect(() => Vec.init(workOn('minheap', 0), WORDS)).toThrow(Unreadable));
test.each([
  [{ max: 9, fixed: true }, 'another size'],
  [{ max: 8, fixed: false }, 'items of many sizes'],
])('items with another bound are rejected: %o, %s', (bound) => {
  const memory = new BytesMemory();
  Vec.init(memory, WORDS);
  expect(() => Vec.init(memory, bound)).toThrow(Unreadable);
});
test('an unknown version is rejected', () => {
  const memory = new BytesMemory();
  Vec.init(memory, WORDS);
  memory.write(at(0, 3), Uint8Array.of(2));
  expect(() => Vec.init(memory, WORDS)).toThrow(Unreadable);
});
test('an item that exceeds its bound throws, and nothing is written', () => {
  const memory = new BytesMemory();
  const vec = Vec.init(memory, WORDS);
  const before = sha256(memory);
  expect(() => vec.push(new Uint8Array(7))).toThrow(RangeError);
  expect(() => vec.push(new Uint8Array(9))).toThrow(RangeError);
  expect(() => vec.set(0, new Uint8Array(8))).toThrow(RangeError);
  expect(sha256(memory)).toBe(before);
});
test('if the memory cannot grow, the length stays', () => {
  const vec = Vec.init(new BytesMemory(0, 1), { max: PAGE_SIZE, fixed: true });
  expect(() => vec.push(new Uint8Array(PAGE_SIZE))).toThrow(OutOfMemory);
  expect(vec.length).toBe(0);
});

const bound = fc.record({ max: fc.constantFrom(1, 5, 40, 255, 256, 300, 70_000), fixed: fc.boolean() });
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ push: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ set: fc.nat(), to: fc.nat() }) },
  { weight: 2, arbitrary: fc.constant('pop' as const) },
  { weight: 1, arbitrary: fc.constantFrom('clear' as const, 'reopen' as const) },
);

law.prop([bound, fc.array(action, { maxLength: 60 })], { numRuns: 60 })('it is a list, without findings', (type, actions) => {
  const memory = new BytesMemory();
  let vec = Vec.init(memory, type);
  const model: Uint8Array[] = [];
  const item = (seed: number): Uint8Array => new Uint8Array(type.fixed ? type.max : seed % (type.max + 1)).fill(seed % 251);
  for (const one of actions) {
    if (one === 'pop') expect(vec.pop()).toEqual(model.pop());
    else if (one === 'clear') {
      vec.clear();
      model.length = 0;
    } else if (one === 'reopen') vec = Vec.init(memory, type);
    else if ('push' in one) {
      vec.push(item(one.push));
      model.push(item(one.push));
    } else if (model.length > 0) {
      vec.set(one.set % model.length, item(one.to));
      model[one.set % model.length] = item(one.to);
    }
  }
  expect([...vec.items()]).toEqual(model);
  expect([vec.length, vec.get(model.length)]).toEqual([model.length, undefined]);
  expect(findingsOf((report) => openVec(memory, 'vec', report)?.scan(report, new Budget()))).toEqual([]);
});

test('items are listed to the last one, whose slot ends after the memory', () => {
  const memory = new BytesMemory();
  const vec = Vec.init(memory, { max: 300, fixed: false });
  const items = Array.from({ length: 217 }, (_, index) => Uint8Array.of(index));
  for (const item of items) vec.push(item);
  expect([memory.pages, 64 + items.length * 302 > PAGE_SIZE]).toEqual([1, true]);
  expect([...vec.items()]).toEqual(items);
});

test('an item whose size is damaged is read as far as get does', () => {
  const memory = new BytesMemory();
  const vec = Vec.init(memory, { max: 10, fixed: false });
  for (let index = 0; index < 5; index += 1) vec.push(new Uint8Array(10).fill(index));
  memory.write(at(0, 64), Uint8Array.of(200));
  expect([...vec.items()]).toEqual([0, 1, 2, 3, 4].map((index) => vec.get(index)));
});
