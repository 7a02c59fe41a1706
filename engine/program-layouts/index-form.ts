/**
 * An index over data: a memory with entries of equal size, each with the address and length of a value in another memory.
 *
 * | in the index          | content                                                                                 |
 * |-----------------------|-----------------------------------------------------------------------------------------|
 * | before `start`        | a header of the program's own                                                           |
 * | `start` + i · `entry` | entry i: the offset of the value and its size, which may differ in width; other data of the program |
 *
 * The logs in the Motoko documentation on stable regions have entries of two `u64` (`StableMultiLog`); others add the type of the
 * value, as a number.
 */
import { at, byteLength, type ReadableMemory, readBytes } from '../core/memory/memory.ts';
import { type NumberForm, numberIn, widthOf } from './numbers.ts';

/** A number within an entry. */
export interface IndexField {
  readonly at: number;
  readonly form: NumberForm;
}

export interface IndexForm {
  readonly start: number;
  /** Length of an entry in bytes. */
  readonly entryBytes: number;
  readonly offset: IndexField;
  readonly size: IndexField;
}

export interface IndexEntry {
  readonly offset: number;
  readonly size: number;
}

/** Entries that are read at once. */
const BATCH = 4_096;

/** Returns the number of entries that the memory has room for. */
export function roomFor(index: ReadableMemory, { start, entryBytes }: IndexForm): number {
  return Math.max(0, Math.floor((byteLength(index) - start) / entryBytes));
}

/** Returns the entry at `position` of bytes that hold all of it. */
export function entryIn(bytes: Uint8Array, position: number, { offset, size }: IndexForm): IndexEntry {
  return {
    offset: numberIn(bytes, position + offset.at, offset.form),
    size: numberIn(bytes, position + size.at, size.form),
  };
}

/** Reads the entries from `from` up to `to`. The memory must have room for them. */
export function* readEntries(index: ReadableMemory, form: IndexForm, from: number, to: number): Generator<IndexEntry> {
  for (let first = from; first < to; first += BATCH) {
    const count = Math.min(BATCH, to - first);
    const bytes = readBytes(index, at(0, form.start + first * form.entryBytes), count * form.entryBytes);
    for (let entry = 0; entry < count; entry += 1) yield entryIn(bytes, entry * form.entryBytes, form);
  }
}

/** Returns whether both fields fit into the entry without overlapping. */
export function fits({ entryBytes, offset, size }: IndexForm): boolean {
  const ends = [offset, size].map((field) => field.at + widthOf(field.form));
  const isApart = (ends[0] ?? 0) <= size.at || (ends[1] ?? 0) <= offset.at;
  return isApart && ends.every((end) => end <= entryBytes);
}
