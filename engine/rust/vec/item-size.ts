import { lastUsedEnd } from '../../core/memory/last-used.ts';
import { type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import { SLOTS_AT } from './layout.ts';

/** So many bytes are compared with those one slot further on. */
const COMPARED = 16_384;
/** Fewer items tell nothing. */
const MIN_ITEMS = 16;
const LARGEST_SLOT = 1024;
/** How much more alike the bytes have to be at another distance. */
const MARGIN = 0.1;

/**
 * The slot size that the bytes have, where it is surely another than the header's `slot`; otherwise undefined. The items of a Vec
 * that never shrank end where its last slot does and zeros follow, and bytes are like those one slot before.
 */
export function otherSlotSize(memory: ReadableMemory, count: number, slot: number): number | undefined {
  if (count < MIN_ITEMS) return undefined;
  const used = lastUsedEnd(memory) - SLOTS_AT;
  const other = Math.ceil(used / count);
  if (used <= 0 || other === slot || other < 1 || other > Math.min(LARGEST_SLOT, count)) return undefined;
  // The last slot of the other size would be empty.
  if (used <= (count - 1) * other) return undefined;
  const bytes = readBytes(memory, SLOTS_AT, Math.min(used, COMPARED));
  const [likeness, otherLikeness] = [likenessAt(bytes, slot), likenessAt(bytes, other)];
  const better = slot % other === 0 ? otherLikeness >= likeness - MARGIN : otherLikeness >= likeness + MARGIN;
  return better ? other : undefined;
}

/** Which part of the bytes equals the one `distance` further on. */
function likenessAt(bytes: Uint8Array, distance: number): number {
  let alike = 0;
  const pairs = bytes.length - distance;
  if (pairs <= 0) return 0;
  for (let index = 0; index < pairs; index += 1) if (bytes[index] === bytes[index + distance]) alike += 1;
  return alike / pairs;
}
