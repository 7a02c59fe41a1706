import { MAX_PAGES } from '../core/memory/overlay.ts';

/** Limits of a recording. */
export interface Limits {
  /** Longest time of one call of the script, with all its messages, in milliseconds. A longer one traps. */
  readonly callTime: number;
  /** Largest main memory in bytes. Growing beyond it fails, as in a replica. With 32-bit addresses it ends at 4 GiB anyway. */
  readonly mainMemory: number;
  /** Largest stable memory in pages. */
  readonly stablePages: number;
  /** Most events of the trace. Then the recording stops. */
  readonly events: number;
}

/** The replica's limits of memory; of time and events, what a person waits for. */
export const LIMITS: Limits = {
  callTime: 60_000,
  mainMemory: 6 * 2 ** 30,
  stablePages: MAX_PAGES,
  events: 20_000_000,
};

/** Ends the recording. The text says why. The message that runs is undone. */
export class Stop extends Error {}
