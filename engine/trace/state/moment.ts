import type { ReadableMemory } from '../../core/memory/memory.ts';
import type { Hasher } from '../../core/sha256.ts';
import type { ContentsMoment } from './contents.ts';
import type { Ledger } from './ledger.ts';

export interface TimelineOptions {
  /** What the physical memory held before the first step: the snapshot that the recording began with. */
  readonly image?: ReadableMemory | undefined;
  /** A faster checksum than the engine's own. */
  readonly hasher?: (() => Hasher) | undefined;
}

/** Everything at one step. It never changes, and can be read however far the timeline has gone since. */
export interface Moment {
  readonly step: number;
  readonly ledger: Ledger;
  readonly contents: ContentsMoment;
}
