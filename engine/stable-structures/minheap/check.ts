import type { Budget } from '../../budget.ts';
import type { Report } from '../../findings.ts';
import { formatCount } from '../../format.ts';
import type { ReadableMemory, Span } from '../../memory/memory.ts';
import { LONGEST_COMPARED, OrderJudge } from '../order-judge.ts';
import type { KeyPair } from '../orders.ts';
import type { Slots } from '../vec/slots.ts';

/** So many pairs of items are judged for their order. */
const SAMPLED = 512;

/** A child that should not stand below its parent. */
interface Disorder extends KeyPair {
  readonly child: number;
  /** The item above the parent comes before the child, too: then it may be the parent that is wrong. */
  readonly parentToo: boolean;
}

/**
 * Checks that no item comes before its parent: item i's is item (i - 1) / 2, and the least one is item 0. Returns the order that the items
 * follow; undefined where there are too few, or none of the known ones is followed.
 */
export function checkHeap(memory: ReadableMemory, slots: Slots, report: Report, budget: Budget): string | undefined {
  // Items without bytes are all alike, however many a damaged header counts.
  if (slots.count < 2 || slots.size === 0) return undefined;
  const pairAt = (child: number): readonly KeyPair[] => {
    const [before, after] = [slots.read(parentOf(child), LONGEST_COMPARED), slots.read(child, LONGEST_COMPARED)];
    return before && after ? [{ before, after }] : [];
  };
  const step = Math.ceil((slots.count - 1) / SAMPLED);
  const sample = Array.from({ length: Math.floor((slots.count - 2) / step) + 1 }, (_, index) => pairAt(1 + index * step));
  const check = (judge: OrderJudge<Disorder>): boolean => {
    for (let child = 1; child < slots.count && budget.spend(2 * slots.size); child += 1) {
      const [pair] = pairAt(child);
      if (!pair) continue;
      judge.next(pair.before, pair.after, () => {
        const above = child > 2 ? slots.read(parentOf(parentOf(child)), LONGEST_COMPARED) : undefined;
        return { ...pair, child, parentToo: above === undefined || judge.compare(above, pair.after) <= 0 };
      });
    }
    return budget.cutShort === undefined;
  };
  const judge = new OrderJudge<Disorder>(sample.flat(), true);
  check(judge);
  const { order, violations } = judge.settled(check).finish();
  for (const { child, parentToo } of violations) {
    const parent = parentOf(child);
    const message = `Item ${formatCount(child)} should not come before item ${formatCount(parent)}, its parent.`;
    for (const item of parentToo ? [child, parent] : [child])
      report({ code: 'heap.order', memory, at: spanOf(slots, item), message });
  }
  return order;
}

function parentOf(child: number): number {
  return Math.floor((child - 1) / 2);
}

function spanOf(slots: Slots, index: number): Span {
  return { start: slots.addressOf(index), length: slots.width + slots.itemSize(index) };
}
