import { formatAddress, formatCount, formatCounted } from '../../../engine/core/format.ts';
import { finish } from '../../../engine/core/slices.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { isPolicyName } from '../../../engine/motoko/memory-region/policies.ts';
import { History } from '../../../engine/trace/history.ts';
import { FreeLists } from '../../../engine/trace/state/free-list.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import type { WhyHere } from '../../../engine/views/timeline/calls.ts';
import { whyHere } from '../../../engine/views/timeline/why.ts';
import { print } from '../../output.ts';

/** Signs of the verdicts, in front of the lines. */
const SIGNS = { 'passed-over': '-', seen: ' ', chosen: '+', wrong: '!' } as const;

/**
 * Returns why the allocator answered as it did at a step, under the policy that the trace names or `policy`.
 * @throws UserError if the step is not one of the trace, or makes no request to an allocator.
 */
export function whyStep(trace: Trace, text: string, policy: string | undefined): WhyHere {
  const step = Number(text);
  if (!/^\d+$/.test(text) || step < 1 || step > trace.steps)
    throw new UserError('input', `"${text}" is not a step of the trace, which has ${formatCounted(trace.steps, 'step')}.`);
  const event = trace.at(trace.eventOf(step));
  const space = 'space' in event ? event.space : 0;
  const known = policy !== undefined && isPolicyName(policy) ? policy : undefined;
  const why = finish(whyHere(new History(trace), new FreeLists(trace), space, step, known));
  if (why) return why;
  throw new UserError('input', `Step ${formatCount(step)} does not allocate, reallocate or deallocate a block of an allocator.`);
}

/** Prints the answer: what the allocator looked at, a line each, and what came of it. */
export function printWhy({ title, steps, freeBlocks, unlisted, text, better }: WhyHere): void {
  print(`${title} There ${freeBlocks === 1 ? 'was' : 'were'} ${formatCounted(freeBlocks, 'free block')}.`);
  const width = Math.max(0, ...steps.map((step) => step.text.length));
  for (const step of steps) {
    const address = step.address === undefined ? '' : `  ${formatAddress(step.address)}`;
    print(`${SIGNS[step.verdict]} ${step.text.padEnd(width)}  ${step.figure}${address}`);
  }
  if (unlisted > 0) print(`  ${formatCount(unlisted)} more in between`);
  for (const sentence of text) print(sentence);
  if (better !== undefined) print(`The policy ${better} does not have this defect.`);
}

/** Returns the answer as it is reported in JSON. */
export function reportOf({ better, steps, ...why }: WhyHere) {
  return { ...why, steps: steps.map((step) => ({ ...step, address: step.address ?? null })), better: better ?? null };
}
