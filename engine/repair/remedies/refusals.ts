import type { FindingCode } from '../../core/findings.ts';

/** Full sentences that say why no repair of a finding is safe. */
export const REFUSALS: Partial<Record<FindingCode, string>> = {
  'btree.key-outside-node': 'The keys and values after this one depend on its size, and the bytes do not show it.',
  'btree.bound-raised':
    'Long values have overwritten parts of other entries. No byte of the header brings them back: move the entries into a new map.',
  'btree.keys-unsorted-doubtful': 'In another order of the keys nothing is wrong, and only the program knows its order.',
  'heap.order': 'The item may be damaged or in the wrong place. If its bytes are wrong, moving it would hide that.',
  'heap.order-doubtful': 'In another order of the items nothing is wrong, and only the program knows its order.',
  'vec.entry-size': 'The size of the item is stored nowhere else.',
  'cell.len-outside':
    'The length of the value is stored nowhere else. Any guess would cut the value, or add bytes of an older one to it.',
  'log.index-order': 'Entries are stored without marks between them, so nothing else shows where this one ends.',
  'log.data-outside': 'The data ends before the entries do: bytes are missing, which no repair brings back.',
  'log.unpaired': 'Nothing shows which memory has the other half.',
  'memory.two-structures':
    'Each of the two structures has overwritten a part of the other. Which bytes are whose, only the program knows.',
  'memory.header-lost':
    'The bytes do not show what the header was. "stable-memory recover SNAPSHOT" lists what can still be read.',
  'memory.left-over': 'The old structure may be meant to be gone. "stable-memory recover SNAPSHOT" lists what is left of it.',
  'memory.not-as-labelled': 'The labels or the program are wrong, not the bytes.',
  'mm.bucket-outside-image':
    'Bytes are missing at the end of the image. No repair brings them back: download the snapshot again.',
  'mm.started-anew':
    'The new manager may have written over the old one, whose tables are lost. Restore page 0 from an earlier snapshot.',
  'mm.missing': 'The tables of the manager are lost, and with them which bucket belongs to which memory.',
  'mm.first-bucket': 'Which bucket the memory lacks, its bytes do not prove.',
  'mm.no-buckets-left': 'Nothing is damaged. Only a copy of the data with larger buckets makes room.',
  'dump.over-manager': 'The dump has overwritten the tables of the manager. Restore page 0 from an earlier snapshot.',
  'region.unreachable': 'Nothing is damaged: no variable leads to the region. Only an upgrade of the program can change that.',
  'region.trailer': 'The runtime reads these words only once, and they do not fit the image. Take the snapshot again.',
  'stable-variables.undecodable': 'The values of the variables follow each other without marks. Take the snapshot again.',
  'buffer.overlap':
    'One value has overwritten the other. The bytes of the older one are gone, and which one that is, nothing shows.',
  'buffer.pointer-outside': 'The place of the value is stored nowhere else, and its bytes have no marks.',
  'buffer.count': 'Records of removed values look like those of values, so the right count is not known.',
  'queue.cycle': 'The nodes after this one are found only through it. Any end that is written here would lose them.',
  'queue.overlap':
    'One value has overwritten the other. The bytes of the older one are gone, and which one that is, nothing shows.',
  'memory-btree.entry': 'The size of the key and the place of its value are stored nowhere else.',
  'memory-btree.order': 'The order of keys shows that one is in the wrong place, or damaged, but not what was there before.',
  'memory-btree.order-doubtful': 'In another order of the keys nothing is wrong, and only the program knows its order.',
  'memory-btree.overlap':
    'One entry has overwritten the other. The bytes of the older one are gone, and which one that is, nothing shows.',
  'memory-btree.separators': 'Keys may be in the tree twice. Which of their values is newer, only the program knows.',
  'memory-btree.branch-leaked': 'The free blocks of the tree are on the heap of the program, not in these bytes.',
  'memory-region.leaked': 'The free blocks are on the heap of the program, or in its variables, and not in the region.',
  'memory-region.free-list': 'The free blocks are on the heap of the program, or in its variables, and not in the region.',
  'memory-region.freed-in-use': 'The free blocks are on the heap of the program, or in its variables, and not in the region.',
};
