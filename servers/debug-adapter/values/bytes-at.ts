import { at, byteLength, readBytes } from '../../../engine/core/memory/memory.ts';
import type { Place } from '../../../engine/trace/search.ts';
import { memoryIn } from '../../../engine/trace/state/memory-state.ts';
import { endOf } from '../../../engine/trace/state/replay.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';

/** Returns the bytes of a place after a step, fewer at the end of its memory. Returns undefined if the trace does not record them. */
export function bytesAt(timeline: Timeline, step: number, { space, address, length }: Place): Uint8Array | undefined {
  const { trace } = timeline;
  const state = timeline.memoryStateAt(step);
  const declaration = trace.spaceAt(Math.max(0, endOf(trace, step) - 1), space);
  const memory = space === 0 ? state.image : memoryIn(state, declaration);
  if (!memory) return undefined;
  return readBytes(memory, at(0, address), Math.max(0, Math.min(length, byteLength(memory) - address)));
}
