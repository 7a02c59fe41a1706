import { at, byteLength, type ReadableMemory, readBytes } from '../core/memory/memory.ts';
import type { Structure } from '../core/structure.ts';
import { entryIn, fits, type IndexEntry, type IndexForm, readEntries, roomFor } from './index-form.ts';
import { IndexedLogSlots } from './indexed-log.ts';
import { type NumberForm, numberIn, widthOf } from './numbers.ts';
import { SlotsView } from './view.ts';

/** A memory with a number: memories with close numbers more likely belong together. */
export interface NumberedMemory extends ReadableMemory {
  readonly id: number;
}

/** Possible starts of an index: at 0, or after a header of the program's own. */
const STARTS = [0, 8, 16, 24, 32, 64];
/** Possible positions of the two numbers in an entry. */
const FIELD_STARTS = [0, 1, 2, 4, 8];
const MAX_ENTRY = 32;
const FORMS: readonly (readonly [offset: NumberForm, size: NumberForm])[] = [
  ['u64-le', 'u64-le'],
  ['u64-le', 'u32-le'],
  ['u32-le', 'u32-le'],
  ['u64-be', 'u64-be'],
  ['u64-be', 'u32-be'],
  ['u32-be', 'u32-be'],
];

/** Maximum memories among which indexes are looked for: each may be the data of any other. */
const MAX_MEMORIES = 1_024;
/** Minimum entries that prove an index. Each value must begin where the one before it ends. */
const MIN_ENTRIES = 3;
/** Maximum entries that are read to find the last one. */
const MAX_WALKED = 1 << 20;
/** Bytes after the last value that must be zero, as far as the data has them. */
const ZEROS = 65_536;
/** Maximum address of the first value: it must begin in the first page of its memory. */
const MAX_FIRST = 65_536;

/** An index that was found. */
interface FoundIndex {
  readonly form: IndexForm;
  readonly count: number;
  /** The last entry whose value is not empty. */
  readonly last: IndexEntry;
}

/**
 * Finds indexes over data among memories that are not recognised otherwise. Nothing marks an index: its entries must lead to
 * values that follow each other without a gap, and another memory's bytes must end with the last of them.
 */
export function findIndexedLogs<Memory extends NumberedMemory>(all: readonly Memory[]): readonly Structure[] {
  const used = new Set<Memory>();
  const memories = all.slice(0, MAX_MEMORIES);
  return memories.flatMap((index) => {
    if (used.has(index)) return [];
    for (const found of indexesIn(index)) {
      const data = dataOf(found, index, memories, used);
      if (data === undefined) continue;
      used.add(index).add(data);
      const evidence = `${found.count} entries lead to values that follow each other, up to the end of the data`;
      return [new SlotsView(new IndexedLogSlots(index, data, found.form, found.count, { pairedBecause: evidence }))];
    }
    return [];
  });
}

/** The positions of the two numbers in the first entry. The length of an entry follows from the next entries. */
type Fields = Pick<IndexForm, 'start' | 'offset' | 'size'>;

const CANDIDATES: readonly Fields[] = STARTS.flatMap((start) =>
  FIELD_STARTS.flatMap((first) =>
    FORMS.flatMap(([offset, size]): readonly Fields[] => [
      { start, offset: { at: first, form: offset }, size: { at: first + widthOf(offset), form: size } },
      { start, offset: { at: first + widthOf(size), form: offset }, size: { at: first, form: size } },
    ]),
  ),
);

function* indexesIn(index: ReadableMemory): Generator<FoundIndex> {
  const head = readBytes(index, at(0, 0), Math.min(byteLength(index), HEAD));
  if (head.every((byte) => byte === 0)) return;
  for (const fields of CANDIDATES) {
    if (!couldBeFirst(head, fields)) continue;
    for (let entryBytes = 8; entryBytes <= MAX_ENTRY; entryBytes += 1) {
      const form = { ...fields, entryBytes };
      if (!fits(form) || !begins(head, form)) continue;
      const found = walk(index, form);
      if (found.count >= MIN_ENTRIES) yield found;
    }
  }
}

/** Bytes of the first entries in the longest form, after the longest header. */
const HEAD = 64 + (MIN_ENTRIES + 1) * MAX_ENTRY;

function couldBeFirst(head: Uint8Array, { start, offset, size }: Fields): boolean {
  return numberIn(head, start + size.at, size.form) > 0 && numberIn(head, start + offset.at, offset.form) <= MAX_FIRST;
}

/** Returns whether the first entries follow each other. */
function begins(head: Uint8Array, form: IndexForm): boolean {
  let end: number | undefined;
  for (let entry = 0; entry < MIN_ENTRIES; entry += 1) {
    const { offset, size } = entryIn(head, form.start + entry * form.entryBytes, form);
    if (end !== undefined && offset !== end) return false;
    end = offset + size;
  }
  return true;
}

/** Reads entries while each value begins where the one before it ends. */
function walk(index: ReadableMemory, form: IndexForm): FoundIndex {
  let count = 0;
  let last: IndexEntry = { offset: 0, size: 0 };
  for (const entry of readEntries(index, form, 0, Math.min(roomFor(index, form), MAX_WALKED))) {
    if (count > 0 && entry.offset !== last.offset + last.size) break;
    if (entry.size > 0) last = entry;
    count += 1;
  }
  return { form, count, last };
}

/** Returns the memory whose bytes end with the last value, or the nearest of several. */
function dataOf<Memory extends NumberedMemory>(
  { last }: FoundIndex,
  index: Memory,
  memories: readonly Memory[],
  used: ReadonlySet<Memory>,
): Memory | undefined {
  return memories
    .filter((data) => data !== index && !used.has(data) && endsWith(data, last))
    .sort((a, b) => Math.abs(a.id - index.id) - Math.abs(b.id - index.id) || a.id - b.id)[0];
}

function endsWith(data: ReadableMemory, { offset, size }: IndexEntry): boolean {
  const end = offset + size;
  if (size === 0 || end > byteLength(data)) return false;
  const value = readBytes(data, at(0, Math.max(offset, end - ZEROS)), Math.min(size, ZEROS));
  const after = readBytes(data, at(0, end), Math.min(ZEROS, byteLength(data) - end));
  return value.some((byte) => byte !== 0) && after.every((byte) => byte === 0);
}
