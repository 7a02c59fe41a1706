import { formatCount } from '../../core/format.ts';
import { PAGE_SIZE, type ReadableMemory } from '../../core/memory/memory.ts';
import { describeOrder } from '../../rust/memory-manager/order.ts';
import { simulateBuckets } from '../simulate/simulate-buckets.ts';
import { reuseIn } from '../state/memory-state.ts';
import type { Trace } from '../trace.ts';
import type { Fault } from './faults.ts';

/**
 * The steps that gave a memory a bucket below one that it had, so that the next load of the library permutes its pages. `image`: the snapshot
 * that the recording began with; where it is needed and not there, nothing is known.
 */
export function orderFaults(trace: Trace, image: ReadableMemory | undefined): readonly Fault[] {
  const reuse = reuseIn(trace);
  const initial = trace.segments[0]?.header.initial?.pages ?? 0;
  if (reuse !== 'lowest-first' || (initial > 0 && image === undefined)) return [];
  const outcome = simulateBuckets(trace, reuse, image);
  if (!outcome.ok) return [];
  return outcome.result.strikes.map(({ step, space, order }): Fault => {
    const [from = 0, to = 0] = order.permuted[0] ?? [];
    return {
      code: 'trace.bucket-order',
      step,
      space,
      address: from * PAGE_SIZE,
      size: (to - from) * PAGE_SIZE,
      block: undefined,
      message: `Step ${formatCount(step)} gave out a freed bucket below others of the same memory. ${describeOrder(order)}`,
    };
  });
}
