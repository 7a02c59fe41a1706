import type { SpaceNumber } from './events.ts';
import { identityAt, identityOfSpace } from './state/space-identity.ts';
import type { Trace } from './trace.ts';

/**
 * What the numbers of spaces refer to. Under another header, or when it is declared again, a number can refer to another space, and a
 * space can have another number.
 */
export class SpaceNumbers {
  static readonly #known = new WeakMap<Trace, SpaceNumbers>();
  readonly #trace: Trace;
  readonly #numbers = new Map<string, Set<SpaceNumber>>();

  private constructor(trace: Trace) {
    this.#trace = trace;
    for (const segment of trace.segments) {
      for (const declared of segment.spaces.values()) {
        const identity = identityOfSpace(declared);
        const numbers = this.#numbers.get(identity);
        if (numbers) numbers.add(declared.space);
        else this.#numbers.set(identity, new Set([declared.space]));
      }
    }
  }

  static in(trace: Trace): SpaceNumbers {
    const known = SpaceNumbers.#known.get(trace) ?? new SpaceNumbers(trace);
    SpaceNumbers.#known.set(trace, known);
    return known;
  }

  /** Returns the identity of the space that a number refers to at an event. */
  identityAt(index: number, space: SpaceNumber): string {
    return identityAt(this.#trace, index, space) ?? `undeclared ${space}`;
  }

  /** Returns all numbers that refer to the space with this number at an event. They can refer to other spaces elsewhere. */
  numbersOf(index: number, space: SpaceNumber): ReadonlySet<SpaceNumber> {
    return this.#numbers.get(this.identityAt(index, space)) ?? new Set([space]);
  }
}
