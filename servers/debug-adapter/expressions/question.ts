/** What users ask the debugger: in watches, hovers and the console. */
import { formatCount } from '../../../engine/core/format.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { eventTitle } from '../values/event-values.ts';
import { StepScope } from '../values/step-scope.ts';
import { Misfit, type Value } from '../values/value.ts';
import { evaluate } from './evaluate.ts';
import { parseExpression } from './expression.ts';

export const HELP = [
  'An expression is written as size > 4096 or block(0x37d0).born. Its names:',
  '  operation, space, size, address, step, message, fault   what this step does',
  '  allocator, free, live, block(address)                   the allocator after it, as free.largest or live.count',
  '  changes, spaces, memory(number)                         what it changed; all memories and regions',
  'goto 812 goes to a step, forwards or backwards; goto start and goto end to the ends of the trace.',
].join('\n');

/** The step that a console command goes to; undefined where the text is no such command. */
export function gotoTarget(text: string, steps: number): number | undefined {
  const [, target] = /^\s*goto\s+(start|end|#?\d[\d_,]*)\s*$/.exec(text) ?? [];
  if (target === undefined) return undefined;
  if (target === 'start') return 0;
  return target === 'end' ? steps : Number(target.replaceAll(/[#_,]/g, ''));
}

/** What an expression says here. @throws Misfit in a full sentence. */
export function answer(text: string, timeline: Timeline): Value {
  return evaluate(parseExpression(text), new StepScope(timeline).root());
}

/** What there is to say about a word of the trace's text. @throws Misfit where there is nothing. */
export function answerHover(text: string, timeline: Timeline): Value {
  const word = text.trim();
  const [, step] = /^#(\d[\d,]*)$/.exec(word) ?? [];
  if (step !== undefined) return stepHover(Number(step.replaceAll(',', '')), timeline);
  if (/^0x[0-9a-f]+$/i.test(word)) {
    const [address, block] = [answer(word, timeline), answer(`block(${word})`, timeline)];
    return { ...block, text: `${address.text}: ${block.text}` };
  }
  const value = /^[A-Za-z_][\w.]*$/.test(word) ? answer(word, timeline) : undefined;
  // The name of an operation says nothing that the text does not.
  if (!value || value.plain === word) throw new Misfit('There is nothing to say about this.');
  return value;
}

function stepHover(step: number, timeline: Timeline): Value {
  const event = timeline.event(step);
  if (!event) throw new Misfit(`There is no step ${formatCount(step)}.`);
  return { text: `step ${formatCount(step)}: ${eventTitle(event)}`, plain: step };
}
