import type { Budget } from '../../core/budget.ts';
import type { Report } from '../../core/findings.ts';
import { formatCount } from '../../core/format.ts';
import type { AddressRange, ReadableMemory } from '../../core/memory/memory.ts';
import { MAX_COMPARED, OrderJudge } from '../../key-order/judge.ts';
import type { KeyPair } from '../../key-order/orders.ts';
import type { Slots } from '../vec/slots.ts';

/** Maximum pairs of items in the sample from which the order is inferred. */
const SAMPLED = 512;

/** A child that should not be below its parent. */
interface Disorder extends KeyPair {
  readonly child: number;
  /** Set if the item above the parent does not come after the child: then the parent may be the wrong one. */
  readonly parentToo: boolean;
}

/**
 * Checks that no item comes before its parent: the parent of item i is item (i - 1) / 2, and the smallest item is item 0. Returns
 * the order that the items follow; undefined if there are too few items, or they follow no known order.
 */
export function checkHeap(memory: ReadableMemory, slots: Slots, report: Report, budget: Budget): string | undefined {
  // Items without bytes are all equal, whatever count a damaged header has.
  if (slots.count < 2 || slots.size === 0) return undefined;
  const pairAt = (child: number): readonly KeyPair[] => {
    const [before, after] = [slots.read(parentOf(child), MAX_COMPARED), slots.read(child, MAX_COMPARED)];
    return before && after ? [{ before, after }] : [];
  };
  const step = Math.ceil((slots.count - 1) / SAMPLED);
  const sample = Array.from({ length: Math.floor((slots.count - 2) / step) + 1 }, (_, index) => pairAt(1 + index * step));
  const check = (judge: OrderJudge<Disorder>): boolean => {
    for (let child = 1; child < slots.count && budget.spend(2 * slots.size); child += 1) {
      const [pair] = pairAt(child);
      if (!pair) continue;
      judge.next(pair.before, pair.after, () => {
        const above = child > 2 ? slots.read(parentOf(parentOf(child)), MAX_COMPARED) : undefined;
        return { ...pair, child, parentToo: above === undefined || judge.compare(above, pair.after) <= 0 };
      });
    }
    return budget.cutShort === undefined;
  };
  const judge = new OrderJudge<Disorder>(sample.flat(), {
    equal: true,
    isOneKey: (violations) => misplacedItems(violations).length === 1,
  });
  check(judge);
  const { verdict } = judge.settle(check);
  if (verdict.kind === 'own') return undefined;
  if (verdict.kind === 'ordered') return verdict.order;
  const doubt =
    verdict.kind === 'damaged'
      ? ''
      : ` Either it is damaged, or the items have another order (${verdict.excuse}), in which nothing is wrong.`;
  const code = verdict.kind === 'damaged' ? 'heap.order' : 'heap.order-doubtful';
  for (const { items, child } of misplacedItems(verdict.violations)) {
    const parent = parentOf(child);
    const message = `Item ${formatCount(child)} should not come before item ${formatCount(parent)}, its parent, in the order that the others follow (${verdict.order}).${doubt}`;
    for (const item of items) report({ code, memory, at: spanOf(slots, item), message });
  }
  return verdict.order;
}

/** An item in the wrong place; two items if it may be either of them. */
interface Misplaced {
  readonly items: readonly number[];
  readonly child: number;
}

/** Returns the fewest items that explain all violations. An item with several violations is wrong, not its partners. */
function misplacedItems(violations: readonly Disorder[]): readonly Misplaced[] {
  const counts = new Map<number, number>();
  for (const { child } of violations) {
    for (const item of [child, parentOf(child)]) counts.set(item, (counts.get(item) ?? 0) + 1);
  }
  const wrong = new Set<number>();
  return violations.flatMap(({ child, parentToo }): readonly Misplaced[] => {
    const parent = parentOf(child);
    if (wrong.has(child) || wrong.has(parent)) return [];
    const [ofChild, ofParent] = [counts.get(child) ?? 0, counts.get(parent) ?? 0];
    const items = ofChild === ofParent ? (parentToo ? [child, parent] : [child]) : [ofChild > ofParent ? child : parent];
    for (const item of items) wrong.add(item);
    return [{ items, child }];
  });
}

function parentOf(child: number): number {
  return Math.floor((child - 1) / 2);
}

function spanOf(slots: Slots, index: number): AddressRange {
  return { start: slots.addressOf(index), length: slots.width + slots.itemSize(index) };
}
