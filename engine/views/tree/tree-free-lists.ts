import type { Budget } from '../../core/budget.ts';
import { formatAddress, formatBytes, formatCount, formatCounted } from '../../core/format.ts';
import { codeSpan, markdownText } from '../../core/markdown.ts';
import type { AddressRange, MappedMemory } from '../../core/memory/memory.ts';
import { regionId as partOfRegion } from '../../core/part-ids.ts';
import type { AllocatorState } from '../../motoko/stable-variables/memory-regions.ts';
import { findSpace } from '../../snapshot/find-part.ts';
import { pieceKind } from '../../snapshot/layout/layout.ts';
import { ALLOCATOR_SOURCES } from '../../snapshot/motoko/memory-regions.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { nameOfSpace, type Space } from '../../snapshot/space.ts';
import { type List, row, rowsOf } from '../list.ts';
import { FREE_NAMES, INFERRED_LISTS } from '../names.ts';
import type { TreeRow } from '../protocol.ts';
import { freedAreas } from './tree-areas.ts';
import { byteRangeOf, titleOf } from './tree-words.ts';

export function freeListRoots(snapshot: Snapshot, budget: Budget): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  if (snapshot.layout.kind === 'memory-manager' || snapshot.layout.kind === 'motoko-regions') {
    const freed = freedAreas(snapshot);
    const bytes = freed.reduce((sum, area) => sum + area.extent.length, 0);
    rows.push(
      row({
        id: 'freed:',
        label: `freed ${pieceKind(snapshot.layout)}s`,
        description:
          freed.length === 0 ? 'none' : `${formatCounted(freed.length, pieceKind(snapshot.layout))} · ${formatBytes(bytes)}`,
        icon: 'free',
        expandable: freed.length > 0,
      }),
    );
  }
  rows.push(...snapshot.motoko.allocators.map((allocator, index) => allocatorRow(snapshot, allocator, index)));
  for (const placed of snapshot.structures) {
    const inferred = INFERRED_LISTS.has(placed.structure.kind);
    if (inferred && placed.spaces.every((space) => snapshot.motoko.blocksOf(space) !== undefined)) continue;
    const count = placed.structure.freeCount(budget);
    if (count === 0 && !HAS_FREE_LIST.has(placed.structure.kind)) continue;
    const listed = count === 0 ? 'none' : formatCounted(count, `free ${FREE_NAMES[placed.structure.kind]}`);
    rows.push(
      row({
        id: `free:${placed.part}`,
        label: titleOf(placed),
        description: inferred ? `${listed} · inferred from live pointers` : listed,
        tooltip: inferred ? `${listed}. ${INFERRED}` : `${listed}. The free list, in the order in which blocks are allocated.`,
        icon: 'free',
        expandable: count > 0,
        part: placed.part,
      }),
    );
  }
  return rows;
}

const HAS_FREE_LIST: ReadonlySet<string> = new Set(['btreemap', 'btreeset', ...INFERRED_LISTS]);

const INFERRED =
  'Inferred: the free list itself is on the Motoko heap. These are the gaps between the blocks that live pointers lead to. A snapshot folder with its wasm_memory.bin has the list itself.';

export function freeList(placed: PlacedStructure, budget: Budget): List {
  const { structure } = placed;
  return {
    count: structure.freeCount(budget),
    nouns: `free ${FREE_NAMES[structure.kind]}s`,
    rows: ({ from, to }) =>
      structure.freeList(from, to - from, budget).map((block, index) => {
        const space = placed.spaces.find(({ memory }) => memory === block.memory) ?? placed.space;
        const where = placed.spaces.length > 1 ? ` of ${nameOfSpace(space)}` : '';
        return freeBlockRow(`freeBlock:${placed.part}:${from + index}`, block, space.memory, where);
      }),
  };
}

/** Returns the row of a `MemoryRegion` whose free list is in the stable variables or on the heap. */
function allocatorRow(snapshot: Snapshot, { path, free, ...allocator }: AllocatorState, index: number): TreeRow {
  const space = spaceOfAllocator(snapshot, allocator);
  const bytes = free.reduce((sum, span) => sum + span.length, 0);
  const listed = free.length === 0 ? 'none' : `${formatCounted(free.length, 'free block')} · ${formatBytes(bytes)}`;
  const source = `from the ${ALLOCATOR_SOURCES[allocator.source]}`;
  return row({
    id: `allocator:${index}`,
    label: `${space === undefined ? `region ${allocator.regionId}` : nameOfSpace(space)} · MemoryRegion`,
    description: `${listed} · ${source}`,
    tooltip: `The free list of ${codeSpan(path)}, ${source}: ${listed}.`,
    icon: 'free',
    expandable: free.length > 0,
    part: space?.part,
  });
}

export function spaceOfAllocator(snapshot: Snapshot, { regionId }: Pick<AllocatorState, 'regionId'>): Space | undefined {
  return findSpace(snapshot, partOfRegion(regionId));
}

export function freeBlockList(id: string, spans: readonly AddressRange[], memory: MappedMemory | undefined): List {
  return rowsOf(spans, 'free blocks', (span, index) => freeBlockRow(`${id}:${index}`, span, memory));
}

function freeBlockRow(id: string, { start, length }: AddressRange, memory: MappedMemory | undefined, where = ''): TreeRow {
  return row({
    id,
    label: formatAddress(start),
    description: `${formatBytes(length)}${where}`,
    tooltip: `${formatCount(length)} bytes from ${formatAddress(start)} on${markdownText(where)}`,
    icon: 'free',
    at: byteRangeOf(memory?.toImage(start, length)[0]),
    address: formatAddress(start),
  });
}
