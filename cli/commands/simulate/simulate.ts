import { formatAddress, formatBytes, formatCount, formatCounted } from '../../../engine/core/format.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { simulate } from '../../../engine/trace/simulate/simulate.ts';
import { BUCKET_CHOICES } from '../../../engine/trace/simulate/simulate-buckets.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import type { WhyHere } from '../../../engine/views/timeline/calls.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from '../../options/snapshot-options.ts';
import { print, printJson } from '../../output.ts';
import type { Command } from '../command.ts';
import { withImage, withTrace } from '../trace.ts';
import { simulateReuse } from './reuse.ts';
import { printWhy, reportOf, whyStep } from './why.ts';

export const SIMULATE: Command = {
  name: 'simulate',
  about: "replay a trace's requests with another policy of an allocator or of a manager's buckets",
  usage: 'TRACE ([--policy NAME] [--why STEP] | --reuse NAMES [--snapshot S]) [--labels FILE] [--unpack-limit SIZE] [--json]',
  more: `--policy: how a MemoryRegion's blocks are allocated. --why: what the policy looks at when it answers the request of a step, and why it gives this address; the policy is the one that the trace names if there is no --policy. --reuse: which freed buckets a memory manager allocates again: ${BUCKET_CHOICES.join(', ')}, several separated by commas, or all. --snapshot: the snapshot at the start of the recording.
${SNAPSHOT_HELP}`,
  options: {
    policy: { type: 'string' },
    why: { type: 'string' },
    reuse: { type: 'string' },
    snapshot: { type: 'string' },
    ...SNAPSHOT_OPTIONS,
  },
  run: (args) =>
    withTrace(args, ({ trace }) => {
      const reuse = args.option('reuse');
      const policy = args.option('policy');
      const step = args.option('why');
      if (reuse === undefined) {
        const why = step === undefined ? undefined : whyStep(trace, step, policy);
        return why && policy === undefined
          ? printWhyOnly(trace, why, args.json)
          : simulatePolicy(trace, policy ?? '', why, args.json);
      }
      if (policy !== undefined || step !== undefined)
        throw new UserError('input', 'Use either --reuse, or --policy and --why, not both.');
      return withImage(args, (image) => simulateReuse(trace, reuse, image?.memory, args.json));
    }),
};

function simulatePolicy(trace: Trace, name: string, why: WhyHere | undefined, json: boolean): number {
  const outcome = simulate(trace.events(), name);
  if (!outcome.ok) throw new UserError('input', outcome.message);
  const { policy, steps, firstDifference, size, free, largestFree, overlaps, faults } = outcome.result;
  if (json) {
    const report = {
      schema: 'stable-memory/simulate/1',
      policy,
      steps,
      firstDifference: firstDifference ?? null,
      size,
      free: free.map((block) => [block.address, block.size]),
      largestFree,
      overlaps,
      faults,
      ...(why && { why: reportOf(why) }),
    };
    printJson(report);
    return 0;
  }
  const bytes = free.reduce((sum, block) => sum + block.size, 0);
  print(`${policy}: ${formatCounted(steps, 'step')}, ${formatBytes(size)} (${formatCount(size)}) allocated in total`);
  print(
    `free: ${formatCounted(free.length, 'block')}, ${formatBytes(bytes)} (${formatCount(bytes)}), the largest ${formatBytes(largestFree)}`,
  );
  print(
    firstDifference === undefined
      ? 'Every address is as recorded.'
      : `The first address that differs from the recording is at step ${formatCount(firstDifference)}.`,
  );
  for (const overlap of overlaps) {
    print(
      `Step ${formatCount(overlap.step)} allocated ${formatAddress(overlap.address)} + ${overlap.size}, which is partly in use.`,
    );
  }
  for (const fault of faults) print(`Step ${formatCount(fault.step)}: ${fault.message}`);
  if (why) printWhy(why);
  return 0;
}

function printWhyOnly(trace: Trace, why: WhyHere, json: boolean): number {
  if (json) printJson({ schema: 'stable-memory/simulate/1', steps: trace.steps, why: reportOf(why) });
  else printWhy(why);
  return 0;
}
