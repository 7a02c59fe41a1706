import { judgeOrder, type KeyOrder, type KeyPair, offends } from './orders.ts';

/** Longer keys are not compared. */
export const LONGEST_COMPARED = 4096;
/** So many pairs of a sample are judged. */
const MOST_SAMPLED = 512;
/** So many violations are kept, to be judged again at the end. */
const MOST_KEPT = 256;

/**
 * Checks an order that nothing stored names, over many pairs. It is the one that a sample follows. What offends it may only show that the
 * sample had nothing of the real order's peculiarity: then `alternative` has another order, to be checked in a second pass.
 */
export class OrderJudge<Violation extends KeyPair> {
  readonly #sample: readonly KeyPair[];
  readonly #equal: boolean;
  readonly #order: KeyOrder;
  readonly #kept: Violation[] = [];
  #violations = 0;
  #pairs = 0;

  /** `equal`: whether the two of a pair may be equal. */
  constructor(sample: readonly KeyPair[], equal: boolean, order?: KeyOrder) {
    const step = Math.ceil(sample.length / MOST_SAMPLED);
    this.#sample = sample.filter((_, index) => index % step === 0);
    this.#equal = equal;
    this.#order = order ?? judgeOrder(this.#sample, equal).order;
  }

  /** Negative, zero or positive as `a` comes before, with or after `b`, in the order that is checked. */
  compare(a: Uint8Array, b: Uint8Array): number {
    return this.#order.compare(a, b);
  }

  /** Takes the next pair; `violation` describes it where it is out of order. */
  next(before: Uint8Array, after: Uint8Array, violation: () => Violation): void {
    this.#pairs += 1;
    if (!offends(this.#order, before, after, this.#equal)) return;
    this.#violations += 1;
    if (this.#kept.length < MOST_KEPT) this.#kept.push(violation());
  }

  /** The judge of a second pass, with an order that explains the sample and what has offended this one better, if there is one. */
  alternative(): OrderJudge<Violation> | undefined {
    if (this.#violations === 0) return undefined;
    const { order } = judgeOrder([...this.#sample, ...this.#kept], this.#equal);
    return order.name === this.#order.name ? undefined : new OrderJudge<Violation>(this.#sample, this.#equal, order);
  }

  /** Whether fewer pairs offend this judge than the other. */
  isBetterThan(other: OrderJudge<Violation>): boolean {
    return this.#violations < other.#violations;
  }

  /** What is out of order; the order's name is undefined where so much is that it is no damage, but an order which only the program knows. */
  finish(): { readonly order: string | undefined; readonly violations: readonly Violation[] } {
    if (this.#violations > this.#tolerance()) return { order: undefined, violations: [] };
    return { order: this.#order.name, violations: this.#kept };
  }

  #tolerance(): number {
    return this.#pairs < 40 ? Math.max(1, Math.floor(this.#pairs / 10)) : Math.max(3, this.#pairs / 50);
  }
}
