import { type Element, type NamedOrder, readStored } from '../core/structure.ts';
import { countViolations } from './candidates.ts';
import { MAX_COMPARED, OrderJudge } from './judge.ts';
import type { KeyOrder, KeyPair } from './orders.ts';

/** Maximum share of the pairs that damage puts out of order. */
const MAX_DAMAGED = 0.05;

/** The order that the keys of a map follow, by a sample of neighbours. */
export class OrderOfKeys {
  readonly #sample: readonly KeyPair[];
  readonly #inferred: NamedOrder;

  /** `usual`: orders that are common there, in addition to those of all libraries. */
  constructor(sample: readonly KeyPair[], usual: readonly KeyOrder[] = []) {
    const pass = (judge: OrderJudge<KeyPair>): OrderJudge<KeyPair> => {
      for (const pair of sample) judge.next(pair.before, pair.after, () => pair);
      return judge;
    };
    const first = pass(new OrderJudge(sample, { equal: false, isOneKey: () => false, usual }));
    this.#sample = sample;
    this.#inferred = first.settle((judge) => pass(judge) === judge).judge.order;
  }

  /**
   * Returns the order that the type of the keys suggests, unless another one explains the sample better. `isKnown` is false if too
   * many pairs violate it for damage: then the program has another order.
   */
  given(suggested: NamedOrder | undefined): { readonly order: NamedOrder; readonly isKnown: boolean } {
    const violations = (order: NamedOrder | undefined): number =>
      order ? countViolations(this.#sample, order, false) : Number.POSITIVE_INFINITY;
    const [own, others] = [violations(suggested), violations(this.#inferred)];
    const isKnown = Math.min(own, others) <= Math.max(1, MAX_DAMAGED * this.#sample.length);
    return { order: suggested && own <= others ? suggested : this.#inferred, isKnown };
  }
}

/** Returns the pairs of neighbours among consecutive elements, without keys that are too long to be compared. */
export function neighbours(elements: readonly Element[]): readonly KeyPair[] {
  const keys = elements.map(({ key }) => (key && key.size <= MAX_COMPARED ? readStored(key) : undefined));
  return keys.flatMap((after, index) => {
    const before = keys[index - 1];
    return before && after ? [{ before, after }] : [];
  });
}
