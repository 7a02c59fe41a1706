import { Budget } from '../../../engine/core/budget.ts';
import { type Expression, parseExpression } from '../../../engine/core/expressions/expression.ts';
import { formatCount } from '../../../engine/core/format.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import type { Direction } from '../../../engine/trace/search.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { holdsFor, namesIn } from '../expressions/evaluate.ts';
import { type EventCondition, eventCondition } from '../expressions/event-condition.ts';
import { StepScope } from '../values/step-scope.ts';
import { type Answer, answerOf, stepLine } from './answer.ts';

/** Maximum time of a search, in milliseconds of work. */
const MAX_TIME = 20_000;
/** Steps whose events are read together. */
const READ_TOGETHER = 4_096;

/** Searches a whole trace for the first or the last step where a condition holds, in slices of time. */
export class ConditionSearch {
  readonly #timeline: Timeline;
  readonly #expression: Expression;
  readonly #direction: Direction;
  /** The condition as a function, if it needs only the event of a step. */
  readonly #ofEvent: EventCondition | undefined;
  /** The step that is examined next. */
  #step: number;
  #left = MAX_TIME;

  /** `forward` finds the first step, `backward` the last. @throws UserError if the text is not a condition */
  constructor(text: string, direction: Direction, timeline: Timeline) {
    this.#timeline = timeline;
    this.#direction = direction;
    this.#expression = parseExpression(text);
    const known = new StepScope(timeline).names;
    const unknown = namesIn(this.#expression).find((name) => !known.includes(name));
    if (unknown !== undefined)
      throw new UserError('input', `“${unknown}” is not a name here. The names are ${known.join(', ')}.`);
    this.#ofEvent = eventCondition(this.#expression, timeline.trace);
    this.#step = direction === 'forward' ? 1 : timeline.steps;
  }

  /** Searches for a number of milliseconds. Returns undefined while there is more to search. The timeline keeps its position. */
  slice(milliseconds: number): Answer | undefined {
    const { position } = this.#timeline;
    const start = performance.now();
    try {
      return this.#searchUntil(start + milliseconds);
    } finally {
      this.#timeline.seek(position);
      this.#left -= performance.now() - start;
    }
  }

  #searchUntil(end: number): Answer | undefined {
    const budget = new Budget({ milliseconds: end - performance.now() });
    while (this.#step >= 1 && this.#step <= this.#timeline.steps) {
      const found = this.#ofEvent ? this.#inNextEvents(this.#ofEvent) : this.#atNextStep(budget);
      if (found !== undefined) return answerOf(stepLine(found, this.#timeline));
      if (performance.now() > end) return this.#outOfTime();
    }
    return answerOf({ text: 'It holds at no step of this trace.' });
  }

  /** Examines the events of the next steps, and moves on. Returns the step where the condition holds, if there is one. */
  #inNextEvents(condition: EventCondition): number | undefined {
    const { trace } = this.#timeline;
    const isForward = this.#direction === 'forward';
    const from = isForward ? this.#step : Math.max(1, this.#step - READ_TOGETHER + 1);
    const to = isForward ? Math.min(trace.steps, this.#step + READ_TOGETHER - 1) : this.#step;
    let found: number | undefined;
    trace.scan(trace.eventOf(from), trace.eventOf(to) + 1, (event, index) => {
      if ((isForward && found !== undefined) || !trace.isStep(index)) return;
      const step = trace.stepOf(index);
      if (isTrueOf(() => condition(event, step, index))) found = step;
    });
    this.#step = isForward ? to + 1 : from - 1;
    return found;
  }

  /** Examines the state of the next step, and moves on, unless the budget ends on the way there. Returns the step if the condition holds. */
  #atNextStep(budget: Budget): number | undefined {
    const step = this.#step;
    if (!this.#timeline.approach(step, budget)) return undefined;
    this.#timeline.seek(step);
    this.#step += this.#direction === 'forward' ? 1 : -1;
    return isTrueOf(() => holdsFor(this.#expression, new StepScope(this.#timeline).root())) ? step : undefined;
  }

  #outOfTime(): Answer | undefined {
    if (this.#left > 0) return undefined;
    const part = this.#direction === 'forward' ? 'before' : 'after';
    const seconds = formatCount(MAX_TIME / 1000);
    return answerOf({
      text: `It holds at no step ${part} step ${formatCount(this.#step)}. The search ended there, after ${seconds} seconds.`,
      step: this.#step,
    });
  }
}

/** Returns true if a condition holds. One that cannot be evaluated does not hold. */
function isTrueOf(condition: () => boolean): boolean {
  try {
    return condition();
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
