/** Derives unrecorded changes from the bytes: buckets, blocks and chunks that a step allocates or frees. They are not steps. */
import { type Address, holds, type ReadableMemory } from '../../core/memory/memory.ts';
import { inspectRegionManager } from '../../motoko/regions/inspect.ts';
import { METADATA_LENGTH } from '../../motoko/regions/layout.ts';
import { CHUNK_HEADER_LENGTH, CHUNK_MAGIC, type ChunkHeader, decodeChunk } from '../../rust/btree/layout.ts';
import { inspectManager } from '../../rust/memory-manager/inspect.ts';
import type { SpaceNumber, TraceEvent } from '../events.ts';
import type { Trace } from '../trace.ts';
import { type MemoryState, memoryIn } from './memory-state.ts';
import type { TraceState } from './trace-state.ts';

export type Derived =
  | { readonly kind: 'bucket-taken' | 'bucket-freed'; readonly bucket: number; readonly memory: number }
  | { readonly kind: 'block-taken'; readonly block: number; readonly region: number }
  /**
   * A chunk of a B-tree's allocator. `chunk-made` is a new free chunk at the end of the list. `next` is the next free chunk, 0 at
   * the end.
   */
  | {
      readonly kind: 'chunk-made' | 'chunk-allocated' | 'chunk-freed';
      readonly space: SpaceNumber;
      readonly chunk: Address;
      readonly next: number;
    };

/** Returns the derived changes between the states before and after a step. */
export function derivedBetween(trace: Trace, before: TraceState, after: TraceState): readonly Derived[] {
  const event = trace.at(trace.eventOf(after.step));
  if (event.kind === 'write') {
    const chunk = chunkChange(trace, before, after, event);
    const tables =
      event.space === 0 && event.address < METADATA_LENGTH ? tableChanges(before.memoryState, after.memoryState) : [];
    return chunk ? [chunk, ...tables] : tables;
  }
  const changesTables = event.kind === 'grow' || event.kind === 'free' || event.kind === 'end';
  return changesTables ? tableChanges(before.memoryState, after.memoryState) : [];
}

function chunkChange(
  trace: Trace,
  before: TraceState,
  after: TraceState,
  event: Extract<TraceEvent, { kind: 'write' }>,
): Derived | undefined {
  if (event.bytes.length !== CHUNK_HEADER_LENGTH) return undefined;
  const memoryAt = ({ memoryState, allocation }: TraceState): ReadableMemory | undefined =>
    event.space === 0 ? memoryState.image : memoryIn(memoryState, trace.spaceAt(allocation.next - 1, event.space));
  const chunkAfter = chunkIn(memoryAt(after), event.address);
  if (!chunkAfter) return undefined;
  const chunkBefore = chunkIn(memoryAt(before), event.address);
  const place = { space: event.space, chunk: event.address, next: chunkAfter.next };
  if (chunkAfter.allocated === 1) return chunkBefore?.allocated === 1 ? undefined : { kind: 'chunk-allocated', ...place };
  if (!chunkBefore) return { kind: 'chunk-made', ...place };
  return chunkBefore.allocated === 1 ? { kind: 'chunk-freed', ...place } : undefined;
}

function chunkIn(memory: ReadableMemory | undefined, address: Address): ChunkHeader | undefined {
  if (!memory || !holds(memory, address, CHUNK_HEADER_LENGTH)) return undefined;
  const chunk = decodeChunk(memory, address);
  return chunk.magic === CHUNK_MAGIC && chunk.version === 1 && chunk.allocated <= 1 ? chunk : undefined;
}

/** Returns the buckets and blocks whose owner changed. */
function tableChanges(before: MemoryState, after: MemoryState): readonly Derived[] {
  if (before.image === after.image) return [];
  const ownersBefore = ownersIn(before);
  const ownersAfter = ownersIn(after);
  const derived: Derived[] = [];
  for (const [bucket, memory] of ownersBefore.buckets) {
    if (ownersAfter.buckets.get(bucket) !== memory) derived.push({ kind: 'bucket-freed', bucket, memory });
  }
  for (const [bucket, memory] of ownersAfter.buckets) {
    if (ownersBefore.buckets.get(bucket) !== memory) derived.push({ kind: 'bucket-taken', bucket, memory });
  }
  for (const [block, region] of ownersAfter.blocks) {
    if (ownersBefore.blocks.get(block) !== region) derived.push({ kind: 'block-taken', block, region });
  }
  return derived;
}

interface Owners {
  readonly buckets: ReadonlyMap<number, number>;
  readonly blocks: ReadonlyMap<number, number>;
}

function ownersIn({ image }: MemoryState): Owners {
  const memories = (image && inspectManager(image, () => {})?.memories) ?? [];
  const regions = (image && inspectRegionManager(image, () => {})?.regions) ?? [];
  return {
    buckets: new Map(memories.flatMap(({ id, buckets }) => buckets.map((bucket): [number, number] => [bucket, id]))),
    blocks: new Map(regions.flatMap(({ id, blocks }) => blocks.map((block): [number, number] => [block, id]))),
  };
}
