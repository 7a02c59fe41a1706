/** Which steps touch a range of addresses. */
import type { TraceEvent } from '../../engine/trace/events.ts';
import { overlaps, type Range } from './blocks.ts';
import { chainOf } from './messages.ts';
import type { Model } from './model.ts';

/** Returns the steps whose event touches a byte of the range in a space, in order. */
export function stepsTouching(model: Model, identity: string, range: Range, kinds: readonly string[]): readonly number[] {
  return model.eventOf.flatMap((index, step) => {
    const event = index === undefined ? undefined : model.events[index];
    if (index === undefined || !event || model.identities[index] !== identity || !kinds.includes(event.kind)) return [];
    return rangesOf(event).some((touched) => overlaps(touched, range)) ? [step] : [];
  });
}

/** Returns true if the event of a step is undone by an event before that of another step. */
export function isUndoneBefore(model: Model, step: number, other: number): boolean {
  const index = model.eventOf[step];
  const bound = model.eventOf[other] ?? model.events.length;
  return chainOf(index === undefined ? undefined : model.messages.of[index]).some(({ undoneBy }) => {
    return undoneBy !== undefined && undoneBy < bound;
  });
}

/** A freed memory is touched everywhere; a cleared allocator from the end of what it keeps. */
function rangesOf(event: TraceEvent): readonly Range[] {
  switch (event.kind) {
    case 'write':
      return [{ address: event.address, size: event.bytes.length }];
    case 'read':
      return [{ address: event.address, size: event.length }];
    case 'allocate':
    case 'deallocate':
      return [event];
    case 'reallocate':
      return [{ address: event.oldAddress, size: event.oldSize }, event];
    case 'free':
      return [{ address: event.keep ?? 0, size: Number.POSITIVE_INFINITY }];
    default:
      return [];
  }
}
