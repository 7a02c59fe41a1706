import type { ReadableMemory } from '../core/memory/memory.ts';
import type { Fault } from '../trace/analysis/faults.ts';
import type { Verification } from '../trace/analysis/verify.ts';
import type { SpaceKind, SpaceNumber, TraceEvent, TraceHeader } from '../trace/events.ts';
import type { TraceFinding } from '../trace/format/trace-sink.ts';
import type { FreeBlock } from '../trace/state/allocation-state.ts';
import type { LiveBlock } from '../trace/state/block-tree.ts';
import type { Bytes } from './bytes.ts';
import type { Snapshot } from './snapshot.ts';

/** A trace that was read: its events, counted from 0, and its steps, counted from 1. */
export interface Trace {
  /** One for each recording that the file consists of; empty where it is not a trace. */
  readonly headers: readonly TraceHeader[];
  /** Number of events that could be read, and of steps among them. */
  readonly count: number;
  readonly steps: number;
  /** True where the file was read to its end. */
  readonly complete: boolean;
  readonly findings: readonly TraceFinding[];
  /**
   * Returns an event. The bytes of a write belong to the trace: do not change them.
   * @throws RangeError where there is no event of that number.
   */
  event(index: number): TraceEvent;
  /** Reads events `from` to `to`, the last one excluded; without numbers, all of them. */
  events(from?: number, to?: number): Iterable<TraceEvent>;
  /** Opens the timeline at step 0. */
  timeline(options?: TimelineOptions): Timeline;
}

export interface TimelineOptions {
  /** The snapshot that the recording began with. */
  readonly snapshot?: Bytes;
}

/** A memory or an allocator of a trace, at a step. */
export interface TraceSpace {
  /** Its number in the trace's events. */
  readonly space: SpaceNumber;
  readonly kind: SpaceKind;
  readonly name: string;
  /** Size of a memory; undefined where the trace does not say it. */
  readonly pages: number | undefined;
}

/** A trace that is replayed. Step 0 is before the first step; at step n, the effects of steps 1 to n are there. */
export interface Timeline {
  readonly steps: number;
  readonly position: number;
  /** Goes to a step; to the nearest end where there is no such step. */
  seek(step: number): void;
  /** Goes forward by a number of steps, or back where it is negative. Returns false where it stays at an end. */
  step(by: number): boolean;
  /** Returns the event of a step, by default of the current one; undefined for step 0. */
  event(step?: number): TraceEvent | undefined;
  /** The memories and allocators at the current step. */
  readonly spaces: readonly TraceSpace[];
  /** Returns the blocks of an allocator that are in use at the current step, in the order of their addresses. */
  blocks(space: SpaceNumber): Iterable<LiveBlock>;
  /** Returns the blocks that an allocator can allocate again, in the order in which it keeps them. */
  freeBlocks(space: SpaceNumber): Iterable<FreeBlock>;
  /** Returns the bytes of a space at the current step, by default of the whole stable memory; undefined where the trace does not have them. */
  memory(space?: SpaceNumber): ReadableMemory | undefined;
  /** Opens the stable memory at the current step; undefined where the trace does not have its bytes. */
  snapshot(): Snapshot | undefined;
  /** Faults of the recorded program at a step, or at any step. */
  faults(step?: number): readonly Fault[];
  /** Compares every checkpoint of the trace with the replayed memory. */
  verify(): Verification;
}
