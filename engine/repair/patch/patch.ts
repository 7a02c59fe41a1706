import type { Offset } from '../../core/memory/memory.ts';

/** Bytes of an image before and after a change. They have the same length. */
export interface Change {
  readonly offset: Offset;
  /** Zeros where the image was too short. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** SHA-256 checksums of an image's ranges in lower-case hex, by offset. Ranges of zeros are left out. */
export type RangeChecksums = ReadonlyMap<number, string>;

/** The changes that make one image from another. It applies to that image and to no other. */
export interface Patch {
  /** Size of the image in bytes, before and after. It may grow, by whole pages. */
  readonly bytes: number;
  readonly bytesAfter: number;
  /** Length in bytes of each range with a checksum; the last one may be shorter. */
  readonly rangeBytes: number;
  /** Checksums of the image before the change. */
  readonly checksums: RangeChecksums;
  /** In the order of their offsets; they do not overlap. */
  readonly changes: readonly Change[];
}
