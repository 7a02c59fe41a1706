import { type Offset, offsetAt, PAGE_SIZE } from '../../core/memory/memory.ts';
import { BUCKETS_AT } from './layout.ts';

/** Where a virtual memory's bytes are: its buckets in virtual order, and their size. */
export interface BucketMapping {
  readonly buckets: readonly number[];
  readonly bucketPages: number;
}

/** Where bucket `bucket` begins in the manager's memory. */
export function bucketStart(bucket: number, bucketPages: number): Offset {
  return offsetAt(0, BUCKETS_AT + bucket * bucketPages * PAGE_SIZE);
}

/**
 * Visits, in order, the pieces of a virtual run that lie in one bucket each: where the piece is in the manager's memory
 * (undefined where the memory owns no such bucket), how much of the run comes before it, and its length.
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
    // Without a bucket here there is none further on either: the rest is one piece.
    const piece = bucket === undefined ? length - done : Math.min(bucketBytes - within, length - done);
    visit(bucket === undefined ? undefined : offsetAt(bucketStart(bucket, mapping.bucketPages), within), done, piece);
    done += piece;
  }
}
