/** Checks whether a memory without a header can be the index or the data of a Log whose other half is known. */
import { lastUsedEnd } from '../../core/memory/last-used.ts';
import { at, byteLength, type ReadableMemory, readBytes, viewOf } from '../../core/memory/memory.ts';
import { decodeHeader, ENDS_AT, ENTRIES_AT, endOf, endsThere, INDEX_MAGIC } from './layout.ts';

/** Maximum zeros at the end of the last entry. */
const MAX_ZEROS = 64;
/** Maximum ends read. */
const MAX_ENDS = 1 << 20;

/** Returns whether `memory` can be the other half of the Log with `half`. Its first `lost` bytes are ignored. */
export function couldBeOtherHalf(memory: ReadableMemory, lost: number, half: ReadableMemory): boolean {
  if (decodeHeader(half).magic !== INDEX_MAGIC) return endsWith(lastEndIn(memory, lost), half);
  const ends = endsThere(half, decodeHeader(half));
  return ends > 0 && endsWith(endOf(half, ends - 1), memory);
}

/** Returns whether the used bytes of a data memory end where its entries should. */
function endsWith(end: number, data: ReadableMemory): boolean {
  const used = lastUsedEnd(data) - ENTRIES_AT;
  return end > 0 && used <= end && end <= used + MAX_ZEROS;
}

/** Returns the last of the ends that ascend from the first intact one; 0 if there is none. */
function lastEndIn(index: ReadableMemory, lost: number): number {
  const first = Math.max(0, Math.ceil((lost - ENDS_AT) / 8));
  const count = Math.min(MAX_ENDS, Math.floor((byteLength(index) - ENDS_AT) / 8) - first);
  if (count <= 0) return 0;
  const view = viewOf(readBytes(index, at(ENDS_AT, 8 * first), 8 * count));
  let last = 0;
  for (let position = 0; position < count; position += 1) {
    const end = Number(view.getBigUint64(8 * position, true));
    // The first entries may be empty; after others, a zero is not an end.
    if (end < last) break;
    last = end;
  }
  return last;
}
