/** The faults of a step, as docs/findings.md describes them to users. */
import type { TraceEvent } from '../../engine/trace/events.ts';
import { type Allocator, deallocated, endOf, gaps, isPossible, latestLike, NO_BLOCKS, overlaps, type Range } from './blocks.ts';
import { PAGE } from './bytes.ts';
import type { Space } from './spaces.ts';
import type { World } from './world.ts';

/** Returns the codes of the faults of a step, as far as they follow from the state before it. */
export function faultsOf(before: World, event: TraceEvent, space: Space | undefined): readonly string[] {
  if (!('space' in event)) return [];
  if (!space) return ['trace.unknown-space'];
  const { known } = before;
  const allocator = before.allocators.get(space.identity) ?? NO_BLOCKS;
  switch (event.kind) {
    case 'grow':
      return event.before < 0 ? ['trace.grow-failed'] : [];
    case 'write':
      return accessFaults(before, space, { address: event.address, size: event.bytes.length });
    case 'read':
      return accessFaults(before, space, { address: event.address, size: event.length });
    case 'allocate':
      return allocationFaults(allocator, event);
    case 'deallocate':
      return freeFaults(allocator, event, known);
    case 'reallocate': {
      const old = { address: event.oldAddress, size: event.oldSize };
      return [...freeFaults(allocator, old, known), ...allocationFaults(deallocated(allocator, old, known), event)];
    }
    case 'free':
      return known && (event.keep ?? 0) > allocator.size ? ['trace.out-of-bounds'] : [];
    default:
      return [];
  }
}

/** An access is checked against the memory's size, also if it has no bytes, and also after a gap: the size is the last one known. */
function accessFaults(before: World, space: Space, range: Range): readonly string[] {
  const pages = before.pages.get(space.identity);
  const isPastEnd = pages === undefined ? range.size > 0 && !isPossible(range) : endOf(range) > pages * PAGE;
  return isPastEnd ? ['trace.out-of-bounds'] : [];
}

function allocationFaults({ blocks }: Allocator, range: Range): readonly string[] {
  if (range.size === 0) return [];
  if (!isPossible(range)) return ['trace.out-of-bounds'];
  return blocks.some((block) => overlaps(block, range)) ? ['trace.overlap'] : [];
}

/**
 * A free of exactly one block is right, and so is one of a part of a block: libraries that store no sizes free any range. If it reaches
 * more than one block, the last of them must end within it. All its bytes must be live.
 */
function freeFaults({ blocks, size }: Allocator, range: Range, known: boolean): readonly string[] {
  if (range.size === 0) return [];
  if (!isPossible(range)) return ['trace.out-of-bounds'];
  if (!known || latestLike(blocks, range)) return [];
  if (endOf(range) > size) return ['trace.out-of-bounds'];
  const touched = blocks.filter((block) => overlaps(block, range));
  const last = touched.at(-1);
  if (!last) return ['trace.double-free'];
  if (gaps(touched, range.address, endOf(range)).length > 0) return ['trace.not-live'];
  return touched.length > 1 && endOf(last) > endOf(range) ? ['trace.not-live'] : [];
}
