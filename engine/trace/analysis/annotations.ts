/** What a step does to its allocator, in a few words: what the event does not say and the state before it tells. */
import { formatAddress, formatCount } from '../../core/format.ts';
import { type Address, PAGE_SIZE } from '../../core/memory/memory.ts';
import type { TraceEvent } from '../events.ts';
import { type AllocationState, deallocated, gapsTouching, type SpaceState, spaceIn } from '../state/allocation-state.ts';

/** `step`: another step that the words speak of. */
export interface Annotation {
  readonly text: string;
  readonly step: number | undefined;
}

/** Of the event that comes next after the ledger; undefined where there is nothing to tell. */
export function annotate(allocation: AllocationState, event: TraceEvent): Annotation | undefined {
  const state = 'space' in event ? spaceIn(allocation, event.space) : undefined;
  if (!state) return undefined;
  switch (event.kind) {
    case 'grow':
      return event.before === -1 ? words('failed') : undefined;
    case 'write':
      return behindEnd(state, event.address + event.bytes.length);
    case 'read':
      return behindEnd(state, event.address + event.length);
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

function behindEnd(state: SpaceState, end: number): Annotation | undefined {
  return state.pages !== undefined && end > state.pages * PAGE_SIZE ? words('behind the end') : undefined;
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
  if (!block) return state.known ? words(address + size > state.size ? 'behind the end' : 'free already') : undefined;
  if (block.address !== address || block.size !== size) {
    return { text: `not as step ${formatCount(block.step)} was given it`, step: block.step };
  }
  const neighbours = [...gapsTouching(state, address, address + size)];
  if (neighbours.length === 0) return words('alone');
  return words(`merged with ${neighbours.map((gap) => formatAddress(gap.address)).join(' and ')}`);
}

function words(text: string): Annotation {
  return { text, step: undefined };
}
