/** Evaluates the user's text in watches, hovers and the console. */

import { parseExpression } from '../../../engine/core/expressions/expression.ts';
import { formatCount } from '../../../engine/core/format.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { LIFETIME_HELP } from '../questions/lifetime-commands.ts';
import { eventTitle } from '../values/event-values.ts';
import { StepScope } from '../values/step-scope.ts';
import type { Value } from '../values/value.ts';
import { evaluate } from './evaluate.ts';

export const HELP = [
  'Write an expression such as size > 4096 or block(0x37d0).born. The names are:',
  '  operation, space, size, address, step, message, fault   the current step',
  '  allocator, free, live, block(address)                   the allocator after the step, such as free.largest or live.count',
  '  changes, spaces, memory(number)                         what the step changed; all memories and regions',
  'Questions about a place: memory 3:0x40, region 16:0x40, or an address of the image such as 0x1234; with + 8, eight bytes.',
  '  last-write PLACE, next-write PLACE   the step that wrote it last or will next; likewise read, allocate, free and touch',
  '  who PLACE       the write that gave it its present value, with its call stack, its message and the block that it is in',
  '  origin PLACE    where its bytes came from: back through the reads of the messages that wrote them',
  '  history PLACE   the block there: allocated, reallocated, written, read, freed',
  '  writes(memory 3:0x40, 8)   all writes of these bytes, as a table',
  'Questions about the trace:',
  '  first CONDITION, last CONDITION      the first or last step where it holds, such as first size > 4096',
  '  diff 10 20      what changed from step 10 to step 20; with one number, from that step to this one',
  '  free-list       the free blocks, in the order of the allocator',
  'In conditions of breakpoints on bytes: before, after and changed, such as changed && after.number > 100.',
  'log {size} at {address} if size > 4096 writes a line for every such step of the trace; log alone, the lines of all log points.',
  ...LIFETIME_HELP,
  'goto 812 goes to a step, forwards or backwards. goto start and goto end go to the ends of the trace.',
].join('\n');

/** Returns the step that a console command goes to, or undefined if the text is not such a command. */
export function gotoTarget(text: string, steps: number): number | undefined {
  const [, target] = /^\s*goto\s+(start|end|#?\d[\d_,]*)\s*$/.exec(text) ?? [];
  if (target === undefined) return undefined;
  if (target === 'start') return 0;
  return target === 'end' ? steps : Number(target.replaceAll(/[#_,]/g, ''));
}

/** Evaluates an expression at the current step. @throws UserError if it cannot be evaluated. */
export function evaluateText(text: string, timeline: Timeline): Value {
  return evaluate(parseExpression(text), new StepScope(timeline).root());
}

/** Evaluates a word of the trace's text. @throws UserError if there is nothing to show. */
export function evaluateWord(text: string, timeline: Timeline): Value {
  const word = text.trim();
  const [, step] = /^#(\d[\d,]*)$/.exec(word) ?? [];
  if (step !== undefined) return stepHover(Number(step.replaceAll(',', '')), timeline);
  if (/^0x[0-9a-f]+$/i.test(word)) {
    const [address, block] = [evaluateText(word, timeline), evaluateText(`block(${word})`, timeline)];
    return { ...block, text: `${address.text}: ${block.text}` };
  }
  const value = /^[A-Za-z_][\w.]*$/.test(word) ? evaluateText(word, timeline) : undefined;
  // The name of an operation adds nothing to the text.
  if (!value || value.plain === word) throw new UserError('input', 'There is nothing to show for this.');
  return value;
}

function stepHover(step: number, timeline: Timeline): Value {
  const event = timeline.event(step);
  if (!event) throw new UserError('input', `There is no step ${formatCount(step)}.`);
  return { text: `step ${formatCount(step)}: ${eventTitle(event)}`, plain: step };
}
