import { Budget } from '../../../engine/core/budget.ts';
import { findInHeap } from '../../../engine/motoko/heap/find.ts';
import { imageBytes } from '../../fixtures.ts';
import { patches } from '../mutate.ts';
import { Patched } from '../patched.ts';
import { hold, type Reader } from '../reader.ts';

const HEAPS = ['snapshot-eop/wasm_memory', 'classical-copying'].map((name) => {
  const bytes = Uint8Array.from(imageBytes(name));
  return { bytes, places: nonZero(bytes) };
});

/** Where something is in a heap, most of which was never used: one place in each used KiB. */
function nonZero(bytes: Uint8Array): readonly number[] {
  const places: number[] = [];
  for (let start = 0; start < bytes.length; start += 1024)
    if (bytes.subarray(start, start + 1024).some((byte) => byte !== 0)) places.push(start);
  return places;
}

export const HEAP_READER: Reader = {
  name: 'heaps',
  cases: 1500,
  most: 8000,
  run(random) {
    const heap = HEAPS[random.below(HEAPS.length)];
    if (heap === undefined) return;
    const { bytes, places } = heap;
    const size = random.once(6) ? random.below(bytes.length) : bytes.length;
    const changes = patches(random, size, places, (start, length) => bytes.subarray(start, start + length));
    const { allocators } = findInHeap(new Patched(bytes, changes, size), {
      budget: new Budget({ steps: 20_000, bytes: 2 ** 24 }),
    });
    for (const { free } of allocators)
      for (const { start, length } of free) hold(start >= 0 && length >= 0, () => 'A free block is negative.');
  },
};
