/**
 * MemoryQueue: a linked list of values in one region. memory-collection 0.0.1 to 1.0, layout version 0 (src/MemoryQueue/Base.mo).
 * All numbers are little-endian; an address of 0 means none.
 *
 * | header | bytes | field             | node | bytes | field                      |
 * |-------:|------:|-------------------|-----:|------:|----------------------------|
 * |      0 |     3 | magic `MQU`       |    0 |     8 | address of the next node   |
 * |      3 |     1 | layout version, 0 |    8 |     4 | size of the value          |
 * |      4 |     8 | count of values   |   12 |       | value                      |
 * |     12 |     8 | head: first node  |      |       |                            |
 * |     20 |     8 | tail: last node   |      |       |                            |
 * |     28 |    36 | unused            |      |       |                            |
 *
 * Header and nodes are blocks of a MemoryRegion, whose free blocks are known only on the heap. The library works with copies of
 * count, head and tail that are on the heap too; it writes them here and never reads them back.
 */
import { type Address, type AddressRange, at, holds, type ReadableMemory, readBytes, viewOf } from '../../core/memory/memory.ts';

export const MAGIC = 'MQU';
export const VERSION = 0;
export const HEADER_LENGTH = 64;
export const NODE_HEADER_LENGTH = 12;

export const VERSION_AT: AddressRange = { start: at(0, 3), length: 1 };
export const COUNT_AT: AddressRange = { start: at(0, 4), length: 8 };
export const HEAD_AT: AddressRange = { start: at(0, 12), length: 8 };
export const TAIL_AT: AddressRange = { start: at(0, 20), length: 8 };

/** Offsets of fields in a node. */
export const NEXT_IN_NODE = 0;
export const SIZE_IN_NODE = 8;
export const VALUE_IN_NODE = 12;

/** The header of a queue. Damaged addresses above 2^53 are rounded. */
export interface QueueHeader {
  readonly magic: string;
  readonly version: number;
  readonly count: bigint;
  readonly head: number;
  readonly tail: number;
}

export interface QueueNode {
  readonly address: Address;
  /** 0 for the last node. */
  readonly next: number;
  /** Stored size of the value, in bytes. */
  readonly size: number;
}

export function decodeHeader(memory: ReadableMemory): QueueHeader | undefined {
  if (!holds(memory, 0, HEADER_LENGTH)) return undefined;
  const bytes = readBytes(memory, at(0, 0), HEADER_LENGTH);
  const view = viewOf(bytes);
  return {
    magic: String.fromCharCode(...bytes.subarray(0, 3)),
    version: view.getUint8(VERSION_AT.start),
    count: view.getBigUint64(COUNT_AT.start, true),
    head: Number(view.getBigUint64(HEAD_AT.start, true)),
    tail: Number(view.getBigUint64(TAIL_AT.start, true)),
  };
}

/** Returns the node at an address, or undefined if none can be there. */
export function decodeNode(memory: ReadableMemory, address: number): QueueNode | undefined {
  if (address < HEADER_LENGTH || !holds(memory, address, NODE_HEADER_LENGTH)) return undefined;
  const start = at(0, address);
  const view = viewOf(readBytes(memory, start, NODE_HEADER_LENGTH));
  return { address: start, next: Number(view.getBigUint64(NEXT_IN_NODE, true)), size: view.getUint32(SIZE_IN_NODE, true) };
}
