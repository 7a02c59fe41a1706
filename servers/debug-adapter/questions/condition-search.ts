import { formatCount } from '../../../engine/core/format.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import type { Direction } from '../../../engine/trace/search.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { holdsFor, namesIn } from '../expressions/evaluate.ts';
import { type Expression, parseExpression } from '../expressions/expression.ts';
import { StepScope } from '../values/step-scope.ts';
import { type Answer, answerOf, stepLine } from './answer.ts';
import { EventScope } from './event-scope.ts';

/** Maximum time of a search, in milliseconds of work. */
const MAX_TIME = 20_000;
/** Events between two looks at the clock. */
const CLOCK_EVERY = 256;

/** Searches a whole trace for the first or the last step where a condition holds, in slices of time. */
export class ConditionSearch {
  readonly #timeline: Timeline;
  readonly #expression: Expression;
  readonly #direction: Direction;
  readonly #events: EventScope | undefined;
  /** The event that is examined next. */
  #index: number;
  #left = MAX_TIME;

  /** `forward` finds the first step, `backward` the last. @throws UserError if the text is not a condition */
  constructor(text: string, direction: Direction, timeline: Timeline) {
    this.#timeline = timeline;
    this.#direction = direction;
    this.#expression = parseExpression(text);
    const names = namesIn(this.#expression);
    const known = new StepScope(timeline).names;
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined)
      throw new UserError('input', `“${unknown}” is not a name here. The names are ${known.join(', ')}.`);
    const events = new EventScope(timeline.trace);
    this.#events = events.has(names) ? events : undefined;
    this.#index = direction === 'forward' ? 0 : timeline.trace.count - 1;
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
    const { trace } = this.#timeline;
    const by = this.#direction === 'forward' ? 1 : -1;
    for (let count = 1; this.#index >= 0 && this.#index < trace.count; count++) {
      if (trace.isStep(this.#index) && this.#holds()) return answerOf(stepLine(trace.stepOf(this.#index), this.#timeline));
      this.#index += by;
      // A state may take long. An event does not.
      if ((this.#events === undefined || count % CLOCK_EVERY === 0) && performance.now() > end) return this.#outOfTime();
    }
    return answerOf({ text: 'It holds at no step of this trace.' });
  }

  #outOfTime(): Answer | undefined {
    if (this.#left > 0) return undefined;
    const part = this.#direction === 'forward' ? 'before' : 'after';
    const seconds = formatCount(MAX_TIME / 1000);
    const step = this.#timeline.trace.stepOf(this.#index);
    return answerOf({
      text: `It holds at no step ${part} step ${formatCount(step)}. The search ended there, after ${seconds} seconds.`,
      step,
    });
  }

  /** Returns true if the condition holds at the step. One that cannot be evaluated there does not hold. */
  #holds(): boolean {
    try {
      return holdsFor(this.#expression, this.#root());
    } catch (error) {
      if (error instanceof UserError) return false;
      throw error;
    }
  }

  #root() {
    const step = this.#timeline.trace.stepOf(this.#index);
    if (this.#events) return this.#events.rootAt(step, this.#index);
    this.#timeline.seek(step);
    return new StepScope(this.#timeline).root();
  }
}
