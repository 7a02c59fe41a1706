import type { Budget } from '../../core/budget.ts';
import type { Report } from '../../core/findings.ts';
import { formatAddress, formatBytes, formatCounted } from '../../core/format.ts';
import { type AddressRange, at, byteLength } from '../../core/memory/memory.ts';
import type { StructureScan } from '../../core/structure.ts';
import { addedUp, type UsageRuns } from '../../core/usage-runs.ts';
import { inOrder } from '../image-usage.ts';
import { ALLOCATOR_SOURCES } from '../motoko/memory-regions.ts';
import { type RegionBlocks, without } from '../motoko/region-blocks.ts';
import type { PlacedStructure } from '../placed.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Space } from '../space.ts';

/** Maximum findings reported per region and kind. */
const MAX_FINDINGS = 100;
const GAPS_AT_ONCE = 4096;

/**
 * Compares the bytes that a structure uses with those that the `MemoryRegion`s of its regions have allocated, where the state of
 * these allocators is known. Allocated bytes that the structure does not use are leaked; bytes in use that are free will be
 * overwritten.
 */
export function crossCheckAllocators(
  snapshot: Snapshot,
  placed: PlacedStructure,
  scan: StructureScan,
  report: Report,
  budget: Budget,
): StructureScan {
  const runs: UsageRuns[] = [...(scan.runs ?? [inOrder(scan.usage, byteLength(placed.space.memory))])];
  let anyLeaked = false;
  for (const [index, space] of placed.spaces.entries()) {
    // Slots of pointers are not allocated one by one.
    const blocks = placed.structure.roles?.[index] === 'pointers' ? undefined : snapshot.motoko.blocksOf(space);
    if (blocks === undefined || scan.cutShort !== undefined || scan.usage.unknown > 0) continue;
    const gaps = gapsIn(placed, space, blocks, budget);
    if (gaps === undefined) continue;
    const leaked = without(gaps, blocks.free);
    reportLeaked(leaked, space, blocks, report);
    const own = runs[index];
    if (own !== undefined && leaked.length > 0) {
      runs[index] = own.withLeaked(leaked);
      anyLeaked = true;
    }
    reportInUse(without(blocks.free, gaps), space, blocks, report);
  }
  return anyLeaked ? { ...scan, usage: addedUp(runs), runs } : scan;
}

/**
 * Returns the unused ranges of the structure below the end of all allocations; undefined where the budget is too small to find
 * them.
 */
function gapsIn({ structure, space: leading }: PlacedStructure, space: Space, blocks: RegionBlocks, budget: Budget) {
  const gaps: AddressRange[] = [];
  const count = structure.freeCount(budget);
  for (let from = 0; from < count; from += GAPS_AT_ONCE) {
    for (const { start, length, memory = leading.memory } of structure.freeList(from, GAPS_AT_ONCE, budget)) {
      if (memory === space.memory) gaps.push({ start, length: Math.min(length, blocks.end - start) });
    }
  }
  if (blocks.end > 0) {
    const last = structure.owners(space.memory, at(0, blocks.end - 1), budget).at(-1);
    if (last?.kind === 'unused') gaps.push({ start: last.address, length: blocks.end - last.address });
  }
  return budget.cutShort === undefined ? gaps.filter(({ length }) => length > 0) : undefined;
}

function reportLeaked(leaked: readonly AddressRange[], { memory }: Space, { allocator }: RegionBlocks, report: Report): void {
  const bytes = leaked.reduce((sum, { length }) => sum + length, 0);
  const [first] = leaked;
  if (first !== undefined) {
    const ranges = leaked.length === 1 ? '' : ` in ${formatCounted(leaked.length, 'range')}, the first`;
    const message = `${formatBytes(bytes)}${ranges} at ${formatAddress(first.start)}, are allocated according to the ${ALLOCATOR_SOURCES[allocator.source]}, but nothing leads to them.`;
    report({ code: 'memory-region.leaked', memory, at: first, message, wasted: bytes, path: [allocator.path] });
  }
}

function reportInUse(used: readonly AddressRange[], { memory }: Space, { allocator }: RegionBlocks, report: Report): void {
  for (const span of used.slice(0, MAX_FINDINGS)) {
    const message = `${formatCounted(span.length, 'byte')} at ${formatAddress(span.start)} are in use, but free according to the ${ALLOCATOR_SOURCES[allocator.source]}: the allocator will allocate them again.`;
    report({ code: 'memory-region.freed-in-use', memory, at: span, message, path: [allocator.path] });
  }
}
