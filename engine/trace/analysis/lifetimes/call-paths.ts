import type { Trace } from '../../trace.ts';
import type { StackEvent } from '../../trace-index.ts';

/** The call stacks of a trace's allocations, numbered. Number 0 is that of events without a recorded stack. */
export class CallPaths {
  readonly #trace: Trace;
  readonly #numbers = new Map<StackEvent, number>();
  /** The first event with each stack, and the stack's number in the file. */
  readonly #stacks: { readonly event: number; readonly stack: number }[] = [{ event: 0, stack: 0 }];

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  get count(): number {
    return this.#stacks.length;
  }

  /** Returns the number of an event's stack. */
  numberOf(event: number, stack: number | undefined): number {
    if (stack === undefined || stack === 0) return 0;
    const innermost = this.#trace.segmentOf(event)?.stacks.at(stack, event);
    if (!innermost) return 0;
    const known = this.#numbers.get(innermost);
    if (known !== undefined) return known;
    const number = this.#stacks.length;
    this.#numbers.set(innermost, number);
    this.#stacks.push({ event, stack });
    return number;
  }

  /** Returns the names of a stack's functions, innermost first. */
  functionsOf(number: number): readonly string[] {
    const { event, stack } = this.#stacks[number] ?? { event: 0, stack: 0 };
    return this.#trace.stackAt(event, stack).map((frame) => this.#trace.nameAt(event, frame.name) ?? `function ${frame.name}`);
  }
}
