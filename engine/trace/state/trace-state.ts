import type { ReadableMemory } from '../../core/memory/memory.ts';
import type { Hasher } from '../../core/sha256.ts';
import type { AllocationState } from './allocation-state.ts';
import type { MemoryState } from './memory-state.ts';

export interface TimelineOptions {
  /** What the physical memory held before the first step: the snapshot that the recording began with. */
  readonly image?: ReadableMemory | undefined;
  /** A faster checksum than the engine's own. */
  readonly hasher?: (() => Hasher) | undefined;
}

/** Everything at one step. It never changes, and can be read however far the timeline has gone since. */
export interface TraceState {
  readonly step: number;
  readonly allocation: AllocationState;
  readonly memoryState: MemoryState;
}
