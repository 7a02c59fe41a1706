import { at, byteLength, PAGE_SIZE, type ReadableMemory, readBytes } from './memory.ts';

/** Maximum pages, from the end, that are searched for the last nonzero byte. */
const MAX_PAGES = 64;

/** Returns the end of the last nonzero byte; 0 when the last pages are all zero. */
export function lastUsedEnd(memory: ReadableMemory): number {
  for (let page = memory.pages - 1; page >= Math.max(0, memory.pages - MAX_PAGES); page -= 1) {
    const bytes = readBytes(memory, at(0, page * PAGE_SIZE), Math.min(PAGE_SIZE, byteLength(memory)));
    const last = bytes.findLastIndex((byte) => byte !== 0);
    if (last !== -1) return page * PAGE_SIZE + last + 1;
  }
  return 0;
}
