import { formatBytes, formatCount, formatCounted } from '../format.ts';
import { PAGE_SIZE } from '../memory/memory.ts';
import { LINKED_VERSION } from '../stable-structures/linked-memory-manager/layout.ts';
import type { StructureKind } from '../structure.ts';
import type { Layout } from './layout.ts';
import type { PlacedManager } from './managers.ts';
import type { PlacedStructure } from './snapshot.ts';

/** What each kind of structure is called in the library that writes it. */
export const STRUCTURE_NAMES = {
  btreemap: 'BTreeMap',
  btreeset: 'BTreeSet',
  vec: 'Vec',
  minheap: 'MinHeap',
  cell: 'Cell',
  log: 'Log',
  'memory-buffer': 'MemoryBuffer',
  'memory-btree': 'MemoryBTree',
  'memory-queue': 'MemoryQueue',
  'upgrade-dump': 'Upgrade dump',
} as const satisfies Record<StructureKind, string>;

/** What a structure's elements are called. */
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
} as const satisfies Record<StructureKind, string>;

/** What its free blocks are called. */
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
} as const satisfies Record<StructureKind, string>;

/** The plural of the nouns above. */
export function plural(noun: string): string {
  return /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}

/** Facts whose names do not read well as they are. */
const FACT_NAMES: Readonly<Record<string, string>> = {
  framing: 'length before it',
  lostBytes: 'bytes lost',
  leftInManagersPage: 'bytes left in the manager’s page',
};

/** A fact's name as people read it: `pageSize` becomes `page size`. */
export function nameOfFact(fact: string): string {
  return FACT_NAMES[fact] ?? fact.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** What a fact says, as people read it: `1,024`, `yes`. */
export function textOfFact(value: number | string | boolean): string {
  if (typeof value === 'number') return formatCount(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value;
}

/** `MemoryManager 1`, `Linked memory manager (experimental)` */
export function nameOfManager(version: number): string {
  return version === LINKED_VERSION ? 'Linked memory manager (experimental)' : `MemoryManager ${version}`;
}

/** An image in one line: `MemoryManager 1 · 13 memories · 13 buckets of 8 MiB`. */
export function describeLayout(layout: Layout, structures: readonly PlacedStructure[]): string {
  switch (layout.kind) {
    case 'memory-manager': {
      return layout.managers.map(describeManager).join('; ');
    }
    case 'motoko-regions': {
      const { version, regions, blocks } = layout.manager;
      return `Motoko regions ${version} · ${formatCounted(regions.length, 'region')} · ${formatCounted(blocks, 'block')} of 8 MiB`;
    }
    case 'motoko-experimental':
      return 'Motoko ExperimentalStableMemory, before an upgrade';
    case 'motoko-stable-variables':
      return 'Motoko stable variables, before an upgrade';
    case 'sqlite':
      return 'SQLite database';
    case 'empty':
      return 'empty';
    case 'unknown':
      return structures.length === 0
        ? 'No known layout'
        : `No manager · ${structures.map((placed) => STRUCTURE_NAMES[placed.structure.kind]).join(', ')}`;
  }
}

function describeManager({ page, view }: PlacedManager): string {
  const { version, memories, allocatedBuckets, bucketPages } = view;
  const where = page === 0 ? '' : ` at page ${formatCount(page)}`;
  const buckets = `${formatCounted(allocatedBuckets, 'bucket')} of ${formatBytes(bucketPages * PAGE_SIZE)}`;
  return `${nameOfManager(version)}${where} · ${formatCounted(memories.length, 'memory', 'memories')} · ${buckets}`;
}

/** Structures whose free list lies on the Motoko heap: without it, the gaps between what they use stand for it. */
export const INFERRED_LISTS: ReadonlySet<StructureKind> = new Set(['memory-buffer', 'memory-btree', 'memory-queue']);
