import { fc, test as law } from '@fast-check/vitest';
import { expect } from 'vitest';
import { BytesMemory } from '../../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, type Memory, PAGE_SIZE, readBytes } from '../../../../engine/core/memory/memory.ts';
import { moveBytes } from '../../../../engine/core/memory/move.ts';
import { OverlayMemory } from '../../../../engine/core/memory/overlay.ts';
import { RegionManager } from '../../../../engine/motoko/regions/operate.ts';

const SIZE = 3 * PAGE_SIZE;

/** Creates a memory of three pages without zero bytes. */
function filled(memory: Memory): Memory {
  memory.grow(SIZE / PAGE_SIZE);
  memory.write(
    at(0, 0),
    Uint8Array.from({ length: SIZE }, (_, index) => (index * 7 + (index >> 8)) & 255),
  );
  return memory;
}

type Step =
  | { readonly do: 'move'; readonly from: number; readonly to: number; readonly length: number }
  | { readonly do: 'write'; readonly to: number; readonly bytes: Uint8Array }
  | { readonly do: 'read'; readonly from: number; readonly length: number }
  | { readonly do: 'grow' };

/**
 * Steps that mostly move one range, from one place on, by the length of an element, and other operations at the start of a list.
 */
const place = fc.oneof(
  { weight: 6, arbitrary: fc.constant(5000) },
  { weight: 2, arbitrary: fc.integer({ min: 4900, max: 5200 }) },
  { weight: 1, arbitrary: fc.nat({ max: SIZE - 1 }) },
);
const distance = fc.oneof({ weight: 6, arbitrary: fc.constant(12) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 400 }) });
const few = fc.oneof(fc.constant(12), fc.nat({ max: 300 }), fc.nat({ max: 20_000 }));

/** Steps as functions of the number of elements after the place. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('insert' as const), place, distance) },
  { weight: 5, arbitrary: fc.tuple(fc.constant('remove' as const), place, distance) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('write' as const), place, few) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('read' as const), place, few) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('grow' as const), place, few) },
);

function stepsOf(
  drawn: readonly (readonly ['insert' | 'remove' | 'write' | 'read' | 'grow', number, number])[],
): readonly Step[] {
  let end = 60_000;
  return drawn.map(([kind, start, size], index): Step => {
    const length = Math.min(size, SIZE - start);
    if (kind === 'write') return { do: 'write', to: start, bytes: new Uint8Array(length).fill(index) };
    if (kind === 'read') return { do: 'read', from: start, length };
    if (kind === 'grow') return { do: 'grow' };
    const moved = Math.max(0, end - start - (kind === 'remove' ? size : 0));
    end += kind === 'insert' ? size : -size;
    return kind === 'insert'
      ? { do: 'move', from: start, to: start + size, length: Math.min(moved, SIZE - start - size) }
      : { do: 'move', from: start + size, to: start, length: Math.min(moved, SIZE - start - size) };
  });
}

const KINDS = {
  'an array': () => filled(new BytesMemory()),
  'an overlay': () => filled(new OverlayMemory()),
  'a region': () => filled(RegionManager.init(new BytesMemory()).newRegion()),
} as const satisfies Record<string, () => Memory>;

for (const [name, create] of Object.entries(KINDS)) {
  law.prop([fc.array(step, { minLength: 20, maxLength: 300, size: 'max' })], { numRuns: name === 'an array' ? 60 : 10 })(
    `moving, reading and writing in ${name} is as in plain bytes`,
    (drawn) => {
      const memory = create();
      const plain = readBytes(memory, at(0, 0), SIZE);
      for (const each of stepsOf(drawn)) {
        if (each.do === 'grow') memory.grow(1);
        else if (each.do === 'move') {
          if (each.length < 0 || each.from + each.length > SIZE) continue;
          moveBytes(memory, at(0, each.from), at(0, each.to), each.length);
          plain.copyWithin(each.to, each.from, each.from + each.length);
        } else if (each.do === 'write') {
          memory.write(at(0, each.to), each.bytes);
          plain.set(each.bytes, each.to);
        } else {
          const expected = plain.subarray(each.from, each.from + each.length);
          expect(Buffer.compare(readBytes(memory, at(0, each.from), each.length), expected)).toBe(0);
        }
      }
      expect(byteLength(memory)).toBeGreaterThanOrEqual(SIZE);
      expect(Buffer.compare(readBytes(memory, at(0, 0), SIZE), plain)).toBe(0);
    },
  );
}
