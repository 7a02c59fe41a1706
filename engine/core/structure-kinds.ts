export const STRUCTURE_KINDS = [
  'btreemap',
  'btreeset',
  'vec',
  'minheap',
  'cell',
  'log',
  'memory-buffer',
  'memory-btree',
  'memory-queue',
  'upgrade-dump',
  'value-log',
  'indexed-log',
  'records',
  'ring',
] as const;

export type StructureKind = (typeof STRUCTURE_KINDS)[number];

/** Display names of the kinds of structures, as in the libraries that write them. */
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
  'value-log': 'Log of values',
  'indexed-log': 'Indexed log',
  records: 'Records',
  ring: 'Ring of records',
} as const satisfies Record<StructureKind, string>;
