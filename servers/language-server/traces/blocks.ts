/** Finds the block that an event is about, its allocation and its end, through the address index. Takes microseconds. */
import { Budget } from '../../../engine/core/budget.ts';
import type { EventKind, SpaceNumber, TraceEvent } from '../../../engine/trace/events.ts';
import { findTouch } from '../../../engine/trace/search.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import type { SpaceEvent } from '../../../engine/trace/trace-index.ts';

/** Maximum time of a search where the index does not reach. Milliseconds. */
const MAX_TIME = 50;
/** Maximum reallocations that are followed. */
const MAX_MOVES = 64;

/** The bytes that an event is about. */
export interface Bytes {
  readonly space: SpaceNumber;
  readonly address: number;
  readonly length: number;
}

/** A block of an allocator. */
export interface Block extends Bytes {
  /** The step that allocated it. */
  readonly allocated: number;
}

/** Returns the bytes that an event writes, reads, allocates or frees. Of a reallocation, returns those before it. */
export function bytesOf(event: TraceEvent): Bytes | undefined {
  switch (event.kind) {
    case 'write':
      return { space: event.space, address: event.address, length: event.bytes.length };
    case 'read':
    case 'label':
      return { space: event.space, address: event.address, length: event.length };
    case 'allocate':
    case 'deallocate':
      return { space: event.space, address: event.address, length: event.size };
    case 'reallocate':
      return { space: event.space, address: event.oldAddress, length: event.oldSize };
    default:
      return undefined;
  }
}

/**
 * Returns the spaces that have the same bytes at the same addresses, at an event: a memory and the allocators in it. The space
 * itself comes first.
 */
export function spacesWithSameBytes(trace: Trace, event: number, space: SpaceNumber): readonly SpaceNumber[] {
  const declared = trace.spaceAt(event, space);
  const memory = declared && memoryOf(declared);
  if (memory === undefined) return [space];
  const all = [...(trace.segmentOf(event)?.spaces.values() ?? [])];
  const others = all.filter((other) => other.space !== space && memoryOf(other) === memory);
  return [space, ...new Set(others.map((other) => other.space))];
}

/** Returns a name of the memory that a space is, or is in. Undefined if its addresses are its own. */
function memoryOf({ space, spaceKind, params }: SpaceEvent): string | undefined {
  switch (spaceKind) {
    case 'region':
    case 'memory-region':
      return params['region'] === undefined ? undefined : `region ${params['region']}`;
    case 'virtual-memory':
      return `space ${space}`;
    case 'chunk-allocator':
      return params['in'] === undefined ? undefined : `space ${params['in']}`;
    default:
      return undefined;
  }
}

/**
 * Returns the block at an address before a step, or the last one that was there. `spaces` have the same bytes. Ignores messages that
 * are undone before.
 */
export function blockAt(trace: Trace, spaces: readonly SpaceNumber[], address: number, before: number): Block | undefined {
  const blocks = spaces.flatMap((space) => lastAllocation(trace, space, address, before) ?? []);
  return blocks.sort((left, right) => right.allocated - left.allocated)[0];
}

function lastAllocation(trace: Trace, space: SpaceNumber, address: number, before: number): Block | undefined {
  const kinds: readonly EventKind[] = ['allocate', 'reallocate'];
  const budget = new Budget({ milliseconds: MAX_TIME });
  let from = before;
  for (let moves = 0; moves < MAX_MOVES; moves++) {
    const step = findTouch(trace, { space, address, length: 1 }, kinds, from, 'backward', 'effective', budget);
    if (step === undefined) return undefined;
    const event = trace.at(trace.eventOf(step));
    // A reallocation also touches the bytes that it frees.
    if ((event.kind === 'allocate' || event.kind === 'reallocate') && has(event.address, event.size, address))
      return { space, address: event.address, length: event.size, allocated: step };
    from = step;
  }
  return undefined;
}

/** Returns the step that frees a block, unless the message of that step is undone. Undefined if it is live at the end of the trace. */
export function endOfBlock(trace: Trace, { space, address, allocated }: Block): number | undefined {
  const kinds: readonly EventKind[] = ['deallocate', 'reallocate', 'free'];
  const budget = new Budget({ milliseconds: MAX_TIME });
  let from = allocated;
  for (let moves = 0; moves < MAX_MOVES; moves++) {
    const step = findTouch(trace, { space, address, length: 1 }, kinds, from, 'forward', 'all', budget);
    if (step === undefined) return undefined;
    const index = trace.eventOf(step);
    const event = trace.at(index);
    const frees = event.kind !== 'reallocate' || has(event.oldAddress, event.oldSize, address);
    if (frees && !trace.messages.isUndone(index, trace.count)) return step;
    from = step;
  }
  return undefined;
}

function has(start: number, size: number, address: number): boolean {
  return start <= address && address < start + size;
}
