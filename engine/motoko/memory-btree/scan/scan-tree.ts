import type { Budget } from '../../../core/budget.ts';
import type { FindingCode, Report } from '../../../core/findings.ts';
import { formatAddress, formatBytes, formatCount, formatCounted } from '../../../core/format.ts';
import { littleEndian } from '../../../core/little-endian.ts';
import { at, byteLength, type ReadableMemory } from '../../../core/memory/memory.ts';
import type { StructureScan } from '../../../core/structure.ts';
import { addedUp, UsageRuns } from '../../../core/usage-runs.ts';
import { OrderJudge, type Verdict } from '../../../key-order/judge.ts';
import { BY_LENGTH_FROM_LAST } from '../../../key-order/orders.ts';
import type { ValueIndex } from '../../memory-buffer/value-index.ts';
import { findClashes } from '../../overlap-suspects.ts';
import { type Contents, ContentsReader, FIRST_BLOB } from '../contents.ts';
import { COUNT_AT, decodeEntry, decodeHeader, HEADER_LENGTH, KEY_IN_ENTRY, NODE_COUNT_AT } from '../layout.ts';
import { branchLength, leafAt } from '../node.ts';
import { entryOf, keySpan, type Tree } from '../tree.ts';
import { LeafOrder, type ReportFinding } from './leaf-order.ts';
import { findLeakedBranches } from './leaks.ts';
import { OrderCheck, type PlacedKey, samplePairs, type Violation } from './order-check.ts';

/** Maximum findings reported per code; more add no information. */
const MAX_FINDINGS_PER_CODE = 256;

/** Scans all nodes and entries once. */
export function scanTree(tree: Tree, report: Report, budget: Budget): StructureScan {
  const reportedByCode = new Map<FindingCode, number>();
  const reportLimited: ReportFinding = (code, memory, span, message, path, more) => {
    const count = (reportedByCode.get(code) ?? 0) + 1;
    reportedByCode.set(code, count);
    if (count <= MAX_FINDINGS_PER_CODE) report({ code, memory, at: span, message, path, ...more });
  };

  const order = new LeafOrder(tree, tree.header, reportLimited);
  order.advance(Number.POSITIVE_INFINITY, budget);
  const leaked = findLeakedBranches(tree, order, budget);
  const pairs = samplePairs(tree, order);
  const judge = new OrderJudge<Violation>(pairs, {
    equal: false,
    usual: [BY_LENGTH_FROM_LAST],
    isOneKey: (violations) => new Set(violations.map(({ culprit }) => culprit)).size === 1,
  });
  const reader = new ContentsReader(tree, order, reportLimited, new OrderCheck(judge));
  const contents = order.whole ? reader.read(leaked, budget) : undefined;
  const { verdict } = judge.settle((other) => {
    if (!order.whole) return false;
    new ContentsReader(tree, order, undefined, new OrderCheck(other)).read([], budget);
    return budget.cutShort === undefined;
  });
  for (const { culprit } of 'violations' in verdict ? verdict.violations : []) reportOrder(verdict, culprit, reportLimited);
  if (contents && budget.cutShort === undefined) {
    reportCounts(tree, order, leaked, reportLimited);
    reportOverlaps(tree, tree.data, contents.data, placesOf(tree, order), reportLimited, budget);
    if (tree.values && contents.values)
      reportOverlaps(tree, tree.values, contents.values, placesOf(tree, order), reportLimited, budget);
  }
  return {
    ...usageOf(tree, order, leaked, contents),
    facts: {
      nodes: order.leaves.length + order.branches.length,
      leafNodes: order.leaves.length,
      branchNodes: order.branches.length,
      depth: order.depth,
      ...(contents && {
        freeBlocks: indexesOf(contents).reduce((sum, index) => sum + index.gapCount, 0),
        freeBlocksInferred: true,
        ...(contents.referenced > 0 && { referencedEntries: contents.referenced }),
      }),
      ...(leaked.length > 0 && { leakedBranches: leaked.length }),
      ...(order.entries > 1 && { keyOrder: verdict.kind === 'own' ? 'unknown' : verdict.order }),
    },
    cutShort: budget.cutShort,
  };
}

function reportOrder(verdict: Verdict<Violation>, { memory, at: span, path }: PlacedKey, report: ReportFinding): void {
  if (verdict.kind === 'damaged') {
    const message = `This key is not in the order that the others follow (${verdict.order}): searches miss entries here.`;
    report('memory-btree.order', memory, span, message, path());
  } else if (verdict.kind === 'doubtful') {
    const message = `This key is not in the order that all others follow (${verdict.order}). Either it is damaged, or the keys have another order (${verdict.excuse}), in which nothing is wrong.`;
    report('memory-btree.order-doubtful', memory, span, message, path());
  }
}

/** Compares the counts in the headers with what was found. */
function reportCounts(tree: Tree, order: LeafOrder, leaked: readonly number[], report: ReportFinding): void {
  const { count } = tree.header;
  // Damage that hides nodes also hides their number.
  const proven = (value: number) => ({ right: order.obstacles === 0 ? littleEndian(value, 8) : undefined });
  if (count !== BigInt(order.entries)) {
    const message = `The header counts ${formatCounted(count, 'entry', 'entries')}, but ${formatCount(order.entries)} can be reached.`;
    report('memory-btree.length', tree.data, COUNT_AT, message, [], proven(order.entries));
  }
  const reportNodes = (memory: ReadableMemory, nodes: number, noun: string, nouns: string): void => {
    const counted = decodeHeader(memory)?.nodes ?? 0n;
    if (counted === BigInt(nodes)) return;
    const message = `The header counts ${formatCounted(counted, noun, nouns)}, but ${formatCount(nodes)} can be reached.`;
    report('memory-btree.length', memory, NODE_COUNT_AT, message, [], proven(nodes));
  };
  reportNodes(tree.leaves, order.leaves.length, 'leaf', 'leaves');
  const { branches } = tree;
  if (!branches) return;
  reportNodes(branches, order.branches.length + leaked.length, 'branch', 'branches');
  for (const address of leaked) {
    const length = branchLength(tree.capacity);
    const message = `Branch ${formatAddress(address)} was the root once and was never freed: ${formatBytes(length)} are lost.`;
    report('memory-btree.branch-leaked', branches, { start: at(0, address), length }, message, [], { wasted: length });
  }
}

/** Finds the address of an entry by its number, if it can be read. */
type PlaceOf = (number: number) => number | undefined;

function placesOf(tree: Tree, order: LeafOrder): PlaceOf {
  return (number) => {
    const placed = order.leafOf(number);
    const leaf = placed && leafAt(tree, placed.address);
    return leaf && placed ? entryOf(tree, leaf, number - placed.first)?.address : undefined;
  };
}

/** Reports entries and blocks that share bytes: at the header of the one that is out of place, or else at the bytes. */
function reportOverlaps(
  tree: Tree,
  memory: ReadableMemory,
  index: ValueIndex,
  placeOf: PlaceOf,
  report: ReportFinding,
  budget: Budget,
): void {
  const isOut = (number: number): boolean => {
    const entry = number >= FIRST_BLOB ? undefined : decodeEntry(tree.data, placeOf(number) ?? 0);
    return entry !== undefined && keySpan(tree, entry).length < entry.keySize;
  };
  for (const { suspect, overlap, values } of findClashes(index, isOut)) {
    if (!budget.spend()) return;
    const { first, second, span } = overlap;
    const others = values > 1 ? `, and ${formatCounted(values - 1, 'other')} with it` : '';
    const place = suspect === undefined || suspect >= FIRST_BLOB ? undefined : placeOf(suspect);
    const wrong = place === undefined || suspect === undefined ? '' : `, or ${nameOf(suspect).toLowerCase()} is wrong`;
    const message = `${nameOf(first)} and ${nameOf(second).toLowerCase()} share ${formatCounted(span.length, 'byte')} at ${formatAddress(span.start)}${others}: one has overwritten the other${wrong}.`;
    const path = [first, second].map((number) => nameOf(number).toLowerCase());
    if (place === undefined) report('memory-btree.overlap', memory, span, message, path);
    else report('memory-btree.overlap', tree.data, { start: at(0, place), length: KEY_IN_ENTRY }, message, path);
  }
}

function nameOf(number: number): string {
  return number >= FIRST_BLOB ? 'A separator' : `Entry ${formatCount(number)}`;
}

function indexesOf({ data, values, leaves, branches }: Contents): readonly ValueIndex[] {
  return [data, values, leaves, branches].filter((index) => index !== undefined);
}

/** Returns the regions of a tree, each once, the data region first. */
function regionsOf({ data, leaves, branches, values }: Tree): readonly ReadableMemory[] {
  return [...new Set([data, values, leaves, branches].filter((memory) => memory !== undefined))];
}

function usageOf(
  tree: Tree,
  order: LeafOrder,
  leaked: readonly number[],
  contents: Contents | undefined,
): Pick<StructureScan, 'usage' | 'runs'> {
  // If leaves are missing, their entries cannot be told apart from free bytes.
  const others = contents !== undefined && order.obstacles === 0 ? 'free' : 'unknown';
  const lost = [...leaked].sort((a, b) => a - b).map((start) => ({ start, length: branchLength(tree.capacity) }));
  const runs = regionsOf(tree).map((memory) => {
    const header = UsageRuns.of([memory === tree.values ? tree.valuesBase : HEADER_LENGTH, 'metadata']);
    const index = contents && indexOf(tree, contents, memory);
    if (index) index.layOut(header, byteLength(memory), others);
    else header.addUntil(byteLength(memory), others);
    return memory === tree.branches ? header.withLeaked(lost, 'live') : header;
  });
  return { usage: addedUp(runs), runs };
}

function indexOf(tree: Tree, contents: Contents, memory: ReadableMemory): ValueIndex | undefined {
  switch (memory) {
    case tree.data:
      return contents.data;
    case tree.values:
      return contents.values;
    case tree.leaves:
      return contents.leaves;
    default:
      return contents.branches;
  }
}
