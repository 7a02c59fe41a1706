import { fc, test as law } from '@fast-check/vitest';
import { expect } from 'vitest';
import { BufferedMemory } from '../../../../engine/core/memory/buffered-memory.ts';
import { at, byteLength, type Memory, PAGE_SIZE, readBytes } from '../../../../engine/core/memory/memory.ts';
import { OverlayMemory } from '../../../../engine/core/memory/overlay.ts';

const PAGES = 2;

/** Writes to few places, so that many of them overlap, most of them small, some over several granules. */
const writes = fc.array(
  fc.record({
    place: fc.oneof(fc.nat(3_000), fc.integer({ min: PAGE_SIZE - 50, max: PAGE_SIZE + 50 })),
    bytes: fc.oneof(
      { arbitrary: fc.uint8Array({ maxLength: 20 }), weight: 9 },
      { arbitrary: fc.uint8Array({ minLength: 1_000, maxLength: 1_500 }), weight: 1 },
    ),
    look: fc.constantFrom('no', 'no', 'no', 'no', 'read', 'save', 'go back'),
  }),
  { maxLength: 300, size: 'max' },
);

law.prop([writes], { numRuns: 60 })('it has the bytes of an overlay that writes at once', (all) => {
  const plain = new OverlayMemory();
  const buffered = new BufferedMemory(new OverlayMemory());
  for (const memory of [plain, buffered]) memory.grow(PAGES);
  let saved = [plain.state(), buffered.state()] as const;
  for (const { place, bytes, look } of all) {
    for (const memory of [plain, buffered]) memory.write(at(0, place), bytes);
    if (look === 'read') expect(bytesOf(buffered)).toEqual(bytesOf(plain));
    if (look === 'save') saved = [plain.state(), buffered.state()];
    if (look === 'go back') {
      plain.restore(saved[0]);
      buffered.restore(saved[1]);
    }
  }
  expect(bytesOf(buffered)).toEqual(bytesOf(plain));
});

law('more writes than can wait', () => {
  const buffered = new BufferedMemory(new OverlayMemory());
  buffered.grow(PAGES);
  const expected = new Uint8Array(PAGES * PAGE_SIZE);
  for (let write = 0; write < 40_000; write++) {
    const place = (write * 7_919) % (PAGES * PAGE_SIZE);
    const bytes = Uint8Array.of(write, write >> 8);
    const fits = bytes.subarray(0, PAGES * PAGE_SIZE - place);
    buffered.write(at(0, place), fits);
    expected.set(fits, place);
  }
  expect(bytesOf(buffered)).toEqual(expected);
});

function bytesOf(memory: Memory): Uint8Array {
  return readBytes(memory, at(0, 0), byteLength(memory));
}
