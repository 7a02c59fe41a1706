/**
 * An index over data: in one memory entries of equal size, each of which says where a value is in another memory, and how long it
 * is.
 *
 * | in the index          | what                                                                                    |
 * |-----------------------|-----------------------------------------------------------------------------------------|
 * | before `start`        | a header of the program's own                                                           |
 * | `start` + i · `entry` | entry i: the offset of the value and its size, each of a width of its own; what else the program keeps with it |
 *
 * The logs in the Motoko documentation on stable regions have entries of two `u64` (`StableMultiLog`); others add the number of
 * the value's type.
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
  /** Bytes of an entry. */
  readonly entryBytes: number;
  readonly offset: IndexField;
  readonly size: IndexField;
}

export interface IndexEntry {
  readonly offset: number;
  readonly size: number;
}

/** Entries are read in runs of so many. */
const RUN = 4_096;

/** Returns how many entries the memory has room for. */
export function roomFor(index: ReadableMemory, { start, entryBytes }: IndexForm): number {
  return Math.max(0, Math.floor((byteLength(index) - start) / entryBytes));
}

/** Returns the entry at `position` of some bytes that have all of it. */
export function entryIn(bytes: Uint8Array, position: number, { offset, size }: IndexForm): IndexEntry {
  return {
    offset: numberIn(bytes, position + offset.at, offset.form),
    size: numberIn(bytes, position + size.at, size.form),
  };
}

/** Reads entries `from` to `to`, which the memory has room for. */
export function* readEntries(index: ReadableMemory, form: IndexForm, from: number, to: number): Generator<IndexEntry> {
  for (let first = from; first < to; first += RUN) {
    const count = Math.min(RUN, to - first);
    const bytes = readBytes(index, at(0, form.start + first * form.entryBytes), count * form.entryBytes);
    for (let entry = 0; entry < count; entry += 1) yield entryIn(bytes, entry * form.entryBytes, form);
  }
}

/** Returns whether an entry of so many bytes has both fields, apart from each other. */
export function fits({ entryBytes, offset, size }: IndexForm): boolean {
  const ends = [offset, size].map((field) => field.at + widthOf(field.form));
  const isApart = (ends[0] ?? 0) <= size.at || (ends[1] ?? 0) <= offset.at;
  return isApart && ends.every((end) => end <= entryBytes);
}
