import { formatBytes, formatCount, formatCounted } from '../core/format.ts';
import { PAGE_SIZE } from '../core/memory/memory.ts';
import { STRUCTURE_NAMES, type StructureKind } from '../core/structure-kinds.ts';
import type { RegionManagerView } from '../motoko/regions/inspect.ts';
import { FIRST_REGION } from '../motoko/regions/layout.ts';
import { LINKED_VERSION } from '../rust/linked-memory-manager/layout.ts';
import type { PlacedManager } from '../snapshot/layout/managers.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** Nouns for the elements of each kind of structure. */
export const ELEMENT_NAMES = {
  btreemap: 'entry',
  btreeset: 'key',
  vec: 'item',
  minheap: 'item',
  cell: 'value',
  log: 'entry',
  'memory-buffer': 'element',
  'memory-btree': 'entry',
  'memory-queue': 'element',
  'upgrade-dump': 'part',
  'value-log': 'entry',
  'indexed-log': 'entry',
  records: 'record',
  ring: 'record',
} as const satisfies Record<StructureKind, string>;

/** Nouns for the free blocks of each kind of structure. */
export const FREE_NAMES = {
  btreemap: 'chunk',
  btreeset: 'chunk',
  vec: 'slot',
  minheap: 'slot',
  cell: 'byte',
  log: 'byte',
  'memory-buffer': 'block',
  'memory-btree': 'block',
  'memory-queue': 'block',
  'upgrade-dump': 'byte',
  'value-log': 'byte',
  'indexed-log': 'byte',
  records: 'byte',
  ring: 'byte',
} as const satisfies Record<StructureKind, string>;

/** Returns the plural of one of the nouns above. */
export function plural(noun: string): string {
  return /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}

/** Names of facts that do not read well as they are. */
const FACT_NAMES: Readonly<Record<string, string>> = {
  framing: 'length before it',
  lostBytes: 'bytes lost',
  leftInManagersPage: 'bytes left in the manager’s page',
};

/** Returns a fact's name for people: `pageSize` becomes `page size`. */
export function nameOfFact(fact: string): string {
  return FACT_NAMES[fact] ?? fact.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Returns a fact's value for people: `1,024`, `yes`. */
export function textOfFact(value: number | string | boolean): string {
  if (typeof value === 'number') return formatCount(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value;
}

/** Returns a manager's name: `MemoryManager 1`, `Linked memory manager (experimental)`. */
export function nameOfManager(version: number): string {
  return version === LINKED_VERSION ? 'Linked memory manager (experimental)' : `MemoryManager ${version}`;
}

function describeManager({ page, view }: Pick<PlacedManager, 'page' | 'view'>): string {
  const { version, memories, allocatedBuckets, bucketPages } = view;
  const buckets = `${formatCounted(allocatedBuckets, 'bucket')} of ${formatBytes(bucketPages * PAGE_SIZE)}`;
  const order = 'byteOrder' in view ? `, ${view.byteOrder}` : '';
  const where = page === 0 ? '' : ` at page ${formatCount(page)}`;
  return `${nameOfManager(version)}${order}${where} · ${formatCounted(memories.length, 'memory', 'memories')} · ${buckets}`;
}

/** Returns the layout's name in `inspect --json`: a structure at the image's start, without a manager, is named by its kind. */
export function nameOfLayout({ layout, structures }: Pick<Snapshot, 'layout' | 'structures'>): string {
  const [first] = structures;
  return layout.kind === 'unknown' && first?.space.part === 'image' ? first.structure.kind : layout.kind;
}

/** Describes an image in one line: `MemoryManager 1 · 13 memories · 13 buckets of 8 MiB`. */
export function describeLayout({
  layout,
  structures,
  persistence,
}: Pick<Snapshot, 'layout' | 'structures' | 'persistence'>): string {
  switch (layout.kind) {
    case 'memory-manager':
      return layout.managers.map(describeManager).join('; ');
    case 'motoko-regions': {
      const { version, blocks } = layout.manager;
      return `Motoko regions ${version} · ${describeRegions(layout.manager)} · ${formatCounted(blocks, 'block')} of 8 MiB`;
    }
    case 'motoko-experimental':
      return layout.manager === undefined
        ? 'Motoko ExperimentalStableMemory, before an upgrade'
        : `Motoko ExperimentalStableMemory, before an upgrade · ${describeManager({ page: 0, view: layout.manager })}`;
    case 'motoko-stable-variables':
      return 'Motoko stable variables, before an upgrade';
    case 'sqlite':
      return 'SQLite database';
    case 'empty':
      if (persistence !== undefined) {
        const pages = layout.pages === 0 ? '' : ` · ${formatCounted(layout.pages, 'page')} of stable memory with nothing in it`;
        return `Motoko canister with ${persistence} persistence; its stable variables are in wasm_memory.bin${pages}`;
      }
      return layout.pages === 0 ? 'empty' : `nothing in it, ${formatCounted(layout.pages, 'page')} paid for`;
    case 'unknown':
      return structures.length === 0
        ? 'No known layout'
        : `No manager · ${structures.map((placed) => STRUCTURE_NAMES[placed.structure.kind]).join(', ')}`;
  }
}

/** Describes the number of regions. Of those that were created and never grew, only the ids are known. */
function describeRegions({ regions, nextRegion }: RegionManagerView): string {
  const made = nextRegion - FIRST_REGION;
  const grown = regions.filter(({ id }) => id >= FIRST_REGION).length;
  if (made <= grown) return formatCounted(regions.length, 'region');
  return `${formatCounted(made, 'region')} made, ${formatCount(grown)} with blocks, next id ${formatCount(nextRegion)}`;
}

/** Structures whose free list is on the Motoko heap: without the heap, it is inferred from the gaps between their blocks. */
export const INFERRED_LISTS: ReadonlySet<StructureKind> = new Set(['memory-buffer', 'memory-btree', 'memory-queue']);
