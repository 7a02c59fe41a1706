import { fc, test as law } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { type AddressRange, at } from '../../../../engine/core/memory/memory.ts';
import { RegionBlocks, without } from '../../../../engine/snapshot/motoko/region-blocks.ts';

const BYTES = 65_536;
const spanOf = ([start, length]: readonly [number, number]): AddressRange => ({ start: at(0, start), length });
/** Spans near each other, so that they touch and overlap. */
const anySpans = fc.array(fc.tuple(fc.nat(120), fc.nat(20)).map(spanOf), { maxLength: 12 });
const covers = (spans: readonly AddressRange[], address: number) =>
  spans.some(({ start, length }) => start <= address && address < start + length);
/** Spans by address, with a byte between each two. */
const apart = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })), { maxLength: 12 })
  .map((steps) => {
    let end = 0;
    return steps.map(([gap, length]): AddressRange => {
      const start = at(0, end + gap);
      end = start + length;
      return { start, length };
    });
  });

describe('the blocks of a region', () => {
  law.prop([anySpans, fc.nat(150)])(
    'each byte is free, allocated or neither, according to the list and the size',
    (free, size) => {
      const blocks = new RegionBlocks(
        {
          source: 'heap',
          regionId: 16n,
          regionPages: 1,
          path: '',
          version: 1,
          size,
          deallocated: 0,
          pages: 1,
          free,
          at: spanOf([0, 0]),
        },
        { pages: 1, read: () => undefined },
      );
      let freeBytes = 0;
      for (let address = 0; address < 160; address++) {
        const kind = address >= size ? 'unused' : covers(free, address) ? 'free-block' : 'allocated';
        const block = blocks.at(at(0, address));
        expect(block.kind).toBe(kind);
        expect(covers([block], address)).toBe(true);
        if (kind === 'free-block') freeBytes += 1;
      }
      expect(blocks.freeBytes).toBe(freeBytes);
      expect(blocks.at(at(0, BYTES - 1)).kind).toBe('unused');
    },
  );

  law.prop([apart, apart])('what is in one and not in the other', (spans, others) => {
    const left = without(spans, others);
    for (let address = 0; address < 250; address++) {
      expect(covers(left, address)).toBe(covers(spans, address) && !covers(others, address));
    }
  });
});
