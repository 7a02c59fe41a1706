import { chosenDecodedOrder, decodedOrders } from './decoded-orders.ts';
import { orderByMembers, tripleOrders, tupleOrders } from './members.ts';
import { BYTES, chosenOrders, type KeyOrder, type KeyPair, plainOrders, reversed, violates } from './orders.ts';
import { textOrders } from './texts.ts';

/** An order that keys may have, and the number of pairs that violate it. */
export interface Candidate {
  readonly order: KeyOrder;
  /**
   * False for an order that the keys themselves do not prove, such as that of signed numbers. It was chosen because it explains
   * the pairs, and a single damaged key is enough to make it the choice.
   */
  readonly natural: boolean;
  readonly violations: number;
}

/**
 * Maximum pairs that one damaged key violates. A damaged item of a heap is part of three pairs: with its parent and two children.
 * A damaged key of a tree violates the order with one neighbour.
 */
const MAX_PAIRS_OF_ONE = { heap: 3, tree: 1 } as const;

/** Returns how many pairs one damaged key can violate. `equal`: true for a heap, where the keys of a pair may be equal. */
export function pairsOfOne(equal: boolean): number {
  return equal ? MAX_PAIRS_OF_ONE.heap : MAX_PAIRS_OF_ONE.tree;
}

/**
 * Returns the natural order that the fewest pairs violate. The order is not stored, so the candidates are the orders of the
 * libraries' types and the derived orders of self-describing encodings. Among equally good ones the simplest wins. `usual`:
 * additional orders.
 */
export function naturalOrder(pairs: readonly KeyPair[], equal: boolean, usual: readonly KeyOrder[] = []): Candidate {
  let best: Candidate = { order: BYTES, natural: true, violations: countViolations(pairs, BYTES, equal) };
  const families: readonly ((pairs: readonly KeyPair[]) => readonly KeyOrder[])[] = [
    plainOrders,
    () => usual,
    textOrders,
    decodedOrders,
    tupleOrders,
    tripleOrders,
  ];
  for (const family of families) {
    if (best.violations === 0) return best;
    for (const order of family(pairs)) {
      for (const one of [order, reversed(order)]) {
        const violations = countViolations(pairs, one, equal, best.violations + 1);
        // The damage is the same in either order; an order that decodes keys can also place keys of other lengths.
        const isClearer = violations === best.violations && family === decodedOrders && !best.order.readsKeys;
        if (violations < best.violations || isClearer) best = { order: one, natural: true, violations };
      }
    }
  }
  return best;
}

/** Returns a chosen order that fewer than `than` pairs violate; undefined if there is none. */
export function chosenOrder(pairs: readonly KeyPair[], equal: boolean, than: number): Candidate | undefined {
  let best: Candidate | undefined;
  let fewest = than;
  for (const order of chosenOrders(pairs)) {
    for (const one of [order, reversed(order)]) {
      const violations = countViolations(pairs, one, equal, fewest);
      if (violations < fewest) best = { order: one, natural: false, violations };
      fewest = Math.min(fewest, violations);
    }
  }
  if (fewest === 0) return best;
  const exact = orderByMembers(pairs, equal) ?? chosenDecodedOrder(pairs);
  return exact && countViolations(pairs, exact, equal) === 0 ? { order: exact, natural: false, violations: 0 } : best;
}

/** Counts the pairs that are not in the order, up to `enough`. */
export function countViolations(
  pairs: readonly KeyPair[],
  order: KeyOrder,
  equal: boolean,
  enough = Number.POSITIVE_INFINITY,
): number {
  let violations = 0;
  for (const { before, after } of pairs) {
    if (!violates(order, before, after, equal)) continue;
    violations += 1;
    if (violations >= enough) break;
  }
  return violations;
}
