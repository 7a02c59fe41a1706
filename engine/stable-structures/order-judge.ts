import { judgeOrder, type KeyOrder, type KeyPair, offends } from './orders.ts';

/** Longer keys are not compared. */
export const LONGEST_COMPARED = 4096;
/** So many pairs of a sample are judged. */
const MOST_SAMPLED = 512;
/** So many violations are kept, to be judged again at the end. */
const MOST_KEPT = 256;

/**
 * Checks an order that nothing stored names, over many pairs. It is the one that a sample follows; what offends it is judged again at the end,
 * as another order may explain it, of whose peculiarity the sample had nothing.
 */
export class OrderJudge<Violation extends KeyPair> {
  readonly #sample: readonly KeyPair[];
  readonly #equal: boolean;
  readonly #order: KeyOrder;
  readonly #kept: Violation[] = [];
  #violations = 0;
  #pairs = 0;

  /** `equal`: whether the two of a pair may be equal. */
  constructor(pairs: readonly KeyPair[], equal: boolean) {
    const step = Math.ceil(pairs.length / MOST_SAMPLED);
    this.#sample = pairs.filter((_, index) => index % step === 0);
    this.#equal = equal;
    this.#order = judgeOrder(this.#sample, equal).order;
  }

  /** Negative, zero or positive as `a` comes before, with or after `b`, in the sample's order. */
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

  /** What is out of order, in the order that explains most; its name is undefined where none explains nearly all. */
  finish(): { readonly order: string | undefined; readonly violations: readonly Violation[] } {
    if (this.#violations === 0) return { order: this.#order.name, violations: [] };
    const { order } = judgeOrder([...this.#sample, ...this.#kept], this.#equal);
    const violations = this.#kept.filter(({ before, after }) => offends(order, before, after, this.#equal));
    const all = order.name === this.#order.name ? this.#violations : violations.length;
    return all > this.#tolerance() ? { order: undefined, violations: [] } : { order: order.name, violations };
  }

  /** More pairs out of order than this are no damage, but an order that only the canister's program knows. */
  #tolerance(): number {
    return this.#pairs < 40 ? Math.max(1, Math.floor(this.#pairs / 10)) : Math.max(3, this.#pairs / 50);
  }
}
