import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { AddressIndex, KnownGrids } from '../../../engine/trace/address-index.ts';

interface Range {
  readonly event: number;
  readonly start: number;
  readonly length: number;
}

const all = (): boolean => true;

function indexOf(ranges: readonly Range[], blockRanges?: number): AddressIndex {
  const index = new AddressIndex(1, new KnownGrids(), blockRanges);
  for (const { event, start, length } of ranges) index.add(event, start, length);
  return index;
}

const length = fc.oneof(
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 70_000 }),
  fc.constantFrom(1, 16, 65_536, 2 ** 33),
);
const start = fc.oneof(
  fc.integer({ min: 0, max: 64 }),
  fc.integer({ min: 0, max: 200_000 }),
  fc.integer({ min: 0, max: 2 ** 39 }),
);
const ranges = fc.array(fc.record({ start, length, skipped: fc.integer({ min: 0, max: 3 }) }), { maxLength: 60 }).map((list) => {
  let event = 0;
  return list.map(({ skipped, ...range }): Range => {
    event += skipped;
    return { event, ...range };
  });
});

describe('the events that touch a range', () => {
  test.prop([
    ranges,
    start,
    length,
    fc.integer({ min: 0, max: 130 }),
    fc.constantFrom(1, 2, 3),
    fc.constantFrom(undefined, 1, 2, 5),
  ])(
    'are those that a search of all events finds, also if their blocks are small',
    (list, from, size, place, divisor, blockRanges) => {
      const index = indexOf(list, blockRanges);
      const isWanted = (event: number): boolean => event % divisor === 0;
      const touching = list
        .filter((range) => range.start < from + size && from < range.start + range.length && isWanted(range.event))
        .map(({ event }) => event);
      expect(index.last(from, size, place, isWanted)).toBe(touching.findLast((event) => event < place));
      expect(index.next(from, size, place, isWanted)).toBe(touching.find((event) => event >= place));
    },
  );

  test('are found one after the other, in both directions', () => {
    const index = indexOf([0, 1, 2, 3].map((event) => ({ event, start: 8 * event, length: 12 })));
    expect([index.last(16, 1, 4, all), index.last(16, 1, 2, all), index.last(16, 1, 1, all)]).toEqual([2, 1, undefined]);
    expect([index.next(16, 1, 0, all), index.next(16, 1, 2, all), index.next(16, 1, 3, all)]).toEqual([1, 2, undefined]);
  });

  test('a range that meets too many cells is left to a search of the events', () => {
    const index = indexOf(Array.from({ length: 10_000 }, (_, event) => ({ event, start: 4 * event, length: 4 })));
    expect(index.last(0, 40_000, 10_000, () => false)).toBe('too many');
  });

  test.each([undefined, 1, 2])('ranges can be added after a search (blocks of %s)', (blockRanges) => {
    const index = indexOf([{ event: 0, start: 0, length: 4 }], blockRanges);
    expect(index.last(0, 1, 9, all)).toBe(0);
    index.add(5, 0, 1);
    expect(index.last(0, 1, 9, all)).toBe(5);
  });
});
