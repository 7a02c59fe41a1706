import { at, byteLength, readBytes } from '../../../engine/core/memory/memory.ts';
import type { Place } from '../../../engine/trace/search.ts';
import { memoryIn } from '../../../engine/trace/state/memory-state.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';

/** Returns the bytes of a place after a step, fewer at the end of its memory. Returns undefined if the trace does not record them. */
export function bytesAt(timeline: Timeline, step: number, { space, address, length }: Place): Uint8Array | undefined {
  const { memoryState, allocation } = timeline.stateAt(step);
  const declaration = timeline.trace.spaceAt(Math.max(0, allocation.next - 1), space);
  const memory = space === 0 ? memoryState.image : memoryIn(memoryState, declaration);
  if (!memory) return undefined;
  return readBytes(memory, at(0, address), Math.max(0, Math.min(length, byteLength(memory) - address)));
}
