import type { Element } from '../core/structure.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';

/**
 * The place of bytes that a structure no longer uses. `freed-chunk`, `leaked-chunk`, `unreached-chunk`, `stale-chunk`: a chunk of a map or
 * set, as in `Residual`. `lost-header`: a structure whose header is lost. `past-end`: after the last element that is counted. `popped`:
 * before the first one of a queue. `free-block`: a free block of an allocator. `overwritten-dump`: an upgrade dump that a manager was
 * written over.
 */
export type RecoverySource =
  | 'freed-chunk'
  | 'leaked-chunk'
  | 'unreached-chunk'
  | 'stale-chunk'
  | 'lost-header'
  | 'past-end'
  | 'popped'
  | 'free-block'
  | 'overwritten-dump';

/**
 * The state of a recovered element. `whole`: all of its bytes are there, and can be read like those of elements in use. `doubtful`: they
 * may not be those of one element. `partial`: some of its bytes are lost.
 */
export type Confidence = 'whole' | 'doubtful' | 'partial';

/** An element in bytes that its structure no longer uses. */
export interface Recovered {
  readonly placed: PlacedStructure;
  readonly element: Element;
  readonly source: RecoverySource;
  readonly confidence: Confidence;
  /** A sentence about what is doubtful or lost; undefined for whole elements. */
  readonly reason: string | undefined;
  /**
   * Set if the key, or the very same bytes, are in use, too. `same`: with the same value. `other-value`: with another value, of which this
   * is probably an older one.
   */
  readonly inUse: 'same' | 'other-value' | undefined;
}
