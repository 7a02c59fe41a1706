import { chosenDecodedOrder, decodedOrders } from './decoded-orders.ts';
import { orderByMembers, tripleOrders, tupleOrders } from './members.ts';
import { BYTES, chosenOrders, type KeyOrder, type KeyPair, offends, plainOrders, reversed } from './orders.ts';
import { textOrders } from './texts.ts';

/** An order that keys may have, and how many pairs do not follow it. */
export interface Candidate {
  readonly order: KeyOrder;
  /**
   * False for an order that nothing in the keys proves, such as that of signed numbers: it was chosen because it explains the
   * pairs, and a single damaged key is enough to choose it.
   */
  readonly natural: boolean;
  readonly violations: number;
}

/**
 * One damaged item of a heap is part of three pairs: with its parent and two children. A damaged key of a tree offends one
 * neighbour.
 */
const MAX_PAIRS_OF_ONE = { heap: 3, tree: 1 } as const;

/** Returns how many pairs one damaged key can offend. `equal`: true for a heap, where the two of a pair may be equal. */
export function pairsOfOne(equal: boolean): number {
  return equal ? MAX_PAIRS_OF_ONE.heap : MAX_PAIRS_OF_ONE.tree;
}

/**
 * Returns the natural order that the fewest pairs offend. What is stored says nothing of the order, so it is one of those that
 * the libraries' types have, or that derived orders of self-describing encodings have; of equally good ones the simplest.
 * `usual`: further ones.
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
        // Damage is the same in either order; one that reads what keys say also places keys of other lengths.
        const isClearer = violations === best.violations && family === decodedOrders && !best.order.readsKeys;
        if (violations < best.violations || isClearer) best = { order: one, natural: true, violations };
      }
    }
  }
  return best;
}

/** Returns a chosen order that fewer pairs offend than `than`; undefined where there is none. */
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
    if (!offends(order, before, after, equal)) continue;
    violations += 1;
    if (violations >= enough) break;
  }
  return violations;
}
