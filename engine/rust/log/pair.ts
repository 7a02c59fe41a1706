import { at, byteLength, PAGE_SIZE, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import { DATA_MAGIC, decodeHeader, ENTRIES_AT, endOf, endsThere, INDEX_MAGIC } from './layout.ts';

/** An index memory and the data memory that belongs to it. */
export interface LogPair {
  readonly index: ReadableMemory;
  readonly data: ReadableMemory;
}

/**
 * Pairs memories that may be the index of a log with those that may be its data. A pair fits if the data ends where the index
 * says, in as few pages as needed, and nothing was written after that. Among equals, pairs with intact magics win, then
 * neighbours: programs mostly give the two consecutive numbers. A pair has at least one intact magic. `memories` are all
 * memories, in the order of their numbers.
 */
export function pairLogs(
  memories: readonly ReadableMemory[],
  indexes: readonly ReadableMemory[],
  datas: readonly ReadableMemory[],
): readonly LogPair[] {
  const rated = indexes.flatMap((index) => datas.flatMap((data) => (index === data ? [] : [rate(memories, index, data)])));
  const used = new Set<ReadableMemory>();
  const pairs: LogPair[] = [];
  for (const { index, data, rating } of rated.sort((a, b) => b.rating - a.rating)) {
    if (rating < 0 || used.has(index) || used.has(data)) continue;
    used.add(index).add(data);
    pairs.push({ index, data });
  }
  return pairs;
}

function rate(
  memories: readonly ReadableMemory[],
  index: ReadableMemory,
  data: ReadableMemory,
): LogPair & { readonly rating: number } {
  const header = decodeHeader(index);
  const whole = [header.magic === INDEX_MAGIC, decodeHeader(data).magic === DATA_MAGIC].filter((one) => one).length;
  const distance = memories.indexOf(data) - memories.indexOf(index);
  const near = distance === 1 ? 0.9 : distance === -1 ? 0.8 : 1 / (2 + Math.abs(distance));
  const ends = endsThere(index, header);
  // If the count does not fit the index, the end of the data is unknown.
  const known = BigInt(ends) === header.count;
  const fit = known ? fitOf(data, ENTRIES_AT + (ends === 0 ? 0 : endOf(index, ends - 1))) : 0;
  return { index, data, rating: whole === 0 ? -1 : fit + whole + near };
}

function fitOf(data: ReadableMemory, end: number): number {
  if (end > byteLength(data)) return whole(data) ? 0 : -10;
  const exact = Math.ceil(end / PAGE_SIZE) === data.pages;
  const after = readBytes(data, at(0, end), Math.min(64, byteLength(data) - end));
  const before = readBytes(data, at(0, Math.max(ENTRIES_AT, end - 16)), Math.min(16, end - ENTRIES_AT));
  const clean = after.every((byte) => byte === 0) && (end === ENTRIES_AT || before.some((byte) => byte !== 0));
  return (exact ? 3 : 0) + (clean ? 3 : 0);
}

/** Returns whether the data has an intact magic. Then it is a log even if its end does not fit. */
function whole(data: ReadableMemory): boolean {
  return decodeHeader(data).magic === DATA_MAGIC;
}
