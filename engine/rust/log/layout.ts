/**
 * Log: entries of any length, appended. `ic-stable-structures`, layout version 1, the only version (log.rs). It is in two
 * memories, and neither refers to the other. Numbers are little-endian.
 *
 * Index                                                        Data
 *
 * | offset   | bytes | field                                  |  | offset | bytes | field                     |
 * |---------:|------:|----------------------------------------|  |-------:|------:|---------------------------|
 * |        0 |     3 | magic `GLI`                            |  |      0 |     3 | magic `GLD`               |
 * |        3 |     1 | layout version, 1                      |  |      3 |     1 | layout version, 1         |
 * |        4 |    28 | reserved                               |  |      4 |    28 | reserved                  |
 * |       32 |     8 | number of entries, u64                 |  |     32 |     … | the entries, back to back |
 * | 40 + 8 i |     8 | end of entry i, u64, counted from 32 in the data |
 *
 * Clearing sets the number to 0 and leaves the rest as it is.
 */
import { at, byteLength, type ReadableMemory, readBytes, viewOf } from '../../core/memory/memory.ts';

export const INDEX_MAGIC = 'GLI';
export const DATA_MAGIC = 'GLD';
export const VERSION = 1;
export const COUNT_AT = at(0, 32);
export const ENDS_AT = at(0, 40);
export const ENTRIES_AT = at(0, 32);

export interface LogHeader {
  readonly magic: string;
  readonly version: number;
  /** Number of entries, in an index; meaningless in a data memory. */
  readonly count: bigint;
}

/** Reads the header of either memory as it is, whatever the magic. The memory must have at least one page. */
export function decodeHeader(memory: ReadableMemory): LogHeader {
  const bytes = readBytes(memory, at(0, 0), ENDS_AT);
  const view = viewOf(bytes);
  return {
    magic: String.fromCharCode(...bytes.subarray(0, 3)),
    version: view.getUint8(3),
    count: view.getBigUint64(COUNT_AT, true),
  };
}

/** Encodes the magic and the version at the start of either memory. The reserved bytes after them are never written. */
export function encodeHeader(magic: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(...[...magic].map((letter) => letter.charCodeAt(0)), VERSION);
}

/** Returns how many of the counted ends the index memory has room for. */
export function endsThere(index: ReadableMemory, header: LogHeader): number {
  return Math.min(Number(header.count), Math.floor((byteLength(index) - ENDS_AT) / 8));
}

/** Returns the end of entry `position`, counted from the first entry. Damaged numbers above 2^53 are rounded. */
export function endOf(index: ReadableMemory, position: number): number {
  return Number(viewOf(readBytes(index, at(ENDS_AT, 8 * position), 8)).getBigUint64(0, true));
}
