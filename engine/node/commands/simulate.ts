import { formatAddress, formatBytes, formatCount, formatCounted } from '../../format.ts';
import { simulate } from '../../trace/simulate.ts';
import { type Command, print, UnusableInput } from './command.ts';
import { withTrace } from './trace.ts';

export const SIMULATE: Command = {
  name: 'simulate',
  about: "a trace's allocation requests under another policy",
  usage: 'TRACE --policy NAME [--json]',
  options: { policy: { type: 'string' } },
  run: (given) =>
    withTrace(given.positionals[0] ?? '', ({ trace }) => {
      const outcome = simulate(trace.events(), given.option('policy') ?? '');
      if (!outcome.ok) throw new UnusableInput(outcome.message);
      const { policy, steps, firstDifference, size, free, largestFree, overlaps } = outcome.result;
      if (given.json) {
        const report = {
          schema: 'stable-memory/simulate/1',
          policy,
          steps,
          firstDifference: firstDifference ?? null,
          size,
          free: free.map((block) => [block.address, block.size]),
          largestFree,
          overlaps,
          faults: outcome.result.faults,
        };
        print(JSON.stringify(report));
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
      for (const fault of outcome.result.faults) print(`Step ${formatCount(fault.step)}: ${fault.message}`);
      return 0;
    }),
};
