import { formatBytes, formatCount, formatCounted } from '../../../engine/core/format.ts';
import { PAGE_SIZE, type ReadableMemory } from '../../../engine/core/memory/memory.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { describeOrder } from '../../../engine/rust/memory-manager/order.ts';
import {
  BUCKET_CHOICES,
  type BucketChoice,
  type BucketSimulation,
  isBucketChoice,
  simulateBuckets,
} from '../../../engine/trace/simulate/simulate-buckets.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import { print, printJson } from '../../output.ts';

/** Runs `simulate TRACE --reuse NAMES`: simulates each named way to reuse buckets and prints the results for comparison. */
export function simulateReuse(trace: Trace, names: string, image: ReadableMemory | undefined, json: boolean): number {
  const results = choices(names).map((reuse) => {
    const outcome = simulateBuckets(trace, reuse, image);
    if (!outcome.ok) throw new UserError('input', outcome.message);
    return outcome.result;
  });
  if (json) {
    printJson({ schema: 'stable-memory/simulate/1', steps: trace.steps, reuse: results.map(reportOf) });
    return 0;
  }
  for (const result of results) {
    print(describe(result));
    for (const { step, order } of result.permutations) print(`  Step ${formatCount(step)}: ${describeOrder(order)}`);
    for (const { step, message } of result.faults) print(`  Step ${formatCount(step)}: ${message}`);
  }
  return 0;
}

function choices(names: string): readonly BucketChoice[] {
  if (names === 'all') return BUCKET_CHOICES;
  return names.split(',').map((name) => {
    if (isBucketChoice(name)) return name;
    throw new UserError('input', `"${name}" is not a way to reuse buckets. Use ${BUCKET_CHOICES.join(', ')}, or all.`);
  });
}

function describe({ reuse, pages, allocatedBuckets, reusedBuckets, freedBuckets, permutations }: BucketSimulation): string {
  return [
    `${reuse}: ${formatCounted(pages, 'page')} (${formatBytes(pages * PAGE_SIZE)})`,
    `${formatCounted(allocatedBuckets, 'bucket')} allocated`,
    `${formatCount(reusedBuckets)} reused`,
    `${formatCount(freedBuckets.length)} left unallocated`,
    `${formatCounted(new Set(permutations.map(({ order }) => order.memory)).size, 'memory', 'memories')} permuted by a load`,
  ].join(', ');
}

function reportOf({ permutations, ...result }: BucketSimulation) {
  const permuted = permutations.map(({ step, order: { memory, live, reloaded, permuted } }) => {
    return { memory, step, buckets: live, reloaded, permutedPages: permuted };
  });
  return { ...result, permuted };
}
