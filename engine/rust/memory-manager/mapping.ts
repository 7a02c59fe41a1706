import { type Offset, offsetAt, PAGE_SIZE } from '../../core/memory/memory.ts';
import { BUCKETS_AT } from './layout.ts';

/** The places of a virtual memory's bytes: its buckets in virtual order, and their size. */
export interface BucketMapping {
  readonly buckets: readonly number[];
  readonly bucketPages: number;
}

/** Returns the start of bucket `bucket` in the manager's memory. */
export function bucketStart(bucket: number, bucketPages: number): Offset {
  return offsetAt(0, BUCKETS_AT + bucket * bucketPages * PAGE_SIZE);
}

/**
 * Visits, in order, the pieces of a virtual range that are in one bucket each, with their offset in the manager's memory
 * (undefined if the memory does not own the bucket), the length before them, and their own length.
 */
export function eachPiece(
  mapping: BucketMapping,
  start: number,
  length: number,
  visit: (offset: Offset | undefined, done: number, length: number) => void,
): void {
  const bucketBytes = mapping.bucketPages * PAGE_SIZE;
  for (let done = 0; done < length; ) {
    const position = start + done;
    const index = Math.floor(position / bucketBytes);
    const bucket = mapping.buckets[index];
    const within = position - index * bucketBytes;
    // If this bucket is missing, all later ones are missing, too: the rest is one piece.
    const piece = bucket === undefined ? length - done : Math.min(bucketBytes - within, length - done);
    visit(bucket === undefined ? undefined : offsetAt(bucketStart(bucket, mapping.bucketPages), within), done, piece);
    done += piece;
  }
}
