import { lastUsedEnd } from '../../core/memory/last-used.ts';
import { type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import { SLOTS_AT } from './layout.ts';

/** Maximum bytes that are compared with those one slot after them. */
const COMPARED = 16_384;
/** Minimum items that are needed as evidence. */
const MIN_ITEMS = 16;
/** Maximum slot size in bytes that is considered. */
const MAX_SLOT = 1024;
/** Minimum difference in likeness in favour of another distance. */
const MARGIN = 0.1;

/**
 * Returns the slot size inferred from the bytes, if it certainly differs from the header's `slot`; otherwise undefined. The items
 * of a Vec that never shrank end with its last slot, followed by zeros, and bytes are similar to those one slot before.
 */
export function otherSlotSize(memory: ReadableMemory, count: number, slot: number): number | undefined {
  if (count < MIN_ITEMS) return undefined;
  const used = lastUsedEnd(memory) - SLOTS_AT;
  const other = Math.ceil(used / count);
  if (used <= 0 || other === slot || other < 1 || other > Math.min(MAX_SLOT, count)) return undefined;
  // The last slot of the other size would be empty.
  if (used <= (count - 1) * other) return undefined;
  const bytes = readBytes(memory, SLOTS_AT, Math.min(used, COMPARED));
  const [likeness, otherLikeness] = [likenessAt(bytes, slot), likenessAt(bytes, other)];
  const better = slot % other === 0 ? otherLikeness >= likeness - MARGIN : otherLikeness >= likeness + MARGIN;
  return better ? other : undefined;
}

/** Returns the share of bytes that are equal to the byte `distance` after them. */
function likenessAt(bytes: Uint8Array, distance: number): number {
  let alike = 0;
  const pairs = bytes.length - distance;
  if (pairs <= 0) return 0;
  for (let index = 0; index < pairs; index += 1) if (bytes[index] === bytes[index + distance]) alike += 1;
  return alike / pairs;
}
