import type { Sliced } from '../../core/slices.ts';
import { isPolicyName, type PolicyName } from '../../motoko/memory-region/policies.ts';
import { readEvents } from '../../trace/analysis/lifetimes/event-reader.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { Simulation } from '../../trace/simulate/simulate.ts';
import type { Trace } from '../../trace/trace.ts';
import type { PolicyRun } from './calls.ts';
import { ColumnsOverTime } from './columns.ts';

/** Events between two pauses. Some policies take long to answer a request. */
const SLICE = 1_024;

interface Run {
  readonly simulation: Simulation;
  readonly sizes: ColumnsOverTime;
}

/** Returns what other policies would have done with the same requests. Policies that are not known are left out. */
export function* policyRuns(
  trace: Trace,
  space: number,
  policies: readonly string[],
  columns: number,
): Sliced<readonly PolicyRun[]> {
  const runs = policies.flatMap((policy) => (isPolicyName(policy) ? [begin(policy, space, columns, trace.steps)] : []));
  const read = (index: number, event: TraceEvent): void => {
    if (!isSeen(event)) return;
    const step = trace.stepOf(index);
    for (const { simulation } of runs) simulation.next(event, step);
  };
  yield* readEvents(trace, [{ read }], SLICE);
  const recorded = recordedPolicy(trace, space);
  const results: PolicyRun[] = [];
  for (const run of runs) {
    yield 1;
    results.push(resultOf(run, recorded));
  }
  return results;
}

/** Returns true for events that a simulation sees: requests, and the messages that they are in. */
function isSeen({ kind }: TraceEvent): boolean {
  switch (kind) {
    case 'begin':
    case 'end':
    case 'allocate':
    case 'deallocate':
    case 'reallocate':
    case 'free':
      return true;
    default:
      return false;
  }
}

function begin(policy: PolicyName, space: number, columns: number, steps: number): Run {
  const sizes = new ColumnsOverTime(columns, steps);
  const simulation: Simulation = new Simulation(policy, space, (step) => sizes.set(step, simulation.allocator.size));
  return { simulation, sizes };
}

function resultOf({ simulation, sizes }: Run, recorded: string | undefined): PolicyRun {
  const { policy, size, peakLive, free, largestFree, overlaps, faults, firstDifference } = simulation.end();
  return {
    policy,
    recorded: policy === recorded,
    size,
    peakLive,
    freeBlocks: free.length,
    largestFree,
    overlaps: overlaps.length,
    faults: faults.length,
    firstDifference,
    firstOverlap: overlaps[0]?.step,
    sizes: sizes.end(),
  };
}

/** Returns the policy that the trace names for a space, by the latest header that declares it. */
function recordedPolicy(trace: Trace, space: number): string | undefined {
  const declared = trace.segments.findLast(({ spaces }) => spaces.get(space))?.spaces.get(space);
  const policy = declared?.params['policy'];
  return typeof policy === 'string' ? policy : undefined;
}
