import { expect, test } from 'vitest';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, PAGE_SIZE, readBytes } from '../../../engine/core/memory/memory.ts';
import { RestrictedMemory } from '../../../engine/rust/restricted-memory.ts';

/** Returns the result of growing pages 4 to 8 of a memory of `base` pages, and the new sizes. */
function grown(base: number, by: number, most = 100): readonly number[] {
  const memory = new BytesMemory(base, most);
  const window = new RestrictedMemory(memory, 4, 8);
  return [window.grow(by), window.pages, memory.pages];
}

test.each([
  ['from below, the gap as well', 1, 2, [0, 2, 6]],
  ['from below by nothing, the gap', 1, 0, [0, 0, 4]],
  ['from below beyond the window, unlooked at', 1, 9, [0, 4, 13]],
  ['from its start', 4, 2, [0, 2, 6]],
  ['inside', 5, 3, [1, 4, 8]],
  ['inside beyond its end: not at all', 5, 4, [-1, 1, 5]],
  ['when full', 8, 1, [-1, 4, 8]],
  ['when full by nothing', 8, 0, [4, 4, 8]],
  ['in a larger memory', 12, 0, [4, 4, 12]],
])('it grows %s', (_, base, by, expected) => expect(grown(base, by)).toEqual(expected));
test('it cannot grow if the base memory cannot', () => {
  expect(grown(1, 2, 5)).toEqual([-1, 0, 1]);
  expect(grown(4, 2, 5)).toEqual([-1, 0, 4]);
});
test('its addresses start at its first page', () => {
  const memory = new BytesMemory(9);
  const window = new RestrictedMemory(memory, 4, 8);
  window.write(at(0, 5), Uint8Array.of(1));
  expect(readBytes(memory, at(0, 4 * PAGE_SIZE + 5), 1)).toEqual(Uint8Array.of(1));
  expect(readBytes(window, at(0, 5), 1)).toEqual(Uint8Array.of(1));
});
test('reads and writes do not check its end, only that of the base memory', () => {
  const memory = new BytesMemory(9);
  const window = new RestrictedMemory(memory, 4, 8);
  window.write(at(0, 4 * PAGE_SIZE), Uint8Array.of(1));
  expect(readBytes(memory, at(0, 8 * PAGE_SIZE), 1)).toEqual(Uint8Array.of(1));
  expect(() => readBytes(window, at(0, 5 * PAGE_SIZE), 1)).toThrow(RangeError);
});
