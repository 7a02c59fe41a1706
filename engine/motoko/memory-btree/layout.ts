/**
 * MemoryBTree: a sorted map in four regions. memory-collection 0.0.2 to 1.0 (src/MemoryBTree/Base.mo and modules/). All numbers
 * are little-endian; an address of 0 means none; ids are truncated to 32 bits. Every region begins with a header of 64 bytes.
 *
 * | data region | bytes | field                         | leaves, branches, values | bytes | field                            |
 * |------------:|------:|-------------------------------|-------------------------:|------:|----------------------------------|
 * |           0 |     3 | magic `BTR`                   |                        0 |     3 | magic `LVS`, `BRS`, `VLS`        |
 * |           3 |     1 | layout version, 0 or 1        |                        3 |     1 | layout version, 0                |
 * |           4 |     4 | id of the branches region     |                        4 |     4 | id of the data region            |
 * |           8 |     4 | id of the leaves region       |                        8 |     8 | count of leaves, of branches     |
 * |          12 |     2 | node capacity, always 0       |                          |       |                                  |
 * |          14 |     8 | address of the root           |                          |       |                                  |
 * |          22 |     8 | count of entries              |                          |       |                                  |
 * |          30 |     1 | depth; 1 where the root is a leaf |                      |       |                                  |
 * |          31 |     1 | whether the root is a leaf    |                          |       |                                  |
 * |          32 |     4 | id of the values region       |                          |       |                                  |
 * |          36 |     3 | options, in version 1         |                          |       |                                  |
 *
 * The library writes the depth as eight bytes, and so clears all bytes after it up to 37: the values region is known only by its
 * own header. The node capacity is known only on the heap. Nodes of one kind have one size and follow each other from 64 on.
 * Release 0.0.1 had no values region: its values are in the data region. A tree that was migrated from it has a values region
 * without a header.
 *
 * Layout version 1 came in two forms. In the first, separators are shortened as far as possible. In the second they are whole
 * keys, and leaves leave out the prefix that all their keys have in common. An upgrade does not convert a tree: a tree of version
 * 0 keeps that byte and its separators, although the newer release reads them as separators of version 1 and adds some of that
 * kind.
 *
 * | entry, in the data region | bytes | field            | separator or prefix, in version 1 | bytes | field |
 * |--------------------------:|------:|------------------|----------------------------------:|------:|-------|
 * |                         0 |     1 | reference count  |                                 0 |     2 | size  |
 * |                         1 |     2 | size of the key  |                                 2 |       | bytes |
 * |                         3 |     8 | address of the value |                               |       |       |
 * |                        11 |     4 | size of the value |                                  |       |       |
 * |                        15 |       | key              |                                   |       |       |
 */
import { type Address, type AddressRange, at, holds, type ReadableMemory, readBytes, viewOf } from '../../core/memory/memory.ts';

export const HEADER_LENGTH = 64;
export const DATA_MAGIC = 'BTR';
export const NEWEST_VERSION = 1;

/** The other three regions of a tree. */
export const SATELLITES = ['leaves', 'branches', 'values'] as const;
export type Satellite = (typeof SATELLITES)[number];
export const SATELLITE_MAGICS = { leaves: 'LVS', branches: 'BRS', values: 'VLS' } as const satisfies Record<Satellite, string>;

export const MAGIC_AT: AddressRange = { start: at(0, 0), length: 3 };
export const VERSION_AT: AddressRange = { start: at(0, 3), length: 1 };
/** Ranges of the other regions' ids, in the data region. */
export const ID_AT = {
  leaves: { start: at(0, 8), length: 4 },
  branches: { start: at(0, 4), length: 4 },
  values: { start: at(0, 32), length: 4 },
} as const satisfies Record<Satellite, AddressRange>;
const CAPACITY_AT: AddressRange = { start: at(0, 12), length: 2 };
export const ROOT_AT: AddressRange = { start: at(0, 14), length: 8 };
export const COUNT_AT: AddressRange = { start: at(0, 22), length: 8 };
export const DEPTH_AT: AddressRange = { start: at(0, 30), length: 1 };
/** Ranges of the data region's id and of the count of nodes, in the other regions. */
export const DATA_ID_AT: AddressRange = { start: at(0, 4), length: 4 };
export const NODE_COUNT_AT: AddressRange = { start: at(0, 8), length: 8 };

export const KEY_SIZE_IN_ENTRY = 1;
export const VALUE_IN_ENTRY = 3;
export const VALUE_SIZE_IN_ENTRY = 11;
export const KEY_IN_ENTRY = 15;
export const BYTES_IN_BLOB = 2;

/** The header of any of the four regions. Which fields are valid depends on the magic. */
export interface RegionHeader {
  readonly magic: string;
  readonly version: number;
  /** In the data region. */
  readonly ids: Readonly<Record<Satellite, number>>;
  readonly capacity: number;
  readonly root: number;
  readonly count: bigint;
  readonly depth: number;
  /** In the others. */
  readonly data: number;
  readonly nodes: bigint;
}

export interface Entry {
  readonly address: Address;
  readonly references: number;
  readonly keySize: number;
  /** Meaningless if the value is empty. */
  readonly valueAddress: number;
  readonly valueSize: number;
}

/** Reads the header of a region. Damaged addresses above 2^53 are rounded. */
export function decodeHeader(memory: ReadableMemory): RegionHeader | undefined {
  if (!holds(memory, 0, HEADER_LENGTH)) return undefined;
  const bytes = readBytes(memory, at(0, 0), HEADER_LENGTH);
  const view = viewOf(bytes);
  const id = ({ start }: AddressRange): number => view.getUint32(start, true);
  return {
    magic: String.fromCharCode(...bytes.subarray(0, MAGIC_AT.length)),
    version: view.getUint8(VERSION_AT.start),
    ids: { leaves: id(ID_AT.leaves), branches: id(ID_AT.branches), values: id(ID_AT.values) },
    capacity: view.getUint16(CAPACITY_AT.start, true),
    root: Number(view.getBigUint64(ROOT_AT.start, true)),
    count: view.getBigUint64(COUNT_AT.start, true),
    depth: view.getUint8(DEPTH_AT.start),
    data: id(DATA_ID_AT),
    nodes: view.getBigUint64(NODE_COUNT_AT.start, true),
  };
}

/** Returns the entry at an address of the data region, or undefined if none can be there. Its key may end past the region. */
export function decodeEntry(data: ReadableMemory, address: number): Entry | undefined {
  if (address < HEADER_LENGTH || !holds(data, address, KEY_IN_ENTRY)) return undefined;
  const start = at(0, address);
  const view = viewOf(readBytes(data, start, KEY_IN_ENTRY));
  return {
    address: start,
    references: view.getUint8(0),
    keySize: view.getUint16(KEY_SIZE_IN_ENTRY, true),
    valueAddress: Number(view.getBigUint64(VALUE_IN_ENTRY, true)),
    valueSize: view.getUint32(VALUE_SIZE_IN_ENTRY, true),
  };
}

/** Returns the range of the bytes of a separator or prefix of version 1, or undefined if none can be there. */
export function decodeBlob(data: ReadableMemory, address: number): AddressRange | undefined {
  if (address < HEADER_LENGTH || !holds(data, address, BYTES_IN_BLOB)) return undefined;
  const length = viewOf(readBytes(data, at(0, address), BYTES_IN_BLOB)).getUint16(0, true);
  return holds(data, address + BYTES_IN_BLOB, length) ? { start: at(0, address + BYTES_IN_BLOB), length } : undefined;
}
