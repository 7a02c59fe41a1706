import type { SpaceNumber } from '../../../engine/trace/events.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import { type Block, blockAt, bytesOf, spacesWithSameBytes } from './blocks.ts';
import type { PlaceInTrace } from './shown-trace.ts';

/**
 * Returns the event that defines what is at a place of a trace: the allocation of a block, the step that a text names, the
 * declaration of a space, the beginning of a message.
 */
export function definitionOf({ shown: { open }, event, part }: PlaceInTrace): number | undefined {
  const { trace } = open;
  switch (part?.kind) {
    case 'step':
      return part.step >= 1 && part.step <= trace.steps ? trace.eventOf(part.step) : undefined;
    case 'space':
      return declarationOf(trace, event, part.space);
    case 'message':
      return trace.messages.at(part.message).begin;
    case 'address':
      return allocationOf(trace, event, part.address);
    default:
      return trace.isKind(event, 'end') ? trace.messages.begunBy(event) : allocationOf(trace, event);
  }
}

/** Returns the block that an event is about, or the one that is or was at `address`. Of an allocation, returns the new block. */
export function blockOf(trace: Trace, index: number, address?: number): Block | undefined {
  const event = trace.at(index);
  const bytes = bytesOf(event);
  if (!bytes) return undefined;
  const step = trace.stepOf(index);
  const allocates = event.kind === 'allocate' || (event.kind === 'reallocate' && address === event.address);
  if (allocates) return { space: event.space, address: event.address, length: event.size, allocated: step };
  const spaces = spacesWithSameBytes(trace, index, bytes.space);
  return blockAt(trace, spaces, address ?? bytes.address, step);
}

function allocationOf(trace: Trace, index: number, address?: number): number | undefined {
  const block = blockOf(trace, index, address);
  return block && trace.eventOf(block.allocated);
}

/** Returns the event that declares a space: the last one up to an event. */
function declarationOf(trace: Trace, event: number, space: SpaceNumber): number | undefined {
  const from = trace.segmentOf(event)?.firstEvent ?? 0;
  for (let index = event; index >= from; index--) {
    if (!trace.isKind(index, 'space')) continue;
    const declared = trace.at(index);
    if (declared.kind === 'space' && declared.space === space) return index;
  }
  return undefined;
}
