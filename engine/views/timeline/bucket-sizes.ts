import { PAGE_SIZE } from '../../core/memory/memory.ts';
import type { Sliced } from '../../core/sliced.ts';
import { type BucketRun, beginWithBucketSize, mayMatterToBuckets } from '../../trace/simulate/simulate-buckets.ts';
import { bucketPagesIn, reuseIn } from '../../trace/state/memory-state.ts';
import type { Trace } from '../../trace/trace.ts';
import type { BucketSizeRun } from './calls.ts';
import { ColumnsOverTime } from './columns.ts';

/** Maximum pages of a bucket: its size is stored in 16 bits. */
const MAX_BUCKET_PAGES = 0xffff;

/** Events between two pauses. */
const SLICE = 8192;

interface Run {
  readonly bucketPages: number;
  readonly simulation: BucketRun;
  readonly pages: ColumnsOverTime;
}

/**
 * Returns what other bucket sizes would have reserved for the same grows. Empty if the trace has no virtual memories of a memory
 * manager. Sizes that no bucket can have are left out.
 */
export function* bucketSizeRuns(trace: Trace, bucketPages: readonly number[], columns: number): Sliced<readonly BucketSizeRun[]> {
  const recorded = bucketPagesIn(trace);
  if (recorded === undefined) return [];
  const isPossible = (pages: number) => Number.isInteger(pages) && pages > 0 && pages <= MAX_BUCKET_PAGES;
  const runs = bucketPages.filter(isPossible).map((pages): Run => {
    const overTime = new ColumnsOverTime(columns, trace.steps);
    const simulation = beginWithBucketSize(reuseIn(trace), pages, (step, total) => overTime.set(step, total));
    return { bucketPages: pages, simulation, pages: overTime };
  });
  for (let index = 0; index < trace.count; index++) {
    const matters = mayMatterToBuckets(trace, index);
    // With many small buckets, a single grow takes long.
    if (matters || index % SLICE === 0) yield index / trace.count;
    if (!matters) continue;
    const event = trace.at(index);
    for (const { simulation } of runs) simulation.next(event, trace.stepOf(index));
  }
  return runs.map(({ bucketPages: size, simulation, pages }) => {
    const result = simulation.end();
    return {
      bucketPages: size,
      recorded: size === recorded,
      pages: result.pages,
      slack: simulation.unusedPages * PAGE_SIZE,
      firstFailure: result.faults[0]?.step,
      pagesOverTime: pages.end(),
    };
  });
}
