import { at, holds, type ReadableMemory, readBytes } from '../core/memory/memory.ts';
import type { StructureKind } from '../core/structure-kinds.ts';
import { beginsWithText } from './region-start.ts';

/** A structure that the first bytes of a region identify. */
export interface Recognised {
  readonly kind: StructureKind;
  /** The library's name for it, and the part of it that the region has. */
  readonly name: string;
  readonly magic: string;
}

/** The magics of memory-buffer 0.1.0 and memory-collection; each is followed by a layout version. */
const MAGICS: readonly Recognised[] = [
  { magic: 'BFR', kind: 'memory-buffer', name: 'MemoryBuffer (pointers)' },
  { magic: 'BLB', kind: 'memory-buffer', name: 'MemoryBuffer (values)' },
  // In memory-buffer 0.1.0 this region has the nodes, too.
  { magic: 'BTR', kind: 'memory-btree', name: 'MemoryBTree (entries)' },
  { magic: 'BRS', kind: 'memory-btree', name: 'MemoryBTree (branches)' },
  { magic: 'LVS', kind: 'memory-btree', name: 'MemoryBTree (leaves)' },
  { magic: 'VLS', kind: 'memory-btree', name: 'MemoryBTree (values)' },
  { magic: 'MQU', kind: 'memory-queue', name: 'MemoryQueue' },
];

/** The highest layout version that a release has written. */
const NEWEST_VERSION = 1;

/** Recognises the structure at the start of a region. Returns undefined if it is not known. */
export function recogniseMotoko(region: ReadableMemory): Recognised | undefined {
  if (!holds(region, 0, 4)) return undefined;
  const bytes = readBytes(region, at(0, 0), 4);
  if ((bytes[3] ?? 0) > NEWEST_VERSION || beginsWithText(region)) return undefined;
  const magic = String.fromCharCode(...bytes.subarray(0, 3));
  return MAGICS.find((known) => known.magic === magic);
}
