import type { MemoryRef } from '../memory-ref.ts';

/** Repairs that were made on a copy in the worker's memory. */
interface RepairedCopy {
  /** Number of repairs. */
  readonly repairs: number;
  /** Number of findings of severity error that are left. */
  readonly errors: number;
}

/** The calls of repairs and of what can be recovered. They are for snapshots, not for steps of a trace. */
export interface RescueCalls {
  /** Begins to repair a copy in memory. Returns the number of the work. Its text says what was repaired and what was not. */
  'rescue/repair': { params: { memory: MemoryRef }; result: number };
  /** Returns what the last repair of a snapshot came to. */
  'rescue/repaired': { params: { memory: MemoryRef }; result: RepairedCopy };
  /** Writes the repaired copy as a new snapshot folder, checked again. Returns sentences about what the folder lacks. */
  'rescue/write-repaired': { params: { memory: MemoryRef; folder: string }; result: readonly string[] };
  /** Begins to find what can be recovered. Returns the number of the work. Its text lists the first entries and counts all. */
  'rescue/recover': { params: { memory: MemoryRef }; result: number };
  /** Begins to write all that can be recovered to a file, as JSON Lines or CSV. Returns the number of the work. */
  'rescue/write-recovered': { params: { memory: MemoryRef; file: string; format: 'jsonl' | 'csv' }; result: number };
}
