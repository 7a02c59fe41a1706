import { formatAddress, formatBytes, formatCount, formatCounted } from '../../engine/core/format.ts';
import { simulate } from '../../engine/trace/simulate/simulate.ts';
import { BUCKET_CHOICES } from '../../engine/trace/simulate/simulate-buckets.ts';
import type { Trace } from '../../engine/trace/trace.ts';
import { print, printJson } from '../output.ts';
import { UnusableInput } from '../unusable-input.ts';
import type { Command } from './command.ts';
import { simulateReuse } from './simulate-reuse.ts';
import { SNAPSHOT_HELP, SNAPSHOT_OPTIONS } from './snapshot-options.ts';
import { withImage, withTrace } from './trace.ts';

export const SIMULATE: Command = {
  name: 'simulate',
  about: "a trace's requests under another policy: of an allocator, or of a manager's buckets",
  usage: 'TRACE (--policy NAME | --reuse NAMES [--snapshot S]) [--labels FILE] [--unpack-limit SIZE] [--json]',
  more: `--policy: how a MemoryRegion's blocks are handed out. --reuse: which freed buckets a memory manager hands out again: ${BUCKET_CHOICES.join(', ')}, several with commas between them, or all. --snapshot: the one that the recording began with.
${SNAPSHOT_HELP}`,
  options: { policy: { type: 'string' }, reuse: { type: 'string' }, snapshot: { type: 'string' }, ...SNAPSHOT_OPTIONS },
  run: (given) =>
    withTrace(given, ({ trace }) => {
      const reuse = given.option('reuse');
      const policy = given.option('policy');
      if (reuse === undefined) return simulatePolicy(trace, policy ?? '', given.json);
      if (policy !== undefined) throw new UnusableInput('Either --policy or --reuse can be simulated at a time.');
      return withImage(given, (image) => simulateReuse(trace, reuse, image?.memory, given.json));
    }),
};

function simulatePolicy(trace: Trace, name: string, json: boolean): number {
  const outcome = simulate(trace.events(), name);
  if (!outcome.ok) throw new UnusableInput(outcome.message);
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
    };
    printJson(report);
    return 0;
  }
  const bytes = free.reduce((sum, block) => sum + block.size, 0);
  print(`${policy}: ${formatCounted(steps, 'step')}, ${formatBytes(size)} (${formatCount(size)}) ever handed out`);
  print(
    `free: ${formatCounted(free.length, 'block')}, ${formatBytes(bytes)} (${formatCount(bytes)}), the largest of ${formatBytes(largestFree)}`,
  );
  print(
    firstDifference === undefined
      ? 'Every address is the recorded one.'
      : `The first other address than recorded is at step ${formatCount(firstDifference)}.`,
  );
  for (const overlap of overlaps) {
    print(
      `Step ${formatCount(overlap.step)} was given ${formatAddress(overlap.address)} + ${overlap.size}, a part of which is in use.`,
    );
  }
  for (const fault of faults) print(`Step ${formatCount(fault.step)}: ${fault.message}`);
  return 0;
}
