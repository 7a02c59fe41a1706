/** Describes the effect of a step on its allocator in a few words, from the state before the step. */
import { formatAddress, formatCount } from '../../core/format.ts';
import { type Address, PAGE_SIZE } from '../../core/memory/memory.ts';
import type { TraceEvent } from '../events.ts';
import { deallocated } from '../state/allocation-builder.ts';
import { type AllocationState, gapsTouching, type SpaceState, spaceIn } from '../state/allocation-state.ts';

/** A short description of a step's effect. `step` is another step that the text mentions. */
export interface Annotation {
  readonly text: string;
  readonly step: number | undefined;
}

/** Describes the next event after an allocation state. Returns undefined if there is nothing to say. */
export function annotate(allocation: AllocationState, event: TraceEvent): Annotation | undefined {
  const state = 'space' in event ? spaceIn(allocation, event.space) : undefined;
  if (!state) return undefined;
  switch (event.kind) {
    case 'grow':
      return event.before === -1 ? words('failed') : undefined;
    case 'write':
      return pastEnd(state, event.address + event.bytes.length);
    case 'read':
      return pastEnd(state, event.address + event.length);
    case 'allocate':
      return annotateAllocation(state, event.address, event.size);
    case 'deallocate':
      return annotateDeallocation(state, event.address, event.size);
    case 'reallocate':
      return annotateAllocation(deallocated(state, event.oldAddress, event.oldSize), event.address, event.size);
    default:
      return undefined;
  }
}

function pastEnd(state: SpaceState, end: number): Annotation | undefined {
  return state.pages !== undefined && end > state.pages * PAGE_SIZE ? words('past the end') : undefined;
}

function annotateAllocation(state: SpaceState, address: number, size: number): Annotation | undefined {
  if (size === 0) return words('no bytes');
  for (const block of state.blocks.overlapping(address, size)) {
    return { text: `overlaps block of step ${formatCount(block.step)}`, step: block.step };
  }
  for (const gap of gapsTouching(state, address, address + size)) {
    if (gap.address > address || gap.address + gap.size < address + size) continue;
    return words(gap.size === size ? 'whole block' : `split ${formatAddress(gap.address)}+${gap.size}`);
  }
  return address >= state.size ? words('at the end') : undefined;
}

function annotateDeallocation(state: SpaceState, address: Address, size: number): Annotation | undefined {
  if (size === 0) return words('no bytes');
  const whole = state.blocks.startingAt(address, size);
  const block = whole?.size === size ? whole : [...state.blocks.overlapping(address, size)][0];
  if (!block) return state.known ? words(address + size > state.size ? 'past the end' : 'already free') : undefined;
  if (block.address !== address || block.size !== size) {
    return { text: `not as allocated by step ${formatCount(block.step)}`, step: block.step };
  }
  const neighbours = [...gapsTouching(state, address, address + size)];
  if (neighbours.length === 0) return words('not merged');
  return words(`merged with ${neighbours.map((gap) => formatAddress(gap.address)).join(' and ')}`);
}

function words(text: string): Annotation {
  return { text, step: undefined };
}
