import { Budget } from '../../../core/budget.ts';
import type { FindingCode, Report } from '../../../core/findings.ts';
import { formatAddress, formatBytes, formatCount, formatCounted } from '../../../core/format.ts';
import { at, byteLength, readBytes, viewOf } from '../../../core/memory/memory.ts';
import type { StructureScan } from '../../../core/structure.ts';
import { type UsageClass, UsageRuns } from '../../../core/usage-runs.ts';
import { FreeList } from '../free-list.ts';
import { CHUNK_HEADER_LENGTH, CHUNKS_AT, COUNT_AT, LENGTH_AT, ROOT_AT, VALUE_BOUND_AT } from '../layout.ts';
import { FREE, Marks, READABLE, UNREACHABLE } from '../marks.ts';
import type { KeyForm } from '../nodes/node.ts';
import type { ReportFinding } from '../nodes/overflow.ts';
import type { OpenTree } from '../open-tree.ts';
import { reportPageFit } from './page-fit.ts';
import { scanOrder } from './scan-order.ts';
import { findUnreachableChunks, type UnreachableChunks } from './unreachable-chunks.ts';
import { TreeWalk } from './walk.ts';

/** Maximum findings reported per kind. More of a kind add nothing new. */
const MAX_PER_CODE = 256;

/** Walks the tree, the free list and the chunks once. */
export function scanTree(tree: OpenTree, report: Report, budget: Budget): StructureScan {
  const reported = new Map<FindingCode, number>();
  let path: () => readonly string[] = () => [];
  const reportAt: ReportFinding = (code, span, message, wasted) => {
    const count = (reported.get(code) ?? 0) + 1;
    reported.set(code, count);
    if (count <= MAX_PER_CODE) report({ code, memory: tree.memory, at: span, message, wasted, path: path() });
  };

  const marks = new Marks();
  const refused = new Set<number>();
  const form = tree.form ?? 'variable';
  const walk = new TreeWalk(tree, tree.header.root, form, { marks, refused, reportAt });
  path = () => walk.way;
  const { entries, keyOrder } = scanOrder({ tree, form, walk, budget }, (code, span, message, way) => {
    path = () => way;
    reportAt(code, span, message);
  });
  path = () => [];

  const list = new FreeList(tree, tree.allocator.freeHead, marks, reportAt);
  list.advance(Number.POSITIVE_INFINITY, budget);
  const unreachable = findUnreachableChunks(tree, marks, list, budget, reportAt);
  if (budget.cutShort === undefined) {
    if (walk.counts.broken > 0) reportOtherWays(tree, form, refused, reportAt);
    reportLeafDepths(walk, reportAt);
    reportRaisedBound(tree, walk, reportAt);
    reportCounts(tree, walk, entries, list, unreachable, reportAt, budget);
    const { lengths, leaves, internal } = walk.counts;
    const isWhole = lengths.nodes === leaves + internal && tree.header.length === BigInt(entries);
    if (isWhole) reportPageFit(tree, lengths, reportAt);
  }

  if (unreachable.stale.first !== undefined) {
    const size = `${formatBytes(unreachable.stale.bytes)} in ${formatCounted(unreachable.stale.chunks, 'chunk')}`;
    const message = `Above the highest chunk in use, ${size} are left from before the map was cleared: its old entries can still be read there.`;
    reportAt('btree.stale-chunks', { start: at(0, unreachable.stale.first), length: unreachable.stale.bytes }, message);
  }

  const { counts } = walk;
  const broken = counts.broken > 0;
  const runs = runsOf(tree, walk, marks, unreachable, budget);
  return {
    usage: runs.totals(),
    runs: [runs],
    facts: {
      nodes: counts.leaves + counts.internal,
      leaves: counts.leaves,
      internal: counts.internal,
      overflowPages: counts.overflowPages,
      depth: Math.max(0, ...[...counts.leavesByDepth.keys()].map((depth) => depth + 1)),
      allocatedChunks: tree.allocator.allocatedChunks,
      freeChunks: list.chunks.length,
      leakedChunks: broken ? 0 : unreachable.allocated.chunks,
      ...(broken && { unreachedChunks: unreachable.allocated.chunks }),
      ...(unreachable.stale.chunks > 0 && { staleChunks: unreachable.stale.chunks }),
      ...(counts.version1 > 0 && { version1Nodes: counts.version1 }),
      ...(entries > 1 && { keyOrder }),
    },
    cutShort: budget.cutShort,
  };
}

/** Reports the first of two pointers to one chunk. Either may be the wrong one; the walk has reported the second. */
function reportOtherWays(tree: OpenTree, form: KeyForm, refused: ReadonlySet<number>, reportAt: ReportFinding): void {
  const targetOf = (pointer: number): number => Number(viewOf(readBytes(tree.memory, at(0, pointer), 8)).getBigUint64(0, true));
  const twice = new Set([...refused].map((pointer) => tree.grid.indexOf(targetOf(pointer) - CHUNK_HEADER_LENGTH)));
  const first: number[] = [];
  const onVisit = (index: number, pointer: number): void => {
    if (twice.delete(index)) first.push(pointer);
  };
  const walk = new TreeWalk(tree, tree.header.root, form, { marks: new Marks(), refused: new Set(), onVisit });
  const unlimited = new Budget();
  while (twice.size > 0 && walk.next(unlimited)) {}
  for (const pointer of first) {
    const message = `This is not the only pointer to ${formatAddress(targetOf(pointer))}: one of them is wrong.`;
    reportAt('btree.node-reached-twice', { start: at(0, pointer), length: 8 }, message);
  }
}

/** Reports values that are too long in several nodes: they were written that way. A single one is a damaged size. */
function reportRaisedBound({ header }: OpenTree, { counts }: TreeWalk, reportAt: ReportFinding): void {
  if (header.bounds === undefined || counts.longValues < 2) return;
  const message = `${formatCounted(counts.longValues, 'node')} of version 1 have values of up to ${formatCounted(counts.longestValue, 'byte')}, but the map was created for at most ${formatCount(header.bounds.value)}: the bound of the value type (MAX_SIZE) was raised or removed later.`;
  reportAt('btree.bound-raised', { start: VALUE_BOUND_AT, length: 4 }, message);
}

function reportLeafDepths(walk: TreeWalk, reportAt: ReportFinding): void {
  const depths = [...walk.counts.leavesByDepth].sort(([, a], [, b]) => b.count - a.count);
  const [usual, ...others] = depths;
  for (const [depth, { first, count }] of others) {
    const message = `${formatCounted(count, 'leaf is', 'leaves are')} at level ${depth + 1}, the others at level ${(usual?.[0] ?? 0) + 1}.`;
    reportAt('btree.leaf-depth', { start: at(0, first), length: 7 }, message);
  }
}

/** Compares the counts in the header and the allocator with those of the scan. */
function reportCounts(
  tree: OpenTree,
  walk: TreeWalk,
  entries: number,
  list: FreeList,
  unreachable: UnreachableChunks,
  reportAt: ReportFinding,
  budget: Budget,
): void {
  const { header, allocator } = tree;
  const { counts } = walk;
  if (header.length !== BigInt(entries)) {
    const message = `The header says that there are ${formatCounted(header.length, 'entry', 'entries')}; ${formatCount(entries)} can be reached.`;
    // If chunks are not reached either, the root, the field before the length, may be the wrong one.
    const rootToo = unreachable.allocated.chunks > 0 && counts.broken === 0;
    reportAt('btree.length', rootToo ? { start: ROOT_AT, length: 16 } : { start: LENGTH_AT, length: 8 }, message);
  }
  const used = counts.visited + unreachable.allocated.chunks;
  if (allocator.allocatedChunks !== used && unreachable.unreadable.chunks === 0) {
    const message = `According to the allocator there are ${formatCounted(allocator.allocatedChunks, 'allocated chunk')}; actually there are ${formatCount(used)}.`;
    reportAt('alloc.count', { start: COUNT_AT, length: 8 }, message);
  }
  if (unreachable.allocated.first !== undefined) {
    const size = `${formatBytes(unreachable.allocated.bytes)} in ${formatCounted(unreachable.allocated.chunks, 'chunk')}`;
    const message =
      counts.broken > 0
        ? `No node leads to ${size} that are allocated, perhaps only because of the damage above.`
        : `No node leads to ${size} that are allocated: they are lost until the map is rebuilt.`;
    const wasted = counts.broken > 0 ? undefined : unreachable.allocated.bytes;
    reportAt('btree.chunk-leaked', { start: at(0, unreachable.allocated.first), length: tree.grid.stride }, message, wasted);
  }
  if (unreachable.free.first !== undefined && !list.broken) {
    const size = `${formatBytes(unreachable.free.bytes)} in ${formatCounted(unreachable.free.chunks, 'chunk')}`;
    const skipped = list.skippedAt(unreachable.free.first, budget);
    const message = `The free list ${skipped === undefined ? 'does not contain' : 'skips'} ${size} that are marked as free: they are never used again.`;
    const span = skipped ?? { start: at(0, unreachable.free.first), length: tree.grid.stride };
    reportAt('alloc.chunks-unaccounted', span, message, unreachable.free.bytes);
  }
}

/** Returns the usage of the header and the chunks, up to the last chunk about which something is known. */
function runsOf(tree: OpenTree, walk: TreeWalk, marks: Marks, unreachable: UnreachableChunks, budget: Budget): UsageRuns {
  const { grid, memory } = tree;
  const all = byteLength(memory);
  const isWhole = budget.cutShort === undefined;
  const others: UsageClass = isWhole ? 'free' : 'unknown';
  const unreachableClass: UsageClass = walk.counts.broken === 0 ? 'leaked' : 'unknown';
  const classOf = (index: number): UsageClass => {
    const seen = marks.get(index);
    if ((seen & READABLE) !== 0) return 'live';
    if (seen !== 0) return seen === FREE ? 'free' : 'unknown';
    const found = isWhole ? unreachable.marks.get(index) : 0;
    return found === 0 ? others : found === UNREACHABLE ? unreachableClass : 'unknown';
  };
  const runs = UsageRuns.of([CHUNKS_AT, 'metadata']);
  const last = Math.max(marks.highest, unreachable.marks.highest);
  for (let index = 0; index <= last; index += 1)
    runs.addUntil(Math.min(grid.addressOf(index) + grid.stride, all), classOf(index));
  runs.addUntil(all, others);
  return runs;
}
