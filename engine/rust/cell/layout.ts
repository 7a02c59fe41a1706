/**
 * Cell: one value of any length. `ic-stable-structures`, layout version 1, the only version (cell.rs).
 *
 * | offset | bytes | field                                                     |
 * |-------:|------:|-----------------------------------------------------------|
 * |      0 |     3 | magic `SCL`                                               |
 * |      3 |     1 | layout version, 1                                         |
 * |      4 |     4 | length n of the value, u32 little-endian                  |
 * |      8 |     n | the value; stale bytes of longer, older values may follow |
 */
import { at, type ReadableMemory, readBytes, viewOf } from '../../core/memory/memory.ts';

export const MAGIC = 'SCL';
export const VERSION = 1;
export const LENGTH_AT = at(0, 4);
export const VALUE_AT = at(0, 8);

export interface CellHeader {
  readonly magic: string;
  readonly version: number;
  /** Length of the value in bytes. */
  readonly length: number;
}

/** Reads the header as it is, whatever the magic. The memory must have at least one page. */
export function decodeHeader(memory: ReadableMemory): CellHeader {
  const bytes = readBytes(memory, at(0, 0), VALUE_AT);
  const view = viewOf(bytes);
  return {
    magic: String.fromCharCode(...bytes.subarray(0, 3)),
    version: view.getUint8(3),
    length: view.getUint32(LENGTH_AT, true),
  };
}

/** Encodes the header for a value of `length` bytes. */
export function encodeHeader(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(VALUE_AT);
  bytes.set([...MAGIC].map((letter) => letter.charCodeAt(0)));
  const view = viewOf(bytes);
  view.setUint8(3, VERSION);
  view.setUint32(LENGTH_AT, length, true);
  return bytes;
}
