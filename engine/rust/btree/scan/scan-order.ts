import type { Budget } from '../../../core/budget.ts';
import type { FindingCode } from '../../../core/findings.ts';
import { formatAddress, formatCounted } from '../../../core/format.ts';
import { type AddressRange, at } from '../../../core/memory/memory.ts';
import { OrderJudge, type Verdict } from '../../../key-order/judge.ts';
import type { Compare } from '../../../key-order/orders.ts';
import { type Suspects, suspectsAmong } from '../../../key-order/suspects.ts';
import { Marks } from '../marks.ts';
import type { KeyForm } from '../nodes/node.ts';
import type { OpenTree } from '../open-tree.ts';
import { OrderCheck, pairsOf, type SeenKey, type Violation, type Window } from './order-check.ts';
import { findSwappedChildren, type SwappedChildren } from './swapped-children.ts';
import { TreeWalk } from './walk.ts';

/** Maximum distance in bytes between keys that are reported as one span. */
const MAX_SPAN = 1 << 16;
/**
 * Maximum keys to remove so that all others are in order. If more are out of order, it is not damage of a node: no node has so
 * many.
 */
const MAX_REMOVALS = 12;

type ReportOrder = (code: FindingCode, at: AddressRange, message: string, way: readonly string[]) => void;

interface OrderScan {
  readonly tree: OpenTree;
  readonly form: KeyForm;
  /** The walk, before its first step. */
  readonly walk: TreeWalk;
  readonly budget: Budget;
}

/** Takes the walk through all entries, and reports the keys that are not in the order of the others. */
export function scanOrder(scan: OrderScan, report: ReportOrder): { readonly entries: number; readonly keyOrder: string } {
  const { tree, form, walk, budget } = scan;
  const sample = tree.sample.flatMap((node) => pairsOf(node, form));
  const judge = new OrderJudge<Violation>(sample, { equal: false, isOneKey });
  const entries = checkOrder(walk, judge, budget);
  const settled = judge.settle((other) => checkAgain(scan, other));
  const swapped = settled.verdict.kind === 'ordered' ? [] : swappedIn(scan, settled.judge, settled.verdict);
  for (const { node, children, at: span } of swapped) {
    const [one, other] = children;
    const message = `Children ${one} and ${other} of node ${formatAddress(node)} are swapped: the keys below each belong below the other, and searches miss them.`;
    report('btree.keys-unsorted', span, message, [`node ${formatAddress(node)}`]);
  }
  const verdict = swapped.length === 0 ? settled.verdict : verdictWithout(swapped, scan, settled.judge);
  return { entries, keyOrder: reportVerdict(verdict, settled.judge.compare.bind(settled.judge), report) };
}

/** Checks all entries, and counts them. */
function checkOrder(walk: TreeWalk, judge: OrderJudge<Violation>, budget: Budget): number {
  const check = new OrderCheck(judge);
  const place = () => ({ way: walk.way, nodes: walk.path.map(({ node }) => node) });
  let entries = 0;
  while (walk.next(budget)) {
    for (let index = walk.first; index < walk.first + walk.count; index += 1) check.next(walk.reader, index, place);
    entries += walk.count;
  }
  check.end();
  return entries;
}

function checkAgain(
  { tree, form, budget }: OrderScan,
  judge: OrderJudge<Violation>,
  redirect?: ReadonlyMap<number, number>,
): boolean {
  const options = { marks: new Marks(), refused: new Set<number>(), ...(redirect && { redirect }) };
  checkOrder(new TreeWalk(tree, tree.header.root, form, options), judge, budget);
  return budget.cutShort === undefined;
}

/** Returns the swapped children of the nodes that lead to keys out of order. */
function swappedIn(
  { tree, form }: OrderScan,
  judge: OrderJudge<Violation>,
  verdict: Verdict<Violation>,
): readonly SwappedChildren[] {
  if (!('violations' in verdict)) return [];
  const nodes = new Set(verdict.violations.flatMap((violation) => violation.nodes));
  return [...nodes].flatMap((node) => findSwappedChildren(tree, form, node, judge.compare.bind(judge)) ?? []);
}

/** Judges the keys as if the children were where they belong. */
function verdictWithout(
  swapped: readonly SwappedChildren[],
  scan: OrderScan,
  settled: OrderJudge<Violation>,
): Verdict<Violation> {
  const redirect = new Map<number, number>();
  for (const { pointers, targets } of swapped) {
    redirect.set(pointers[0], targets[1]);
    redirect.set(pointers[1], targets[0]);
  }
  const judge = settled.again();
  const whole = checkAgain(scan, judge, redirect);
  return whole ? judge.settle(() => false).verdict : { kind: 'ordered', order: settled.order.name };
}

/** Reports the findings of a verdict. Returns the display name of the order. */
function reportVerdict(verdict: Verdict<Violation>, compare: Compare, report: ReportOrder): string {
  switch (verdict.kind) {
    case 'ordered':
      return verdict.order;
    case 'own':
      return 'unknown';
    case 'damaged':
    case 'doubtful': {
      const places = misplacedKeys(verdict.violations, compare);
      if (places === undefined) return 'unknown';
      for (const { keys, way } of places) {
        const what = keys.length === 1 ? 'This key is' : `${formatCounted(keys.length, 'key')} here are`;
        const message =
          verdict.kind === 'damaged'
            ? `${what} not in the order that the others follow (${verdict.order}): searches miss entries here.`
            : `${what} not in the order that all others follow (${verdict.order}). Either it is damaged, or the keys have another order (${verdict.excuse}), in which nothing is wrong.`;
        report(verdict.kind === 'damaged' ? 'btree.keys-unsorted' : 'btree.keys-unsorted-doubtful', spanOf(keys), message, way);
      }
      return verdict.order;
    }
  }
}

/** Returns true if all keys ascend once a single key is left out. */
function isOneKey(violations: readonly Violation[], compare: Compare): boolean {
  const windows = new Set(violations.map(({ window }) => window));
  const removals = [...windows].map((window) => (window ? suspectsIn(window, compare).removals : Number.POSITIVE_INFINITY));
  return removals.reduce((sum, one) => sum + one, 0) === 1;
}

function suspectsIn({ keys }: Window, compare: Compare): Suspects {
  return suspectsAmong(
    keys.map(({ bytes }) => bytes),
    compare,
  );
}

/** Keys of one node that may be the damaged ones. */
interface Misplaced {
  readonly keys: readonly SeenKey[];
  readonly way: readonly string[];
}

/**
 * Returns the keys that may be damaged, node by node; undefined if there are so many that the program must use a custom order.
 */
function misplacedKeys(violations: readonly Violation[], compare: Compare): readonly Misplaced[] | undefined {
  const byNode = new Map<number, { keys: SeenKey[]; way: readonly string[] }>();
  const seen = new Set<Window>();
  for (const { window, way, nodes } of violations) {
    if (window === undefined || seen.has(window)) continue;
    seen.add(window);
    const suspects = suspectsIn(window, compare);
    if (suspects.removals > MAX_REMOVALS || isRestart(window, suspects)) return undefined;
    for (const index of suspects.indexes) {
      const key = window.keys[index];
      if (!key) continue;
      const ofNode = byNode.get(key.node) ?? {
        keys: [],
        way: key.node === nodes.at(-1) ? way : [`node ${formatAddress(key.node)}`],
      };
      ofNode.keys.push(key);
      byNode.set(key.node, ofNode);
    }
  }
  return [...byNode.values()];
}

/**
 * Returns true if several keys at an end of the map ascend among themselves and only start over. A longer encoding causes that,
 * and damage rarely does.
 */
function isRestart({ keys, atStart, atEnd }: Window, { removals, indexes }: Suspects): boolean {
  if (removals < 2 || indexes.length !== removals) return false;
  const [first = 0] = indexes;
  const isRun = indexes.every((index, position) => index === first + position);
  return isRun && ((atEnd && first + removals === keys.length) || (atStart && first === 0));
}

function spanOf(keys: readonly SeenKey[]): AddressRange {
  const [first, ...others] = keys;
  let start = first?.address ?? 0;
  let end = start + (first?.bytes.length ?? 0);
  for (const { address, bytes } of others) {
    if (Math.max(end, address + bytes.length) - Math.min(start, address) > MAX_SPAN) continue;
    start = Math.min(start, address);
    end = Math.max(end, address + bytes.length);
  }
  return { start: at(0, start), length: end - start };
}
