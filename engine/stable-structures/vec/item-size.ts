import { at, byteLength, PAGE_SIZE, type ReadableMemory, readBytes } from '../../memory/memory.ts';
import { SLOTS_AT } from './layout.ts';

/** So far back from the end the last byte that is not zero is looked for. */
const MOST_PAGES = 64;
/** So many bytes are compared with those one slot further on. */
const COMPARED = 16_384;
/** Fewer items tell nothing. */
const LEAST_ITEMS = 16;
const LARGEST_SLOT = 1024;
/** How much more alike the bytes have to be at another distance. */
const MARGIN = 0.1;

/**
 * The slot size that the bytes have, where it is surely another than the header's `slot`; otherwise undefined. The items of a Vec that never
 * shrank end where its last slot does and zeros follow, and bytes are like those one slot before.
 */
export function otherSlotSize(memory: ReadableMemory, count: number, slot: number): number | undefined {
  if (count < LEAST_ITEMS) return undefined;
  const used = lastWritten(memory) - SLOTS_AT;
  const other = Math.ceil(used / count);
  if (used <= 0 || other === slot || other < 1 || other > Math.min(LARGEST_SLOT, count)) return undefined;
  // The last slot of the other size would be empty.
  if (used <= (count - 1) * other) return undefined;
  const bytes = readBytes(memory, SLOTS_AT, Math.min(used, COMPARED));
  const [likeness, otherLikeness] = [likenessAt(bytes, slot), likenessAt(bytes, other)];
  const better = slot % other === 0 ? otherLikeness >= likeness - MARGIN : otherLikeness >= likeness + MARGIN;
  return better ? other : undefined;
}

/** The end of the last byte that is not zero; 0 where none is found. */
function lastWritten(memory: ReadableMemory): number {
  for (let page = memory.pages - 1; page >= Math.max(0, memory.pages - MOST_PAGES); page -= 1) {
    const bytes = readBytes(memory, at(0, page * PAGE_SIZE), Math.min(PAGE_SIZE, byteLength(memory)));
    for (let index = bytes.length - 1; index >= 0; index -= 1) if (bytes[index] !== 0) return page * PAGE_SIZE + index + 1;
  }
  return 0;
}

/** Which part of the bytes equals the one `distance` further on. */
function likenessAt(bytes: Uint8Array, distance: number): number {
  let alike = 0;
  const pairs = bytes.length - distance;
  if (pairs <= 0) return 0;
  for (let index = 0; index < pairs; index += 1) if (bytes[index] === bytes[index + distance]) alike += 1;
  return alike / pairs;
}
