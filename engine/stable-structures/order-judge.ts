import { orderByMembers, tripleOrders, tupleOrders } from './member-orders.ts';
import { BYTES, type KeyOrder, type KeyPair, offends, reversed, simpleOrders } from './orders.ts';

/** Longer keys are not compared. */
export const LONGEST_COMPARED = 4096;
/** So many pairs of a sample are judged. */
const MOST_SAMPLED = 512;
/** So many violations are kept, to be judged again at the end. */
const MOST_KEPT = 256;
/** Where few pairs are there, all of them are judged. */
const MOST_SEEN = 512;
/** So often another order is tried. */
const MOST_PASSES = 6;
/** So many pairs does one damaged item of a heap offend: with its parent and two children. */
const MOST_OF_ONE_ITEM = 3;

/**
 * The order that most pairs follow, and how many do not. What is stored says nothing of the order, so it is chosen among those that the
 * library's types have, and those of numbers that programs encode themselves; of equally good ones the simplest. `equal`: whether the two
 * of a pair may be equal.
 */
export function judgeOrder(pairs: readonly KeyPair[], equal = false): { readonly order: KeyOrder; readonly violations: number } {
  let best = { order: BYTES, violations: countViolations(pairs, BYTES, equal) };
  for (const family of [simpleOrders, tupleOrders, tripleOrders]) {
    if (best.violations === 0) return best;
    for (const order of family(pairs)) {
      for (const one of [order, reversed(order)]) {
        const violations = countViolations(pairs, one, equal, best.violations);
        if (violations < best.violations) best = { order: one, violations };
      }
    }
  }
  if (best.violations === 0 || (equal && best.violations <= MOST_OF_ONE_ITEM)) return best;
  const order = orderByMembers(pairs, equal);
  return order === undefined ? best : { order, violations: 0 };
}

function countViolations(pairs: readonly KeyPair[], order: KeyOrder, equal: boolean, enough = Number.POSITIVE_INFINITY): number {
  let violations = 0;
  for (const { before, after } of pairs) {
    if (!offends(order, before, after, equal)) continue;
    violations += 1;
    if (violations >= enough) break;
  }
  return violations;
}

/**
 * Checks an order that nothing stored names, over many pairs. It is the one that a sample follows. What offends it may only show that the
 * sample had nothing of the real order's peculiarity: then `alternative` has another order, to be checked in another pass.
 */
export class OrderJudge<Violation extends KeyPair> {
  readonly #sample: readonly KeyPair[];
  readonly #equal: boolean;
  readonly #order: KeyOrder;
  readonly #seen: KeyPair[] = [];
  /** What offended the judges of the passes before. */
  #offenders: readonly KeyPair[] = [];
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
    if (this.#pairs <= MOST_SEEN) this.#seen.push({ before: before.slice(), after: after.slice() });
    if (!offends(this.#order, before, after, this.#equal)) return;
    this.#violations += 1;
    if (this.#kept.length < MOST_KEPT) this.#kept.push(violation());
  }

  /**
   * The judge who is offended least: this one, once all pairs went through it, or one with another order that explains better what is
   * known by then. `pass` takes all pairs through a judge, and says whether it came to their end.
   */
  settled(pass: (judge: OrderJudge<Violation>) => boolean): OrderJudge<Violation> {
    let best: OrderJudge<Violation> = this;
    let last: OrderJudge<Violation> = this;
    for (let passes = 0; passes < MOST_PASSES; passes += 1) {
      const other = last.alternative();
      if (!other || !pass(other)) break;
      if (other.isBetterThan(best)) best = other;
      last = other;
    }
    return best;
  }

  /** The judge of another pass, with an order that explains the sample and what has offended this one better, if there is one. */
  alternative(): OrderJudge<Violation> | undefined {
    if (this.#violations === 0) return undefined;
    const offenders = [...this.#offenders, ...this.#kept];
    const evidence = this.#pairs <= MOST_SEEN ? this.#seen : [...this.#sample, ...offenders];
    const { order, violations } = judgeOrder(evidence, this.#equal);
    if (violations >= countViolations(evidence, this.#order, this.#equal)) return undefined;
    const other = new OrderJudge<Violation>(this.#sample, this.#equal, order);
    other.#offenders = offenders;
    return other;
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
