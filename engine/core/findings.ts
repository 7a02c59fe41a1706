import type { AddressRange, ReadableMemory } from './memory/memory.ts';

/** error: data is lost, unreachable or will be overwritten. warning: waste, or a trap in waiting. information: a fact worth knowing. */
export type Severity = 'error' | 'warning' | 'information';

export interface FindingKind {
  readonly severity: Severity;
  /** What it means, in a sentence for the owner of the canister. */
  readonly means: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Every finding that there is. The table in the docs is made from this. */
export const FINDINGS = {
  // The file of an image
  'image.not-downloaded': {
    severity: 'warning',
    means: 'A part of the memory is not in the file: what stands there is not known, and what lies partly there was not checked.',
    remedy: 'Resume the download with --resume, and check again.',
  },
  'image.changed': {
    severity: 'warning',
    means:
      'Something wrote to the file while it was read, so that what was read is partly of one state and partly of another: nothing is said of it.',
    remedy: 'Check it again when nothing writes to it, or copy it first.',
  },
  'image.packing': {
    severity: 'warning',
    means:
      'The packed file ends too early, or its checksum is not that of its content. What came before can be shown, and nothing is said of it.',
    remedy: 'Download or pack it again.',
  },
  'image.cut': {
    severity: 'error',
    means: 'The file does not end with a whole page of 64 KiB, as every stable memory does: it was cut off.',
    remedy: 'Download the snapshot again.',
  },
  'image.length': {
    severity: 'error',
    means:
      'The file is longer than the metadata of its snapshot says: it was edited by a tool that adds bytes, or the two are of different snapshots. After an edit everything behind it is at a wrong place.',
    remedy: 'Restore the file as it was downloaded, or download the snapshot again. Edit it with a tool that keeps its length.',
  },
  // BTreeMap and BTreeSet of ic-stable-structures, and their chunk allocator
  'btree.bad-magic': {
    severity: 'error',
    means: 'A map is here in all but its magic. The next BTreeMap::init starts an empty one over it.',
    remedy: 'Do not upgrade the canister. Restore the three bytes "BTR" at the start of the memory.',
  },
  'btree.header-lost': {
    severity: 'error',
    means:
      'The header of a map was overwritten, and its chunks are still there. The next BTreeMap::init starts an empty map over them.',
    remedy:
      'Do not upgrade the canister. Save the entries with "stable-memory entries SNAPSHOT PART --stale", or from "Recoverable entries" in the tree, and insert them into a new map.',
  },
  'btree.bad-version': {
    severity: 'error',
    means: 'The map has a layout version that no release of the library reads: loading it traps.',
    remedy: 'Check that the memory belongs to a map, and restore the version byte: 1 or 2.',
  },
  'btree.page-size': {
    severity: 'error',
    means:
      'The map and its allocator disagree on the page size, or it is impossible: nodes are read from, or made at, wrong places.',
    remedy: 'Restore the field that differs; chunks stand every page size + 16 bytes from 100 on.',
  },
  'btree.length': {
    severity: 'error',
    means: 'The map counts another number of entries than it has. The library never notices; len() is wrong.',
    remedy: 'See whether two maps were opened on one memory, or whether other damage hides entries. Rebuild the map.',
  },
  'btree.keys-unsorted': {
    severity: 'error',
    means: 'Keys do not ascend here, so lookups and ranges silently miss entries.',
    remedy: "See whether the key type's order was changed by an upgrade. Read all entries and insert them into a new map.",
  },
  'btree.keys-unsorted-doubtful': {
    severity: 'warning',
    means: 'One key is not in the order that all others follow; in another order that its type could have, nothing is wrong.',
    remedy:
      'Look at the key and the two beside it. If it is none that the canister writes, restore its bytes; otherwise nothing needs to be done.',
  },
  'btree.address-outside': {
    severity: 'error',
    means: 'A pointer leads out of the memory: touching it traps, and what lies below it cannot be reached.',
    remedy: 'Restore the pointer; an allocated chunk that nothing leads to may be its target.',
  },
  'btree.not-a-chunk': {
    severity: 'error',
    means: 'A pointer leads to a place where no chunk can begin: touching it traps.',
    remedy: 'Restore the pointer; an allocated chunk that nothing leads to may be its target.',
  },
  'btree.node-reached-twice': {
    severity: 'error',
    means: 'Two pointers lead to one node: reading may never end, and a change through one is damage for the other.',
    remedy: 'Find the pointer that does not fit the keys around it and restore it.',
  },
  'btree.depth': {
    severity: 'error',
    means: 'The tree is deeper than the library can make it, so pointers are wrong.',
    remedy: 'Follow the path from the root and restore the pointer that leads astray.',
  },
  'btree.leaf-depth': {
    severity: 'error',
    means: "Leaves lie at different depths, which the library never makes: a node's type or a pointer is wrong.",
    remedy: 'Look at the type byte of the node that stands out, and at the pointers above it.',
  },
  'btree.node-bad-magic': {
    severity: 'error',
    means: 'No node begins where a pointer leads to one: touching it traps.',
    remedy: 'Where all else of the node is there, restore "BTN"; otherwise the pointer is wrong.',
  },
  'btree.node-bad-version': {
    severity: 'error',
    means: 'A node has a version that this map cannot have: touching it traps.',
    remedy: 'Restore the version byte: 2, or 1 in a map that began in layout version 1.',
  },
  'btree.node-bad-type': {
    severity: 'error',
    means: 'A node is neither leaf nor internal: touching it traps.',
    remedy: 'Restore the type byte: 0 at the depth of the other leaves, 1 above.',
  },
  'btree.node-count': {
    severity: 'error',
    means: 'A node has a number of entries that the library never makes: entries are lost or misread.',
    remedy: 'Restore the two bytes of the count so that keys and values fit the node.',
  },
  'btree.key-outside-node': {
    severity: 'error',
    means: "A key's size does not fit its node: this key and all behind it in the node cannot be read.",
    remedy: 'Restore the size, or the one before it.',
  },
  'btree.value-outside-node': {
    severity: 'error',
    means: "A value's size does not fit its node: this value and all behind it in the node cannot be read.",
    remedy: 'Restore the size, or the one before it.',
  },
  'btree.bound-raised': {
    severity: 'error',
    means:
      "Values are longer than the bound that the map was made with: the value type's MAX_SIZE was raised, or the type made Unbounded, over nodes of version 1. Long values run over the entries after them.",
    remedy:
      'Do not let the canister write to this map. Put the old bound of the value type back, and move all entries into a new map of the new type; take overrun entries from a snapshot of before the change.',
  },
  'btree.overflow-bad-magic': {
    severity: 'error',
    means: 'No overflow page begins where a pointer leads to one: touching the node traps.',
    remedy: 'Where all else of the page is there, restore "NOF"; otherwise the pointer is wrong.',
  },
  'btree.overflow-cycle': {
    severity: 'error',
    means: "A node's overflow pages lead back to themselves: the library reads on for ever, with growing memory.",
    remedy: 'Do not let the canister touch this entry. Restore the pointer to the next page, or 0 at the last.',
  },
  'btree.overflow-short': {
    severity: 'error',
    means: "A node's overflow pages end before its keys and values do.",
    remedy: 'Restore the pointer to the next page; an allocated chunk that nothing leads to may be it.',
  },
  'btree.overflow-surplus': {
    severity: 'warning',
    means: 'A node has more overflow pages than it needs; the library frees them at once.',
    remedy: 'A size in the node may be too low. Otherwise it is waste until the node is next written.',
  },
  'btree.stale-chunks': {
    severity: 'information',
    means:
      'The map was cleared, by clear_new or by new in place of init, and chunks from before are not yet used again. Their entries can still be read.',
    remedy:
      'If the map should not be empty, read them: "Recoverable entries" beneath the map in the tree, or "stable-memory entries SNAPSHOT PART --stale". Use init, not new, to open a map.',
  },
  'btree.chunk-leaked': {
    severity: 'warning',
    means:
      'Chunks are allocated and nothing leads to them: their space is lost. Releases 0.6.0 to 0.6.3 leaked overflow pages so.',
    remedy: 'Use a release from 0.6.4 on. To win the space back, move the entries into a new map.',
  },
  'alloc.bad-magic': {
    severity: 'error',
    means: "The map's allocator has lost its magic: loading the map traps.",
    remedy: 'Restore the three bytes "BTA" at offset 52.',
  },
  'alloc.bad-version': {
    severity: 'error',
    means: "The map's allocator has a version that no release knows: loading the map traps.",
    remedy: 'Restore the version byte at offset 55: 1.',
  },
  'alloc.count': {
    severity: 'warning',
    means: 'The allocator counts another number of chunks than are allocated. The library never notices.',
    remedy: 'See whether other damage explains it; by itself it does no harm.',
  },
  'alloc.address-outside': {
    severity: 'error',
    means:
      'The free list leads to a place where no chunk can stand: the next insert that needs a chunk traps or overwrites data.',
    remedy: 'Restore the pointer: the next free chunk, or 0 at the highest chunk.',
  },
  'alloc.chunk-bad-magic': {
    severity: 'error',
    means: 'A chunk has lost its magic: allocating or freeing it traps.',
    remedy: 'Restore the three bytes "CHK".',
  },
  'alloc.free-list-cycle': {
    severity: 'error',
    means: 'The free list leads back to itself: soon an insert traps over a chunk that is allocated already.',
    remedy: 'Restore the pointer to the next free chunk, or 0 at the highest chunk.',
  },
  'alloc.free-list-has-live-chunk': {
    severity: 'error',
    means: 'The free list has a chunk that is in use: the next insert traps, or overwrites it.',
    remedy: "Do not let the canister insert. Restore the pointer that leads to it, or the chunk's flag.",
  },
  'alloc.live-node-in-free-chunk': {
    severity: 'error',
    means: 'A node in use stands in a chunk that is flagged as free: removing it traps.',
    remedy: "Restore the chunk's flag: 1.",
  },
  'alloc.chunks-unaccounted': {
    severity: 'warning',
    means: 'Chunks are free and not in the free list: their space is never used again.',
    remedy: 'See whether other damage cut the free list; otherwise move the entries into a new map.',
  },
  'alloc.tail-not-last': {
    severity: 'error',
    means: 'The free list does not end at the highest chunk: when it is used up, new chunks are made over those in use.',
    remedy: 'Do not let the canister insert. Restore the pointer that ends the list too early.',
  },
  // Vec, MinHeap, Cell and Log of ic-stable-structures
  'vec.bad-magic': {
    severity: 'error',
    means: 'A Vec is here in all but its magic: Vec::init traps.',
    remedy: 'Restore the three bytes "SVC" at the start of the memory.',
  },
  'vec.bad-version': {
    severity: 'error',
    means: 'The Vec has a layout version that no released library writes: loading it traps.',
    remedy: 'Check that the memory belongs to a Vec, and restore the version byte: 1.',
  },
  'vec.len-outside': {
    severity: 'error',
    means: 'More items are counted than the memory has room for: reading the last ones traps.',
    remedy: 'Restore the eight bytes of the length.',
  },
  'vec.element-type': {
    severity: 'error',
    means: 'The size of items in the header is not the one that the items have: loading traps, or items are misread.',
    remedy: 'Restore the greatest size and the flag for items of one size, as the item type in the program has them.',
  },
  'vec.entry-size': {
    severity: 'error',
    means: "An item's size does not fit its slot, so reading it traps or gives another item's bytes.",
    remedy: 'Set the item anew, or restore its size.',
  },
  'heap.bad-magic': {
    severity: 'error',
    means: 'A MinHeap is here in all but its magic: MinHeap::init traps.',
    remedy: 'Restore the three bytes "SMH" at the start of the memory.',
  },
  'heap.bad-version': {
    severity: 'error',
    means: 'The MinHeap has a layout version that no released library writes: loading it traps.',
    remedy: 'Check that the memory belongs to a MinHeap, and restore the version byte: 1.',
  },
  'heap.order': {
    severity: 'error',
    means: 'An item comes before its parent, so that pop() gives items in a wrong order.',
    remedy: "See whether the item type's order was changed by an upgrade. Take all items out and push them into a new heap.",
  },
  'heap.order-doubtful': {
    severity: 'warning',
    means: 'One item is not in the order that all others follow; in another order that its type could have, nothing is wrong.',
    remedy:
      'Look at the item and its parent. If it is none that the canister writes, restore its bytes; otherwise nothing needs to be done.',
  },
  'cell.bad-magic': {
    severity: 'error',
    means: 'A Cell is here in all but its magic. Cell::init silently writes the default value over it.',
    remedy: 'Do not upgrade the canister. Restore the three bytes "SCL" at the start of the memory.',
  },
  'cell.bad-version': {
    severity: 'error',
    means: 'The Cell has a layout version that no released library writes: loading it traps.',
    remedy: 'Check that the memory belongs to a Cell, and restore the version byte: 1.',
  },
  'cell.len-outside': {
    severity: 'error',
    means: "The Cell's length runs past the end of its memory, so Cell::init traps.",
    remedy: 'Restore the four bytes of the length.',
  },
  // Dumps of upgrade hooks
  'dump.length-outside': {
    severity: 'error',
    means: 'The length before a dump of an upgrade hook runs past the end of the memory: post_upgrade traps when it reads it.',
    remedy: 'See whether the memory was cut, or something was written over the first bytes. Restore the length.',
  },
  'dump.undecodable': {
    severity: 'error',
    means: 'A dump of an upgrade hook begins as one and does not decode to its end: post_upgrade traps, or loses what it held.',
    remedy: 'Do not upgrade the canister before its heap is saved in another way. Look at the bytes where decoding stops.',
  },
  'dump.stale-bytes': {
    severity: 'information',
    means: 'Behind a dump of an upgrade hook bytes are left: of an earlier, longer dump, or of what stood there before.',
    remedy:
      'Nothing needs to be done. The bytes are paid for until the memory is used again; parts of older values can be read there.',
  },
  'dump.over-manager': {
    severity: 'error',
    means:
      'An upgrade hook has saved its dump over the tables of a memory manager. The next MemoryManager::init starts anew: all memories appear empty.',
    remedy:
      'Do not upgrade the canister. Restore page 0 from an earlier snapshot, and save the heap in a virtual memory of its own: not by stable_save.',
  },
  'dump.beneath-manager': {
    severity: 'warning',
    means:
      'A manager was put over a dump of an upgrade hook. The beginning of the dump is lost; what was not written over since is still there.',
    remedy:
      'See whether post_upgrade read the dump before the manager was made. If not, recover what is left from an earlier snapshot.',
  },
  'log.index-bad-magic': {
    severity: 'error',
    means: "A Log's index has lost its magic: Log::init traps.",
    remedy: 'Restore the three bytes "GLI" at the start of the index memory.',
  },
  'log.data-bad-magic': {
    severity: 'error',
    means: "A Log's data has lost its magic. Log::init silently starts an empty log over both memories.",
    remedy: 'Do not upgrade the canister. Restore the three bytes "GLD" at the start of the data memory.',
  },
  'log.bad-version': {
    severity: 'error',
    means: "A Log's memory has a layout version that no released library writes: loading it traps.",
    remedy: 'Check that the memory belongs to a Log, and restore the version byte: 1.',
  },
  'log.count-outside': {
    severity: 'error',
    means: 'More entries are counted than the index has room for: reading the last ones traps.',
    remedy: 'Restore the eight bytes of the count.',
  },
  'log.count': {
    severity: 'error',
    means: 'The log counts more entries than were ever appended: reading the last ones traps.',
    remedy: 'Restore the eight bytes of the count, at offset 32 of the index memory, to the number of ends.',
  },
  'log.index-order': {
    severity: 'error',
    means: "An entry ends before it begins: reading it traps, or gives other entries' bytes.",
    remedy: 'Restore the end that is out of order; entries lie back to back.',
  },
  'log.data-outside': {
    severity: 'error',
    means: 'The index says that entries end beyond the end of the data memory: reading the last ones traps.',
    remedy: 'See whether the data memory was cut off, or belongs to another log.',
  },
  'log.header-lost': {
    severity: 'warning',
    means:
      "The header of one of a Log's two memories was overwritten: Log::init traps, or starts an empty log over the entries. They are still there.",
    remedy:
      'Do not upgrade the canister. Restore the header: "GLI" or "GLD", version 1, and in the index the count at 32 and any ends that were overwritten.',
  },
  'log.unpaired': {
    severity: 'warning',
    means:
      "A Log's index or data stands alone: no memory is there that fits. Where the data is empty or foreign, Log::init starts an empty log over the index.",
    remedy: 'See whether the other memory was overwritten, or lies outside of this image.',
  },
  // MemoryManager of ic-stable-structures
  'mm.bad-magic': {
    severity: 'error',
    means: 'Page 0 is a memory manager in all but its magic. The next MemoryManager::init starts empty and overwrites it.',
    remedy: 'Do not upgrade the canister. Restore the three bytes "MGR" at the start of the image.',
  },
  'mm.bad-version': {
    severity: 'error',
    means: 'The memory manager has a layout version that no release of the library reads: loading it traps.',
    remedy: 'Use the build that wrote it to move the data, or restore a snapshot from before.',
  },
  'mm.byte-order': {
    severity: 'error',
    means:
      'Numbers of the header are written big-endian; the library reads them little-endian, and so all memories from wrong places.',
    remedy: 'Do not let the canister run. Restore the bytes in the other order; nothing else has to be mended.',
  },
  'mm.bucket-size': {
    severity: 'error',
    means: 'The bucket size in the header is not the one that the buckets have, so that all memories are read from wrong places.',
    remedy: 'Do not let the canister run. Restore the two bytes at offset 6 of the header; nothing else has to be mended.',
  },
  'mm.wrong-owner': {
    severity: 'error',
    means: 'The owner table gives one bucket to the wrong memory: the one lacks it, and the pages of the other are shifted.',
    remedy: 'Do not let the canister run. Restore the byte of the bucket in the owner table; nothing else has to be mended.',
  },
  'mm.swapped-owners': {
    severity: 'error',
    means: 'The owner table has two buckets of two memories exchanged: each memory has pages of the other among its own.',
    remedy: 'Do not let the canister run. Exchange the two bytes of the owner table; nothing else has to be mended.',
  },
  'mm.page-inserted': {
    severity: 'error',
    means: 'Pages were put into the image: all that lies after them is read from wrong places.',
    remedy: 'Download the snapshot again, or cut the pages out of the file. Do not upload this one.',
  },
  'mm.page-lost': {
    severity: 'error',
    means: 'Pages of the image are lost: all that lay after them is read from wrong places.',
    remedy: 'Download the snapshot again. If there is no other, put as many pages of zeros where they were, to read the rest.',
  },
  'mm.bucket-size-zero': {
    severity: 'error',
    means: 'The bucket size is zero, so the first access to any memory traps with a division by zero.',
    remedy: 'Restore the two bytes at offset 6: the image has 1 + bucket size * allocated buckets pages.',
  },
  'mm.count-outside': {
    severity: 'error',
    means: 'More buckets are counted as allocated than a memory manager can have, so no memory can grow any more.',
    remedy: 'Restore the two bytes at offset 4: one more than the highest bucket that was ever handed out.',
  },
  'mm.reserved-bytes': {
    severity: 'information',
    means: 'Reserved bytes of the header are set, although the library writes zeros there.',
    remedy: 'Find out which program wrote them; the library clears them at the next grow.',
  },
  'mm.too-few-buckets': {
    severity: 'error',
    means:
      'A memory owns fewer buckets than its size needs: reading beyond them traps, and a lost first bucket looks like an empty memory.',
    remedy:
      "See whether one of its buckets is marked as nobody's or as another memory's, and restore that byte of the owner table.",
  },
  'mm.too-many-buckets': {
    severity: 'warning',
    means:
      'A memory owns more buckets than its size needs. A surplus at the end is waste; one further down shifts all pages behind it.',
    remedy: 'See whether another memory has too few, or whether the size was lowered, and restore that byte.',
  },
  'mm.owned-bucket-above-count': {
    severity: 'error',
    means:
      'A memory owns a bucket that the count calls never handed out: the next grow gives it to another memory, and both overwrite it.',
    remedy: 'Do not let the canister grow. Restore the count at offset 4 to one more than the highest bucket in use.',
  },
  'mm.bucket-order': {
    severity: 'error',
    means:
      'The running canister has the buckets of a memory in another order than the table does: the next upgrade permutes its pages. Version 0.7.1 does this.',
    remedy:
      'Do not upgrade the canister with the library. Copy the contents of the memory into a new one first, and read that after the upgrade.',
  },
  'mm.freed-bucket': {
    severity: 'information',
    means:
      "A bucket below the count is nobody's. Version 0.7.1 of the library reclaims memories so; all others never use the bucket again.",
    remedy: 'Nothing, where the canister ran 0.7.1. Otherwise look for the memory that lost it.',
  },
  'mm.bucket-outside-image': {
    severity: 'error',
    means: 'Buckets lie beyond the end of the image: it was cut off, or is not downloaded to its end.',
    remedy: "Download the snapshot again, and compare its size with the canister's stable memory.",
  },
  // The experimental linked memory manager
  'mm.chain': {
    severity: 'error',
    means:
      "A memory's chain leads to a bucket that cannot be its next one: what lies behind it is lost, or two memories have one bucket.",
    remedy: 'Do not let the canister grow or free a memory. Restore the link; a bucket that no chain reaches may be its target.',
  },
  'mm.free-list': {
    severity: 'error',
    means:
      "The free list does not have just the buckets that are nobody's: a bucket of a memory was lost, or would be handed out twice.",
    remedy: 'Do not let the canister grow or free a memory. See whether the size of a memory was changed; else restore the link.',
  },
  'mm.unfinished': {
    severity: 'warning',
    means:
      'The image was taken within a grow or a free: the free buckets are noted as they were before it, or the memory still is.',
    remedy: 'Nothing needs to be done: the manager makes up for the missing write when it is opened.',
  },
  // Memories and their structures, seen together
  'memory.two-structures': {
    severity: 'error',
    means: 'Two structures have been opened on one memory: each writes over what the other has there.',
    remedy:
      'Do not let the canister write to either. Give one of the two a memory id of its own; read what is left of its elements, and put them there.',
  },
  'memory.two-maps': {
    severity: 'warning',
    means:
      'A sound map with a wrong length, and perhaps a chunk in use in its free list: two BTreeMap objects on one memory leave just this.',
    remedy:
      'See whether two maps of the program, or of a library in it, have this memory id. Give one of them another, and rebuild the map.',
  },
  'memory.not-as-labelled': {
    severity: 'warning',
    means: 'The labels say that another structure is in this memory than the one whose header stands there.',
    remedy:
      'See which of the two the program opens here before it is upgraded: opening a memory as something else traps, or erases it. Correct the other.',
  },
  'memory.header-lost': {
    severity: 'warning',
    means:
      'Bytes are in use after a start of nothing but zeros or 0xff, where a structure has its header, or a log its first entries. Whether one was here, the bytes do not say.',
    remedy:
      'See what the program keeps here. Where it is a Vec, MinHeap, Cell or log, do not upgrade the canister: restore the header or the first entries from an earlier snapshot. Data of its own layout is not affected.',
  },
  'memory.left-over': {
    severity: 'warning',
    means:
      'Beneath a structure lies what is left of another: its memory id or its buckets were given to a new one, or an init took it for none and started anew.',
    remedy:
      'Nothing, where that was meant. Otherwise do not let the canister write here: what is not yet overwritten of the older one can be read.',
  },
  'mm.permuted-buckets': {
    severity: 'error',
    means:
      'The buckets of a memory are in another order than the one in which it grew, so that its pages are permuted. Release 0.7.1 does this when it is loaded.',
    remedy:
      'Do not let the canister open this memory. Write the contents of its buckets, in the order that is named, to its buckets in ascending order.',
  },
  'mm.first-bucket': {
    severity: 'warning',
    means:
      'A memory does not begin with the bucket that has the header: it was lost or freed, or 0.7.1 permuted the buckets. Opening the memory can erase it.',
    remedy:
      'Do not upgrade the canister before the order is known: opening the memory can start an empty structure over it. Restore the bytes of the owner table.',
  },
  'mm.missing': {
    severity: 'warning',
    means:
      'Structures lie as in the buckets of a memory manager, and there is none. The next MemoryManager::init starts an empty one.',
    remedy:
      'Where the canister has a memory manager: do not upgrade it, and restore page 0 from a snapshot. Where it uses RestrictedMemory, nothing.',
  },
  'mm.started-anew': {
    severity: 'error',
    means:
      'A memory manager was started over an older one: it knows nothing of the structures behind its buckets, and hands their pages out as new.',
    remedy:
      'Do not let the canister grow a memory. Restore page 0 from a snapshot of before; the structures themselves are still there.',
  },
  // Motoko's regions
  'region.bad-magic': {
    severity: 'error',
    means:
      'Page 0 is a region manager in all but its magic: the runtime takes the image for one without regions, and overwrites it.',
    remedy: 'Do not upgrade the canister. Restore the eight bytes "MOREGION" at the start of the image.',
  },
  'region.bad-version': {
    severity: 'error',
    means: 'The region manager has a format version that no release of Motoko has written: the runtime refuses it.',
    remedy: 'Restore the four bytes at offset 8 to 2, or use the compiler that wrote the image.',
  },
  'region.block-table': {
    severity: 'error',
    means: 'The table of blocks contradicts itself, its header or the size of the image: a region has lost or swapped bytes.',
    remedy: 'Restore the entry. The blocks of a region have ranks 0, 1, 2, … and 128 pages each, but for the last.',
  },
  'region.unreachable': {
    severity: 'warning',
    means:
      'A region has blocks, and no variable of the program leads to it any more: nobody can read it or give it back, and its blocks are paid for as long as the canister is there.',
    remedy:
      'Look for an upgrade that dropped or replaced the variable that held it. Keep each Region in a stable variable, and use it again instead of calling Region.new.',
  },
  'region.trailer': {
    severity: 'error',
    means:
      'The words that pre-upgrade leaves at the end of stable memory do not fit the image, so that post-upgrade traps or loses data.',
    remedy: 'Do not upgrade with this image. Restore the last bytes of its last page, or take the snapshot again.',
  },
  // Motoko's heap
  'heap.unread': {
    severity: 'information',
    means:
      'The heap of the same snapshot could not be read, or not all of it: values of variables are missing, and free lists are those that the stable memory itself tells.',
    remedy:
      'Download the whole snapshot again, with all its files, in one go. The heaps of canisters that moc 0.14 or later has compiled can be read.',
  },
  // Motoko's MemoryRegion, held against what lies in its region
  'memory-region.free-list': {
    severity: 'error',
    means:
      'The books of a MemoryRegion disagree with themselves: blocks were freed twice or with a wrong size, or the library has mixed them up.',
    remedy:
      'Two values may share bytes, now or soon: read all values and compare them. Save them into a new structure, with the newest release of the library.',
  },
  'memory-region.leaked': {
    severity: 'warning',
    means:
      'A MemoryRegion has handed these bytes out, and nothing in the structure that lies in it leads to them: they are lost until it is cleared.',
    remedy: 'See which operation forgets to give blocks back. The newest release of the library gives back more than older ones.',
  },
  'memory-region.freed-in-use': {
    severity: 'error',
    means:
      'A MemoryRegion has these bytes in its free list, and the structure that lies in it uses them: the next allocation may overwrite them.',
    remedy:
      'Do not add anything before the values are saved. Read them all and add them to a new structure, with the newest release of the library.',
  },
  // Motoko's stable variables
  'stable-variables.undecodable': {
    severity: 'error',
    means: 'The stable variables are not what pre-upgrade writes: post-upgrade traps, or takes them for other values.',
    remedy: 'Do not upgrade with this image. Take the snapshot again, or let the canister start again from its old version.',
  },

  // Traces: their file, and what happened in them
  'trace.not-a-trace': {
    severity: 'error',
    means: 'The file does not begin as a trace does.',
    remedy: 'Open a .smtrace or .smtrace.jsonl file. Traces of other tools are made into one by "stable-memory import".',
  },
  'trace.version': {
    severity: 'error',
    means: 'The trace is of a later version of the format.',
    remedy: 'Read it with a newer release of this tool.',
  },
  'trace.bad-event': {
    severity: 'error',
    means: 'An event in the trace file is damaged. Events after it are not read, because nothing says where they begin.',
    remedy: 'Record the trace again, or restore the file. The steps before the damage can be used.',
  },
  'trace.cut': {
    severity: 'warning',
    means: 'The trace file ends inside of an event, as after a crash of what recorded it.',
    remedy: 'Nothing needs to be done: all complete events were read.',
  },
  'trace.message-order': {
    severity: 'warning',
    means:
      'Messages begin or end in an order that makes no sense: an end without a beginning, a number twice, or an outer end first.',
    remedy: 'Check that the recorder writes the begin and the end of each message, the inner ones before the outer one.',
  },
  'trace.gap': {
    severity: 'warning',
    means: 'The recorder lost events here, so that states after this point may be wrong.',
    remedy: 'Record with a larger buffer, or take only the steps before the gap for certain.',
  },
  'trace.initial-differs': {
    severity: 'error',
    means: 'The trace was recorded from another state than the one that it is replayed on.',
    remedy: 'Replay it on the snapshot that was taken when the recording began.',
  },
  'trace.initial-missing': {
    severity: 'warning',
    means: 'The trace was recorded from a snapshot, and none was given: what the trace does not write is shown as zero.',
    remedy: 'Name the snapshot that was taken when the recording began.',
  },
  'trace.checkpoint': {
    severity: 'error',
    means: 'The replayed memory is not the one that the recorder saw: events are missing or wrong.',
    remedy: 'Check that the snapshot is the right one, and that the recorder sees every write.',
  },
  'trace.overlap': {
    severity: 'error',
    means: 'The allocator handed out bytes that are already in use: whoever writes first loses them.',
    remedy:
      'Look at the step that allocated the other block. Versions of augmented-btrees before 0.8.0 do this; update the library.',
  },
  'trace.double-free': {
    severity: 'error',
    means: 'Bytes were given back that were free already: two later requests can get them at once.',
    remedy: 'Find who gave them back first, and keep one of the two.',
  },
  'trace.not-live': {
    severity: 'error',
    means: 'A range was given back that is not, or not all, what was handed out there.',
    remedy: 'Give back exactly what was allocated: the same address, the same size.',
  },
  'trace.out-of-bounds': {
    severity: 'error',
    means: 'A range ends behind the end of its memory; the real library traps here.',
    remedy: 'Check the address and the length that the program computed.',
  },
  'trace.unknown-space': {
    severity: 'error',
    means: 'An event speaks of a space that the trace has not declared, so that nothing can be shown of it.',
    remedy: 'Write a space event, [3, number, kind, name], before the first event of the space.',
  },
  'trace.bucket-order': {
    severity: 'error',
    means:
      'A memory was given a freed bucket below one that it had. The order is stored nowhere, so that the next upgrade permutes its pages. Version 0.7.1 does this.',
    remedy: 'Use 0.7.2 or later, which reuses no bucket. Before the upgrade, copy the contents of the memory into a new one.',
  },
  'trace.grow-failed': {
    severity: 'warning',
    means: 'A memory could not grow. Libraries that do not look at the answer go on as if it had.',
    remedy: 'Free memory, or raise the limit of the canister.',
  },
  // Motoko's MemoryBuffer
  'buffer.bad-version': {
    severity: 'error',
    means: 'The buffer has a layout version that no release of the library reads.',
    remedy: 'Find out which program wrote the region; restore the byte at address 3 to 0 where it was this library.',
  },
  'buffer.pairing': {
    severity: 'error',
    means:
      'A buffer is made of two regions whose headers name each other; here they do not, so that values cannot be told to belong to it.',
    remedy: 'Restore the magic, or the region id, of the header that differs. See which regions the program itself has together.',
  },
  'buffer.count': {
    severity: 'error',
    means:
      'The count of values is higher than the records that were ever written: reading the last ones traps or gives old bytes.',
    remedy: 'Restore the eight bytes at address 8 of the pointers region to the number of values.',
  },
  'buffer.pointer-outside': {
    severity: 'error',
    means: "A record points outside of the region that has the values: reading this value traps, or gives the header's bytes.",
    remedy: 'Remove the element, or restore its record. Its bytes may still lie in a gap between the others.',
  },
  'buffer.overlap': {
    severity: 'error',
    means:
      'Two values share bytes: what was stored later has overwritten the other. Some releases of augmented-btrees hand out blocks twice.',
    remedy: 'Move to memory-region 1.4.0 with augmented-btrees 0.8.0, and store the damaged values anew from another source.',
  },
  // Layouts that programs make themselves
  'value-log.residual': {
    severity: 'information',
    means: 'After the last entry of a log there are bytes that are no entry: left from before, or no part of the log.',
    remedy: 'Nothing, where the log was begun anew or the program keeps something else there.',
  },
  'value-log.broken': {
    severity: 'warning',
    means:
      'A log cannot be read on at one place, and further entries can be read after it: bytes between are damaged, or the log was begun anew over an older one.',
    remedy:
      'Compare the number of entries with the one that the program keeps. Where entries are missing, restore the length or the value at that place.',
  },
  'indexed-log.outside': {
    severity: 'error',
    means: 'An entry of an index leads out of the data: reading its value traps.',
    remedy: 'Restore the offset or the size; the values before and after it say between which bytes it is.',
  },
  'layout.impossible': {
    severity: 'warning',
    means: 'The labels declare a layout that these bytes cannot have.',
    remedy: 'Correct the declaration in the labels; where it is right, see what has damaged the number that it counts by.',
  },
  // Motoko's MemoryQueue
  'queue.header-lost': {
    severity: 'warning',
    means: 'The header of a MemoryQueue was overwritten. The program goes on with its copy on the heap, until that is lost too.',
    remedy:
      'Read the values, each after 12 bytes that have the address of the next node and its size, and add them to a new queue.',
  },
  'queue.bad-version': {
    severity: 'error',
    means: 'The queue has a layout version that no release of the library reads.',
    remedy: 'Find out which program wrote the region; restore the byte at address 3 to 0 where it was this library.',
  },
  'queue.cycle': {
    severity: 'error',
    means: 'A node leads back to an earlier one: iterating the queue never ends, and the values behind it cannot be reached.',
    remedy: 'Restore the address of the next node; a node between the others that nothing leads to may be the one.',
  },
  'queue.count': {
    severity: 'error',
    means: 'The queue counts another number of values than its head leads to: values are lost, or taking one out of it traps.',
    remedy: 'Restore the count or the head, whichever of the two is wrong: bytes 4 to 19 of the region.',
  },
  'queue.pointer': {
    severity: 'error',
    means: "An address or size in the queue leads nowhere, or to another end than the header's tail: values cannot be reached.",
    remedy: 'Restore it; a node between the others that nothing leads to may be its target.',
  },
  'queue.overlap': {
    severity: 'error',
    means:
      'Two nodes share bytes: what was stored later has overwritten the other. Some releases of augmented-btrees hand out blocks twice.',
    remedy: 'Move to memory-region 1.4.0 with augmented-btrees 0.8.0, and store the damaged values anew from another source.',
  },
  // Motoko's MemoryBTree and MemoryBTreeSet
  'memory-btree.bad-version': {
    severity: 'error',
    means: 'The tree has a layout version that no release of the library writes.',
    remedy:
      'Find out which program wrote the region; restore the byte at address 3: 0, or 1 in the data region of newer releases.',
  },
  'memory-btree.pairing': {
    severity: 'error',
    means:
      'A tree is made of four regions whose headers name each other; here they do not, so that one may be missing or a stranger.',
    remedy: 'Restore the magic, or the region id, of the header that differs. See which regions the program itself has together.',
  },
  'memory-btree.node': {
    severity: 'error',
    means:
      'A node is not where a pointer leads to one, or contradicts its place: searching or iterating traps, misses entries or goes astray.',
    remedy: 'Restore the field. Depth, parent, index and the links between leaves repeat what the branches above say.',
  },
  'memory-btree.entry': {
    severity: 'error',
    means: 'The size of a key, or the place of a value, leads out of its region: reading the entry traps.',
    remedy: 'Restore the field, or remove the entry. Its bytes may still lie in a gap between the others.',
  },
  'memory-btree.order': {
    severity: 'error',
    means: 'Keys do not ascend here, so that searches and ranges silently miss entries.',
    remedy: 'See whether the order of the key type was changed by an upgrade. Read all entries and insert them into a new tree.',
  },
  'memory-btree.order-doubtful': {
    severity: 'warning',
    means: 'One key is not in the order that all others follow; in another order that its type could have, nothing is wrong.',
    remedy:
      'Look at the key and the two beside it. If it is none that the canister writes, restore its bytes; otherwise nothing needs to be done.',
  },
  'memory-btree.length': {
    severity: 'error',
    means: 'The tree counts another number of entries or nodes than can be reached from its root.',
    remedy: 'See whether other damage hides them. If not, restore the count.',
  },
  'memory-btree.overlap': {
    severity: 'error',
    means:
      'Two entries or values share bytes: what was stored later has overwritten the other. Some releases of augmented-btrees hand out blocks twice.',
    remedy: 'Move to memory-region 1.4.0 with augmented-btrees 0.8.0, and store the damaged entries anew from another source.',
  },
  'memory-btree.separators': {
    severity: 'error',
    means:
      'A program was moved to a release that makes trees of layout version 1, and went on with one of version 0. It misreads the older separators: searches miss entries, and keys are inserted twice.',
    remedy:
      'Iterate over all entries, which goes from leaf to leaf, and insert them into a new tree. Of a key that comes twice see which value is the newer.',
  },
  'memory-btree.subtree': {
    severity: 'warning',
    means:
      'A branch counts another number of entries beneath it than there are, so that positions are wrong. Removing a referenced entry does this.',
    remedy: 'Nothing where no positions are asked for. Otherwise read all entries and insert them into a new tree.',
  },
  'memory-btree.branch-leaked': {
    severity: 'warning',
    means: 'A former root was never given back when the tree lost a level: its bytes are lost until the tree is rebuilt.',
    remedy: 'Nothing needs to be done: it is one node for each level that was lost.',
  },
} as const satisfies Record<string, FindingKind>;

export type FindingCode = keyof typeof FINDINGS;

/** Something that the bytes say and should not, with the bytes that say it. */
export interface Finding {
  readonly code: FindingCode;
  /** The memory that `at` lies in: a manager's image, a virtual memory, a region. */
  readonly memory: ReadableMemory;
  /** Contains the damaged bytes. */
  readonly at: AddressRange;
  readonly message: string;
  /** How the reader came here, outermost first: `root 0x64`, `child 3`, … Empty where there was no way to go. */
  readonly path?: readonly string[];
}

/** Where a reader puts what it finds; reading goes on. */
export type Report = (finding: Finding) => void;
