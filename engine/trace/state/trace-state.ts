import type { ReadableMemory } from '../../core/memory/memory.ts';
import type { Hasher } from '../../core/sha256.ts';
import type { AllocationState } from './allocation-state.ts';
import type { MemoryState } from './memory-state.ts';

export interface TimelineOptions {
  /** The physical memory before the first step: the snapshot at the start of the recording. */
  readonly image?: ReadableMemory | undefined;
  /** Maximum bytes of the states that are kept, approximately. More of them make far steps faster. */
  readonly keptBytes?: number | undefined;
  /** A faster checksum than the engine's. */
  readonly hasher?: (() => Hasher) | undefined;
}

/** The complete state at one step. Immutable, so it stays valid when the timeline moves. */
export interface TraceState {
  readonly step: number;
  readonly allocation: AllocationState;
  readonly memoryState: MemoryState;
}
