import { formatCount, formatCounted } from '../../../engine/core/format.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { changeItems } from '../values/change-values.ts';
import { itemsOf } from '../values/value.ts';
import { type Answer, listAnswer, MAX_LINES } from './answer.ts';

const STEP = String.raw`#?(\d[\d_,]*)`;
const STEPS = new RegExp(`^${STEP}(?:\\s+${STEP})?$`);

/** Returns the answer to `diff 10 20`: the changes from one step to another. With one number, from that step to the current one. */
export function diff(text: string, timeline: Timeline): Answer {
  const [, first, second] = STEPS.exec(text.trim()) ?? [];
  if (first === undefined) throw new UserError('input', 'Write two steps, such as diff 10 20.');
  const from = stepOf(first, timeline);
  const to = second === undefined ? timeline.position : stepOf(second, timeline);
  const changes = timeline.changesBetween(from, to);
  const items = changeItems(timeline, changes);
  const count = items.length === 0 ? 'nothing changes' : formatCounted(items.length, 'change');
  const more = changes.more ? ', and more that are not listed' : '';
  const steps = `from step ${formatCount(from)} to step ${formatCount(to)}`;
  return listAnswer(
    { text: `${steps}: ${count}${more}`, plain: items.length, items: itemsOf(items) },
    items.slice(0, MAX_LINES).map(({ label, value }) => ({ text: `  ${label}: ${value.text}` })),
  );
}

function stepOf(digits: string, { steps }: Timeline): number {
  const step = Number(digits.replaceAll(/[_,]/g, ''));
  if (step <= steps) return step;
  throw new UserError('input', `There is no step ${formatCount(step)}. The last one is ${formatCount(steps)}.`);
}
