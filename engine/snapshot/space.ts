import type { MappedMemory, OffsetRange } from '../core/memory/memory.ts';
import { nameOfPart, type PieceId, type SpaceId } from '../core/part-ids.ts';
import type { DeclaredMemory } from '../project/declared-memory.ts';
import { VirtualMemoryView } from '../rust/memory-manager/inspect.ts';
import type { BucketOrder } from '../rust/memory-manager/order.ts';

/** A bucket or a region's block, with its range in the image. */
export interface Piece {
  /** `bucket/9`, `block/0` */
  readonly part: PieceId;
  readonly extent: OffsetRange;
}

/** An address space that structures are in. */
export interface Space {
  /** `image`, `memory/3`, `region/16`, `image@4` (from page 4 on), `image@1/memory/3` (of the manager at page 1) */
  readonly part: SpaceId;
  readonly kind: 'image' | 'virtual-memory' | 'region' | 'window';
  /** Memory id or region number; the first page of a window; 0 for the image. */
  readonly id: number;
  readonly name?: string | undefined;
  /** Source of its name, for people: `src/storage.rs:41`, `the labels`. */
  readonly nameFrom?: string | undefined;
  /** Its declaration in the program's source. */
  readonly declared?: DeclaredMemory | undefined;
  readonly memory: MappedMemory;
  /** Its buckets or blocks, in the order of its addresses; empty where it is contiguous in the image. */
  readonly pieces: readonly Piece[];
}

/** Returns a space's name for people: `memory 3 “messages”`, `region 16`, `image`, `pages from 4`. */
export function nameOfSpace(space: Space): string {
  const number = numberedName(space);
  return space.name === undefined ? number : `${number} “${space.name}”`;
}

/** Returns a space's name and where it comes from: `events — from src/storage.rs:41`; empty if it has none. */
export function describeName({ name, nameFrom }: Pick<Space, 'name' | 'nameFrom'>): string {
  return name === undefined ? '' : `${name}${nameFrom === undefined ? '' : ` — from ${nameFrom}`}`;
}

/** Returns what a space is called without its name: `memory 3`. */
export function numberedName(space: Space): string {
  switch (space.kind) {
    case 'virtual-memory':
      return nameOfPart(space.part);
    case 'region':
      return `region ${space.id}`;
    case 'window':
      return `pages from ${space.id}`;
    case 'image':
      return 'image';
  }
}

/** Returns how the library's next load changes the order of a memory's buckets; undefined where it does not. */
export function orderOf({ memory }: Space): BucketOrder | undefined {
  return memory instanceof VirtualMemoryView ? memory.order : undefined;
}
