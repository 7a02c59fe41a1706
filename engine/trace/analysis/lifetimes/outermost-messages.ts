import { NumberList } from '../../number-list.ts';
import type { Trace } from '../../trace.ts';

/** The messages of a trace that are in no other message, by their steps. */
export class OutermostMessages {
  readonly #firstSteps = NumberList.counts();
  readonly #lastSteps = NumberList.counts();
  readonly #messages = NumberList.counts();

  constructor(trace: Trace) {
    let end = -1;
    for (let message = 0; message < trace.messages.count; message++) {
      const span = trace.messages.at(message);
      if (span.begin <= end) continue;
      end = span.end ?? trace.count;
      this.#firstSteps.push(trace.stepOf(span.begin) + 1);
      this.#lastSteps.push(span.end === undefined ? trace.steps : trace.stepOf(span.end));
      this.#messages.push(message);
    }
  }

  /** Returns the number in the trace of the message that a step belongs to; undefined outside of messages. */
  of(step: number): number | undefined {
    const place = this.#firstSteps.rank(step) - 1;
    return place >= 0 && step <= this.#lastSteps.at(place) ? this.#messages.at(place) : undefined;
  }
}
