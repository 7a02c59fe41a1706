/** What nobody recorded and the bytes imply: buckets, blocks and chunks that a step hands out or takes back. None of it is a step. */
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
  /** A chunk of a B-tree's allocator; `chunk-made` is a new free one at the end of the list. `next` in the free list, 0 at its end. */
  | {
      readonly kind: 'chunk-made' | 'chunk-allocated' | 'chunk-freed';
      readonly space: SpaceNumber;
      readonly chunk: Address;
      readonly next: number;
    };

/** Between the state before a step and the one after it. */
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
  const young = chunkIn(memoryAt(after), event.address);
  if (!young) return undefined;
  const old = chunkIn(memoryAt(before), event.address);
  const place = { space: event.space, chunk: event.address, next: young.next };
  if (young.allocated === 1) return old?.allocated === 1 ? undefined : { kind: 'chunk-allocated', ...place };
  if (!old) return { kind: 'chunk-made', ...place };
  return old.allocated === 1 ? { kind: 'chunk-freed', ...place } : undefined;
}

function chunkIn(memory: ReadableMemory | undefined, address: Address): ChunkHeader | undefined {
  if (!memory || !holds(memory, address, CHUNK_HEADER_LENGTH)) return undefined;
  const chunk = decodeChunk(memory, address);
  return chunk.magic === CHUNK_MAGIC && chunk.version === 1 && chunk.allocated <= 1 ? chunk : undefined;
}

/** Which buckets and blocks have another owner now. */
function tableChanges(before: MemoryState, after: MemoryState): readonly Derived[] {
  if (before.image === after.image) return [];
  const old = ownersIn(before);
  const young = ownersIn(after);
  const derived: Derived[] = [];
  for (const [bucket, memory] of old.buckets) {
    if (young.buckets.get(bucket) !== memory) derived.push({ kind: 'bucket-freed', bucket, memory });
  }
  for (const [bucket, memory] of young.buckets) {
    if (old.buckets.get(bucket) !== memory) derived.push({ kind: 'bucket-taken', bucket, memory });
  }
  for (const [block, region] of young.blocks) {
    if (old.blocks.get(block) !== region) derived.push({ kind: 'block-taken', block, region });
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
