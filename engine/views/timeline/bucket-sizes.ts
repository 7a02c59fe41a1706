import type { Trace } from '../../trace/trace.ts';
import type { BucketSizeRun } from './calls.ts';

/** Returns what other bucket sizes would have reserved for the same grows. */
export function bucketSizeRuns(_trace: Trace, _bucketPages: readonly number[], _columns: number): readonly BucketSizeRun[] {
  return [];
}
