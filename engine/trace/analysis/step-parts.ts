/**
 * Micro-operations: the parts of a step that its bytes or its allocator imply, in the order in which a library does them. A trace
 * records whole steps only, so the memory shown at each part is the memory after the whole step.
 */
import { formatAddress, formatCount, formatCounted } from '../../core/format.ts';
import { type Address, at } from '../../core/memory/memory.ts';
import type { TraceEvent } from '../events.ts';
import { deallocated } from '../state/allocation-builder.ts';
import { type AllocationState, gapsTouching, isExact, type SpaceState, spaceIn, takesEffect } from '../state/allocation-state.ts';
import type { Derived } from '../state/derived.ts';
import type { TraceState } from '../state/trace-state.ts';

interface Range {
  readonly address: Address;
  readonly size: number;
}

export type StepPart =
  /** `taken`: a free block leaves the free list. `split`: only a part of it is used. `extended`: bytes past the last block are used. */
  | ({ readonly kind: 'taken' | 'split' | 'extended' | 'allocated' } & Range)
  /** `merged`: a free neighbour becomes one with the freed block. `listed`: a free block enters the free list. */
  | ({ readonly kind: 'deallocated' | 'merged' | 'listed' } & Range)
  | ({ readonly kind: 'written' | 'read' } & Range)
  | { readonly kind: 'grown'; readonly by: number }
  | { readonly kind: 'refused'; readonly by: number }
  | { readonly kind: 'cleared'; readonly keep: number }
  | { readonly kind: 'undone' }
  | Derived;

/** A replayed trace. */
interface Replayed {
  event(step: number): TraceEvent | undefined;
  stateAt(step: number): TraceState;
  derived(step: number): readonly Derived[];
}

/** Returns the parts of a step. A step has at least one; step 0 has none. */
export function partsOf(timeline: Replayed, step: number): readonly StepPart[] {
  const event = timeline.event(step);
  if (!event) return [];
  return [...eventParts(timeline.stateAt(step - 1).allocation, event), ...timeline.derived(step)];
}

/** Returns the parts of the next event after an allocation state, without those that its bytes imply. */
export function eventParts(allocation: AllocationState, event: TraceEvent): readonly StepPart[] {
  const state = 'space' in event ? spaceIn(allocation, event.space) : undefined;
  switch (event.kind) {
    case 'grow':
      return [{ kind: takesEffect(event) ? 'grown' : 'refused', by: event.by }];
    case 'write':
      return [{ kind: 'written', address: event.address, size: event.bytes.length }];
    case 'read':
      return [{ kind: 'read', address: event.address, size: event.length }];
    case 'allocate':
      return allocationParts(state, event);
    case 'deallocate':
      return deallocationParts(state, event);
    case 'reallocate': {
      const old = { address: event.oldAddress, size: event.oldSize };
      const after = state && deallocated(state, event.oldAddress, event.oldSize);
      return [...deallocationParts(state, old), ...allocationParts(after, event)];
    }
    case 'free':
      return [{ kind: 'cleared', keep: event.keep ?? 0 }];
    case 'end':
      return [{ kind: 'undone' }];
    default:
      return [];
  }
}

function allocationParts(state: SpaceState | undefined, { address, size }: Range): readonly StepPart[] {
  const own: StepPart = { kind: 'allocated', address, size };
  if (!state || size === 0 || !isExact(address, size)) return [own];
  const end = address + size;
  for (const gap of gapsTouching(state, address, end)) {
    if (gap.address > address || gap.address + gap.size < end) continue;
    const block = { address: gap.address, size: gap.size };
    return gap.size === size
      ? [{ kind: 'taken', ...block }, own]
      : [{ kind: 'taken', ...block }, { kind: 'split', ...block }, own];
  }
  return end > state.size ? [{ kind: 'extended', address: at(0, state.size), size: end - state.size }, own] : [own];
}

function deallocationParts(state: SpaceState | undefined, { address, size }: Range): readonly StepPart[] {
  const own: StepPart = { kind: 'deallocated', address, size };
  if (!state || size === 0 || !isExact(address, size)) return [own];
  // What a faulty free does to the free list depends on the library.
  if (state.blocks.startingAt(address, size)?.size !== size) return [own];
  const neighbours = [...gapsTouching(state, address, address + size)];
  const start = Math.min(address, ...neighbours.map((gap) => gap.address));
  const end = Math.max(address + size, ...neighbours.map((gap) => gap.address + gap.size));
  const merged = neighbours.map((gap): StepPart => ({ kind: 'merged', address: gap.address, size: gap.size }));
  return [own, ...merged, { kind: 'listed', address: at(0, start), size: end - start }];
}

/** Describes a part in a few words: `split 0x2e80+256`. */
export function describePart(part: StepPart): string {
  switch (part.kind) {
    case 'taken':
      return `taken from the free list ${rangeText(part)}`;
    case 'split':
      return `split ${rangeText(part)}`;
    case 'extended':
      return `extended by ${rangeText(part)}`;
    case 'allocated':
      return `now live ${rangeText(part)}`;
    case 'deallocated':
      return `no longer live ${rangeText(part)}`;
    case 'merged':
      return `merged with ${rangeText(part)}`;
    case 'listed':
      return `put on the free list ${rangeText(part)}`;
    case 'written':
    case 'read':
      return `${part.kind} ${rangeText(part)}`;
    case 'grown':
      return `grown by ${formatCounted(part.by, 'page')}`;
    case 'refused':
      return `not grown by ${formatCounted(part.by, 'page')}`;
    case 'cleared':
      return part.keep === 0 ? 'all blocks freed' : `all freed after ${formatCounted(part.keep, 'byte')}`;
    case 'undone':
      return 'message undone';
    case 'bucket-taken':
      return `bucket ${formatCount(part.bucket)} taken by memory ${part.memory}`;
    case 'bucket-freed':
      return `bucket ${formatCount(part.bucket)} freed by memory ${part.memory}`;
    case 'block-taken':
      return `block ${formatCount(part.block)} taken by region ${part.region}`;
    case 'chunk-made':
      return `chunk ${formatAddress(part.chunk)} made`;
    case 'chunk-allocated':
      return `chunk ${formatAddress(part.chunk)} allocated`;
    case 'chunk-freed':
      return `chunk ${formatAddress(part.chunk)} freed`;
  }
}

/** Formats a range: `0x2e80+256`. */
function rangeText({ address, size }: Range): string {
  return `${formatAddress(address)}+${size}`;
}
