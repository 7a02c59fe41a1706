import type { AddressRange, ReadableMemory } from './memory/memory.ts';

/**
 * error: data is lost, unreachable or will be overwritten. warning: space is wasted, or a later call may trap. information: a
 * fact worth knowing.
 */
export type Severity = 'error' | 'warning' | 'information';

export interface FindingKind {
  readonly severity: Severity;
  /** The meaning of the finding, in a sentence for the owner of the canister. */
  readonly means: string;
  /** The steps that the owner of the canister should take. */
  readonly remedy: string;
}

/** All kinds of findings. The table in the docs is generated from them. */
export const FINDINGS = {
  // Image files
  'image.not-downloaded': {
    severity: 'warning',
    means:
      'Part of the memory is not in the file. The missing bytes are unknown, and structures that reach into them were not checked.',
    remedy: 'Resume the download with --resume, and check again.',
  },
  'image.changed': {
    severity: 'warning',
    means:
      'Something wrote to the file while it was being read. The bytes that were read mix two states, so no findings are reported.',
    remedy: 'Check the file again when nothing is writing to it, or copy it first.',
  },
  'image.packing': {
    severity: 'warning',
    means:
      'The packed file ends too early, or its checksum does not match its content. The bytes before the damage can be shown, but no findings are reported.',
    remedy: 'Download the file again, or pack it again.',
  },
  'image.cut': {
    severity: 'error',
    means: 'The file does not end on a whole page of 64 KiB, as every stable memory does. It was cut off.',
    remedy: 'Download the snapshot again.',
  },
  'image.length': {
    severity: 'error',
    means:
      'The file is longer than the metadata of its snapshot says. It was edited by a tool that adds bytes, or the file and the metadata are from different snapshots. After such an edit, everything that follows is in the wrong place.',
    remedy:
      'Restore the file as it was downloaded, or download the snapshot again. Edit it only with a tool that keeps its length.',
  },
  // BTreeMap and BTreeSet of ic-stable-structures, and their chunk allocator
  'btree.bad-magic': {
    severity: 'error',
    means: 'There is a map here, but its magic is damaged. The next BTreeMap::init starts an empty map over it.',
    remedy: 'Do not upgrade the canister. Restore the three bytes "BTR" at the start of the memory.',
  },
  'btree.header-lost': {
    severity: 'error',
    means:
      'The header of a map was overwritten, but its chunks are still there. The next BTreeMap::init starts an empty map over them.',
    remedy:
      'Do not upgrade the canister. "stable-memory recover SNAPSHOT PART --as-map" builds the map anew, in a new snapshot folder. "Recoverable entries" in the tree lists what is left.',
  },
  'btree.bad-version': {
    severity: 'error',
    means: 'The map has a layout version that no release of the library can read: loading the map traps.',
    remedy: 'Check that the memory belongs to a map, and restore the version byte to 1 or 2.',
  },
  'btree.page-size': {
    severity: 'error',
    means:
      'The map and its allocator disagree about the page size, or the size is impossible: nodes are read from, or created at, the wrong places.',
    remedy: 'Restore the field that differs. Chunks start at offset 100, one every page size + 16 bytes.',
  },
  'btree.length': {
    severity: 'error',
    means: "The map's header has the wrong number of entries. The library never notices; len() is wrong.",
    remedy: 'Find out whether two maps were opened on one memory, or whether other damage hides entries. Then rebuild the map.',
  },
  'btree.keys-unsorted': {
    severity: 'error',
    means: 'Keys are not in ascending order here, so lookups and ranges silently miss entries.',
    remedy: 'Find out whether an upgrade changed the order of the key type. Read all entries and insert them into a new map.',
  },
  'btree.keys-unsorted-doubtful': {
    severity: 'warning',
    means: 'One key is not in the order that all other keys follow. In another order that its type could have, nothing is wrong.',
    remedy:
      'Look at the key and the keys on either side of it. If the canister would not write such a key, restore its bytes. Otherwise nothing needs to be done.',
  },
  'btree.address-outside': {
    severity: 'error',
    means: 'A pointer leads outside the memory: following it traps, and everything below it is unreachable.',
    remedy: 'Restore the pointer. Its target may be an allocated chunk that nothing points to.',
  },
  'btree.not-a-chunk': {
    severity: 'error',
    means: 'A pointer leads to a place where no chunk can start: following it traps.',
    remedy: 'Restore the pointer. Its target may be an allocated chunk that nothing points to.',
  },
  'btree.node-reached-twice': {
    severity: 'error',
    means: 'Two pointers lead to the same node: reading may never end, and a change made through one pointer damages the other.',
    remedy: 'Find the pointer that does not fit the keys around it, and restore it.',
  },
  'btree.depth': {
    severity: 'error',
    means: 'The tree is deeper than the library can make it, so some pointers are wrong.',
    remedy: 'Follow the path from the root and restore the wrong pointer.',
  },
  'btree.leaf-depth': {
    severity: 'error',
    means: 'Leaves are at different depths, which the library never produces: the type of a node or a pointer is wrong.',
    remedy: 'Look at the type byte of the node that differs, and at the pointers above it.',
  },
  'btree.node-bad-magic': {
    severity: 'error',
    means: 'A pointer leads to a place where no node starts: reading the node traps.',
    remedy: 'If the rest of the node is there, restore "BTN". Otherwise the pointer is wrong.',
  },
  'btree.node-bad-version': {
    severity: 'error',
    means: 'A node has a version that this map cannot have: reading the node traps.',
    remedy: 'Restore the version byte to 2, or to 1 in a map that was created with layout version 1.',
  },
  'btree.node-bad-type': {
    severity: 'error',
    means: 'A node is neither a leaf nor an internal node: reading it traps.',
    remedy: 'Restore the type byte: 0 at the depth of the other leaves, 1 above.',
  },
  'btree.node-count': {
    severity: 'error',
    means: 'A node has a number of entries that the library never writes: entries are lost or misread.',
    remedy: 'Restore the two bytes of the count so that the keys and values fit the node.',
  },
  'btree.key-outside-node': {
    severity: 'error',
    means: 'The size of a key does not fit its node: this key and all keys after it in the node cannot be read.',
    remedy: 'Restore this size, or the one before it.',
  },
  'btree.value-outside-node': {
    severity: 'error',
    means: 'The size of a value does not fit its node: this value and all values after it in the node cannot be read.',
    remedy: 'Restore this size, or the one before it.',
  },
  'btree.bound-raised': {
    severity: 'error',
    means:
      'Values are longer than the bound that the map was created with. The MAX_SIZE of the value type was raised, or the type was made Unbounded, over nodes of version 1. Long values overwrite the entries after them.',
    remedy:
      'Do not let the canister write to this map. Restore the old bound of the value type, and move all entries into a new map of the new type. Take overwritten entries from a snapshot from before the change.',
  },
  'btree.overflow-bad-magic': {
    severity: 'error',
    means: 'A pointer leads to a place where no overflow page starts: reading the node traps.',
    remedy: 'If the rest of the page is there, restore "NOF". Otherwise the pointer is wrong.',
  },
  'btree.overflow-cycle': {
    severity: 'error',
    means: 'The overflow pages of a node form a cycle: the library reads forever and uses more and more memory.',
    remedy: 'Do not let the canister read or write this entry. Restore the pointer to the next page, or 0 in the last page.',
  },
  'btree.overflow-short': {
    severity: 'error',
    means: 'The overflow pages of a node end before its keys and values do.',
    remedy: 'Restore the pointer to the next page. The page may be an allocated chunk that nothing points to.',
  },
  'btree.overflow-surplus': {
    severity: 'warning',
    means: 'A node has more overflow pages than it needs. The library itself never leaves extra pages.',
    remedy: 'A size in the node may be too low. Otherwise the extra pages are wasted until the node is written again.',
  },
  'btree.stale-chunks': {
    severity: 'information',
    means:
      'The map was cleared, by clear_new or by new in place of init, and some chunks from before have not been reused yet. Their entries can still be read.',
    remedy:
      'If the map should not be empty, read the entries: use "Recoverable entries" below the map in the tree, or "stable-memory entries SNAPSHOT PART --stale". Open a map with init, not with new.',
  },
  'btree.chunk-leaked': {
    severity: 'warning',
    means:
      'Chunks are allocated, but nothing points to them: their space is lost. Releases 0.6.0 to 0.6.3 leaked overflow pages in this way.',
    remedy: 'Use release 0.6.4 or later. To get the space back, move the entries into a new map.',
  },
  'btree.page-size-unfit': {
    severity: 'information',
    means:
      "The size of the map's pages does not fit its entries: much of each page is empty. A map keeps the page size that it was created with, which follows from the bounds of the key and value types, and is 1,024 without bounds.",
    remedy:
      'Nothing is wrong. To save the bytes, declare bounds that are as tight as the entries allow, or none if a few entries are far longer than the others, and move the entries into a new map. A memory becomes smaller only in a new canister, and by whole buckets.',
  },
  'alloc.bad-magic': {
    severity: 'error',
    means: "The map's allocator has lost its magic: loading the map traps.",
    remedy: 'Restore the three bytes "BTA" at offset 52.',
  },
  'alloc.bad-version': {
    severity: 'error',
    means: "The map's allocator has a version that no release knows: loading the map traps.",
    remedy: 'Restore the version byte at offset 55 to 1.',
  },
  'alloc.count': {
    severity: 'warning',
    means: 'The allocator has the wrong number of allocated chunks. The library never notices.',
    remedy: 'Find out whether other damage explains it. The wrong number alone does no harm.',
  },
  'alloc.address-outside': {
    severity: 'error',
    means: 'The free list leads to a place where no chunk can be: the next insert that needs a chunk traps or overwrites data.',
    remedy: 'Restore the pointer to the next free chunk, or 0 in the highest chunk.',
  },
  'alloc.chunk-bad-magic': {
    severity: 'error',
    means: 'A chunk has lost its magic: allocating or freeing it traps.',
    remedy: 'Restore the three bytes "CHK".',
  },
  'alloc.free-list-cycle': {
    severity: 'error',
    means: 'The free list forms a cycle: sooner or later an insert traps at a chunk that is already allocated.',
    remedy: 'Restore the pointer to the next free chunk, or 0 in the highest chunk.',
  },
  'alloc.free-list-has-live-chunk': {
    severity: 'error',
    means: 'The free list contains a chunk that is in use: the next insert traps, or overwrites the chunk.',
    remedy: "Do not let the canister insert. Restore the pointer that leads to the chunk, or the chunk's flag.",
  },
  'alloc.live-node-in-free-chunk': {
    severity: 'error',
    means: 'A node in use is in a chunk that is marked as free: removing the node traps.',
    remedy: 'Restore the flag of the chunk to 1.',
  },
  'alloc.chunks-unaccounted': {
    severity: 'warning',
    means: 'Chunks are free but not in the free list: their space is never used again.',
    remedy: 'Find out whether other damage cut the free list. Otherwise move the entries into a new map.',
  },
  'alloc.tail-not-last': {
    severity: 'error',
    means:
      'The free list does not end at the highest chunk: once the list is used up, new chunks are created over chunks in use.',
    remedy: 'Do not let the canister insert. Restore the pointer that ends the list too early.',
  },
  // Vec, MinHeap, Cell and Log of ic-stable-structures
  'vec.bad-magic': {
    severity: 'error',
    means: 'There is a Vec here, but its magic is damaged: Vec::init traps.',
    remedy: 'Restore the three bytes "SVC" at the start of the memory.',
  },
  'vec.bad-version': {
    severity: 'error',
    means: 'The Vec has a layout version that no released library writes: loading it traps.',
    remedy: 'Check that the memory belongs to a Vec, and restore the version byte to 1.',
  },
  'vec.len-outside': {
    severity: 'error',
    means: 'The length is greater than the number of items that the memory has room for: reading the last items traps.',
    remedy: 'Restore the eight bytes of the length.',
  },
  'vec.element-type': {
    severity: 'error',
    means: 'The item size in the header does not match the items: loading the Vec traps, or items are misread.',
    remedy: 'Restore the maximum size and the fixed-size flag to those of the item type in the program.',
  },
  'vec.entry-size': {
    severity: 'error',
    means: 'The size of an item does not fit its slot: reading the item traps or returns bytes of another item.',
    remedy: 'Set the item again, or restore its size.',
  },
  'heap.bad-magic': {
    severity: 'error',
    means: 'There is a MinHeap here, but its magic is damaged: MinHeap::init traps.',
    remedy: 'Restore the three bytes "SMH" at the start of the memory.',
  },
  'heap.bad-version': {
    severity: 'error',
    means: 'The MinHeap has a layout version that no released library writes: loading it traps.',
    remedy: 'Check that the memory belongs to a MinHeap, and restore the version byte to 1.',
  },
  'heap.order': {
    severity: 'error',
    means: 'An item is less than its parent, so pop() returns items in the wrong order.',
    remedy: 'Find out whether an upgrade changed the order of the item type. Take all items out and push them into a new heap.',
  },
  'heap.order-doubtful': {
    severity: 'warning',
    means:
      'One item is not in the order that all other items follow. In another order that its type could have, nothing is wrong.',
    remedy:
      'Look at the item and its parent. If the canister would not write such an item, restore its bytes. Otherwise nothing needs to be done.',
  },
  'cell.bad-magic': {
    severity: 'error',
    means: 'There is a Cell here, but its magic is damaged. Cell::init silently writes the default value over it.',
    remedy: 'Do not upgrade the canister. Restore the three bytes "SCL" at the start of the memory.',
  },
  'cell.bad-version': {
    severity: 'error',
    means: 'The Cell has a layout version that no released library writes: loading it traps.',
    remedy: 'Check that the memory belongs to a Cell, and restore the version byte to 1.',
  },
  'cell.len-outside': {
    severity: 'error',
    means: 'The length of the Cell runs past the end of its memory: Cell::init traps.',
    remedy: 'Restore the four bytes of the length.',
  },
  // Dumps of upgrade hooks
  'dump.length-outside': {
    severity: 'error',
    means: 'The length in front of an upgrade dump runs past the end of the memory: post_upgrade traps when it reads the dump.',
    remedy: 'Find out whether the memory was cut off, or whether something was written over its first bytes. Restore the length.',
  },
  'dump.undecodable': {
    severity: 'error',
    means: 'The start of an upgrade dump can be decoded, but not the rest: post_upgrade traps, or loses the values in it.',
    remedy: 'Do not upgrade the canister before you have saved its heap in another way. Look at the bytes where decoding stops.',
  },
  'dump.stale-bytes': {
    severity: 'information',
    means:
      'Bytes are left after the end of an upgrade dump. They are from an earlier, longer dump, or from other data that was there before.',
    remedy:
      'Nothing needs to be done. The canister pays for these bytes until the memory is used again, and parts of old values can be read in them.',
  },
  'dump.over-manager': {
    severity: 'error',
    means:
      'An upgrade hook has saved its dump over the tables of a memory manager. The next MemoryManager::init starts an empty manager, and all memories appear empty.',
    remedy:
      'Do not upgrade the canister. Restore page 0 from an earlier snapshot. Save the heap in its own virtual memory, not with stable_save.',
  },
  'dump.beneath-manager': {
    severity: 'warning',
    means:
      'A memory manager was created over an upgrade dump. The start of the dump is lost; the bytes that have not been overwritten since are still there.',
    remedy:
      'Find out whether post_upgrade read the dump before the manager was created. If not, recover the rest from an earlier snapshot.',
  },
  'log.index-bad-magic': {
    severity: 'error',
    means: 'The index of a Log has lost its magic: Log::init traps.',
    remedy: 'Restore the three bytes "GLI" at the start of the index memory.',
  },
  'log.data-bad-magic': {
    severity: 'error',
    means: 'The data memory of a Log has lost its magic. Log::init silently starts an empty log over both memories.',
    remedy: 'Do not upgrade the canister. Restore the three bytes "GLD" at the start of the data memory.',
  },
  'log.bad-version': {
    severity: 'error',
    means: 'A memory of a Log has a layout version that no released library writes: loading the Log traps.',
    remedy: 'Check that the memory belongs to a Log, and restore the version byte to 1.',
  },
  'log.count-outside': {
    severity: 'error',
    means: 'The count is greater than the number of entries that the index has room for: reading the last entries traps.',
    remedy: 'Restore the eight bytes of the count.',
  },
  'log.count': {
    severity: 'error',
    means: 'The count is greater than the number of entries that were ever appended: reading the last entries traps.',
    remedy: 'Set the eight bytes of the count, at offset 32 of the index memory, to the number of entry ends.',
  },
  'log.index-order': {
    severity: 'error',
    means: 'An entry ends before it starts: reading it traps, or returns bytes of other entries.',
    remedy: 'Restore the end offset that is out of order. Entries are stored back to back.',
  },
  'log.data-outside': {
    severity: 'error',
    means: 'According to the index, entries end past the end of the data memory: reading the last entries traps.',
    remedy: 'Find out whether the data memory was cut off, or belongs to another log.',
  },
  'log.header-lost': {
    severity: 'warning',
    means:
      'The header of one of the two memories of a Log was overwritten: Log::init traps, or starts an empty log over the entries. The entries are still there.',
    remedy:
      'Do not upgrade the canister. Restore the header: "GLI" or "GLD", and version 1. In the index, also restore the count at offset 32 and any entry ends that were overwritten.',
  },
  'log.unpaired': {
    severity: 'warning',
    means:
      'The index or the data of a Log is here, but the other memory that belongs to it was not found. If the data memory is empty or holds something else, Log::init starts an empty log over the index.',
    remedy: 'Find out whether the other memory was overwritten, or is not in this image.',
  },
  // MemoryManager of ic-stable-structures
  'mm.bad-magic': {
    severity: 'error',
    means:
      'Page 0 is that of a memory manager, but its magic is damaged. The next MemoryManager::init starts an empty manager and overwrites it.',
    remedy: 'Do not upgrade the canister. Restore the three bytes "MGR" at the start of the image.',
  },
  'mm.bad-version': {
    severity: 'error',
    means: 'The memory manager has a layout version that no release of the library can read: loading it traps.',
    remedy: 'Move the data with the build that wrote it, or restore an earlier snapshot.',
  },
  'mm.byte-order': {
    severity: 'error',
    means:
      'Numbers in the header are big-endian. The library reads them as little-endian, and so reads all memories from the wrong places.',
    remedy: 'Do not let the canister run. Reverse the byte order of these numbers; nothing else has to be repaired.',
  },
  'mm.bucket-size': {
    severity: 'error',
    means: 'The bucket size in the header does not match the buckets, so all memories are read from the wrong places.',
    remedy: 'Do not let the canister run. Restore the two bytes at offset 6 of the header; nothing else has to be repaired.',
  },
  'mm.wrong-owner': {
    severity: 'error',
    means:
      'The owner table assigns one bucket to the wrong memory: one memory lacks the bucket, and the pages of the other are shifted.',
    remedy: 'Do not let the canister run. Restore the byte of the bucket in the owner table; nothing else has to be repaired.',
  },
  'mm.swapped-owners': {
    severity: 'error',
    means: 'The owner table has two buckets of two memories swapped: each of the two memories contains pages of the other.',
    remedy: 'Do not let the canister run. Swap the two bytes in the owner table; nothing else has to be repaired.',
  },
  'mm.page-inserted': {
    severity: 'error',
    means: 'Pages were inserted into the image, so all later bytes are at wrong offsets.',
    remedy: 'Download the snapshot again, or cut the pages out of the file. Do not upload this file.',
  },
  'mm.page-lost': {
    severity: 'error',
    means: 'Pages are missing from the image, so all later bytes are at wrong offsets.',
    remedy: 'Download the snapshot again. To read the rest without another copy, insert zero pages where they are missing.',
  },
  'mm.bucket-size-zero': {
    severity: 'error',
    means: 'The bucket size is zero, so the first access to any memory traps with a division by zero.',
    remedy: 'Restore the two bytes at offset 6. The image has 1 + bucket size * allocated buckets pages.',
  },
  'mm.count-outside': {
    severity: 'error',
    means: 'The count of allocated buckets is greater than a memory manager can have, so no memory can grow any more.',
    remedy: 'Restore the two bytes at offset 4 to one more than the highest bucket that was ever allocated.',
  },
  'mm.reserved-bytes': {
    severity: 'information',
    means: 'Reserved bytes of the header are not zero, although the library writes zeros there.',
    remedy: 'Find out which program wrote them. The library clears them at the next grow.',
  },
  'mm.too-few-buckets': {
    severity: 'error',
    means:
      'A memory owns fewer buckets than its size needs: reading past them traps, and a memory that lost its first bucket looks empty.',
    remedy:
      'Find out whether one of its buckets is marked as free or as owned by another memory, and restore that byte of the owner table.',
  },
  'mm.too-many-buckets': {
    severity: 'warning',
    means:
      'A memory owns more buckets than its size needs. An extra bucket at the end is only waste; an extra bucket before that shifts all pages after it.',
    remedy: 'Find out whether another memory has too few buckets, or whether the size was lowered, and restore that byte.',
  },
  'mm.owned-bucket-above-count': {
    severity: 'error',
    means:
      'A memory owns a bucket that, according to the count, was never allocated: the next grow allocates it to another memory, and both overwrite it.',
    remedy: 'Do not let the canister grow. Restore the count at offset 4 to one more than the highest bucket in use.',
  },
  'mm.bucket-order': {
    severity: 'error',
    means:
      'The running canister has the buckets of a memory in a different order than the table: the next upgrade permutes its pages. Version 0.7.1 does this.',
    remedy:
      'Do not upgrade the canister with the library as it is. First copy the contents of the memory into a new one, and read the new one after the upgrade.',
  },
  'mm.freed-bucket': {
    severity: 'information',
    means:
      'A bucket below the count has no owner. Version 0.7.1 of the library frees buckets in this way; all other versions never use the bucket again.',
    remedy: 'Nothing needs to be done if the canister ran 0.7.1. Otherwise find the memory that lost the bucket.',
  },
  'mm.bucket-slack': {
    severity: 'information',
    means:
      'A large part of the buckets is past the ends of the memories. A memory grows by whole buckets, even for one page, and the canister pays for all of each bucket.',
    remedy:
      'Nothing is wrong, and memories that grow will use it. The bucket size cannot be changed in place: a new canister, or one whose data is copied, can start with smaller buckets (init_with_bucket_size; initWithBuckets in Motoko). "stable-memory inspect SNAPSHOT --what-if PAGES" says what each memory would take.',
  },
  'mm.few-buckets-left': {
    severity: 'information',
    means: 'The manager has allocated most of the buckets that it can have. With none left, no memory can get another bucket.',
    remedy:
      'Plan ahead: copy the data into a canister with larger buckets, which can hold up to 500 GiB. "stable-memory inspect SNAPSHOT --what-if PAGES" says how much.',
  },
  'mm.no-buckets-left': {
    severity: 'warning',
    means:
      'The manager has fewer buckets left than memories, so some memory cannot grow any more: an insert that needs another bucket traps.',
    remedy:
      'Remove what is not needed, so that memories use the pages that they have. Copy the data into a canister with larger buckets.',
  },
  'mm.bucket-outside-image': {
    severity: 'error',
    means: 'Buckets are past the end of the image: the image was cut off, or was not downloaded completely.',
    remedy: 'Download the snapshot again, and compare its size with the stable memory of the canister.',
  },
  // The experimental linked memory manager
  'mm.chain': {
    severity: 'error',
    means:
      'The chain of a memory leads to a bucket that cannot be its next one: the buckets after it are lost, or two memories share a bucket.',
    remedy: 'Do not let the canister grow or free a memory. Restore the link. Its target may be a bucket that no chain reaches.',
  },
  'mm.free-list': {
    severity: 'error',
    means:
      'The buckets in the free list are not exactly the buckets without an owner: a bucket of a memory was lost, or will be allocated twice.',
    remedy:
      'Do not let the canister grow or free a memory. Find out whether the size of a memory was changed; otherwise restore the link.',
  },
  'mm.unfinished': {
    severity: 'warning',
    means:
      'The image was taken in the middle of a grow or a free: the free list, or the entry of the memory, is still as it was before.',
    remedy: 'Nothing needs to be done. The manager completes the missing write when it is opened.',
  },
  // Memories together with their structures
  'memory.two-structures': {
    severity: 'error',
    means: 'Two structures were opened on one memory: each overwrites the data of the other.',
    remedy:
      'Do not let the canister write to either. Give one of the two its own memory id, read what is left of its elements, and move them there.',
  },
  'memory.two-maps': {
    severity: 'warning',
    means:
      'The map is sound except for a wrong length, and perhaps a chunk in use in its free list. Two BTreeMap objects on one memory leave exactly this.',
    remedy:
      'Find out whether two maps of the program, or of a library in it, use this memory id. Give one of them another id, and rebuild the map.',
  },
  'memory.not-as-labelled': {
    severity: 'warning',
    means: 'The labels name a different structure for this memory than the one whose header is there.',
    remedy:
      'Before the program is upgraded, find out which of the two it opens here: opening a memory as something else traps or erases it. Correct the label or the program.',
  },
  'memory.header-lost': {
    severity: 'warning',
    means:
      'Bytes are in use, but the place where a structure has its header, or a log its first entries, contains only zeros or 0xff. The bytes do not show whether there was a structure.',
    remedy:
      'Find out what the program keeps here. If it is a Vec, MinHeap, Cell or log, do not upgrade the canister: restore the header or the first entries from an earlier snapshot. Data in a custom layout is not affected.',
  },
  'memory.left-over': {
    severity: 'warning',
    means:
      'Under a structure there is residual data of another one. Its memory id or its buckets were given to a new structure, or an init did not recognise it and started an empty one.',
    remedy:
      'Nothing needs to be done if that was intended. Otherwise do not let the canister write here: the bytes of the old structure that are not yet overwritten can still be read.',
  },
  'mm.permuted-buckets': {
    severity: 'error',
    means:
      'The buckets of a memory are not in the order in which it grew, so its pages are permuted. Release 0.7.1 does this when it is loaded.',
    remedy:
      'Do not let the canister open this memory. Read its buckets in the order given in the message, and write their contents to its buckets in ascending order.',
  },
  'mm.first-bucket': {
    severity: 'warning',
    means:
      'A memory does not start with the bucket that has the header: that bucket was lost or freed, or 0.7.1 permuted the buckets. Opening the memory can erase it.',
    remedy:
      'Do not upgrade the canister before the order is known: opening the memory can start an empty structure over it. Restore the bytes of the owner table.',
  },
  'mm.missing': {
    severity: 'warning',
    means:
      'Structures start where a memory manager has its buckets, but its header is gone. The next MemoryManager::init starts an empty manager.',
    remedy:
      'If the canister has a memory manager, do not upgrade it, and restore page 0 from a snapshot. If it uses RestrictedMemory, nothing needs to be done.',
  },
  'mm.started-anew': {
    severity: 'error',
    means:
      'A new memory manager was started over an older one. It does not know the structures in the old buckets, and allocates their pages as new.',
    remedy:
      'Do not let the canister grow a memory. Restore page 0 from an earlier snapshot; the structures themselves are still there.',
  },
  // Motoko's regions
  'region.bad-magic': {
    severity: 'error',
    means:
      'Page 0 is that of a region manager, but its magic is damaged: the runtime assumes that the image has no regions, and overwrites it.',
    remedy: 'Do not upgrade the canister. Restore the eight bytes "MOREGION" at the start of the image.',
  },
  'region.bad-version': {
    severity: 'error',
    means: 'The region manager has a format version that no release of Motoko has written: the runtime rejects it.',
    remedy: 'Restore the four bytes at offset 8 to 2, or use the compiler that wrote the image.',
  },
  'region.block-table': {
    severity: 'error',
    means: 'The block table contradicts itself, its header or the size of the image: bytes of a region are lost or swapped.',
    remedy: 'Restore the entry. The blocks of a region have ranks 0, 1, 2, … and 128 pages each, except for the last.',
  },
  'region.unreachable': {
    severity: 'warning',
    means:
      'A region has blocks, but no variable of the program leads to it any more: no one can read or free it, and the canister pays for its blocks as long as it exists.',
    remedy:
      'Look for an upgrade that dropped or replaced the variable that held the region. Keep each Region in a stable variable, and use it again instead of calling Region.new.',
  },
  'region.trailer': {
    severity: 'error',
    means:
      'The words that pre-upgrade leaves at the end of stable memory do not fit the image: post-upgrade traps or loses data.',
    remedy: 'Do not upgrade with this image. Restore the last bytes of its last page, or take the snapshot again.',
  },
  // Motoko's heap
  'heap.unread': {
    severity: 'information',
    means:
      'The heap of the same snapshot could not be read completely: values of variables are missing, and free lists are reconstructed from stable memory alone.',
    remedy:
      'Download the whole snapshot again, with all its files, in one go. Only heaps of canisters that were compiled with moc 0.14 or later can be read.',
  },
  // Motoko's MemoryRegion, cross-checked with the structure in its region
  'memory-region.free-list': {
    severity: 'error',
    means:
      'The allocator state of a MemoryRegion contradicts itself: blocks were freed twice or with a wrong size, or the library corrupted it.',
    remedy:
      'Two values may share bytes, now or soon. Read all values, compare them, and save them into a new structure with the newest release of the library.',
  },
  'memory-region.leaked': {
    severity: 'warning',
    means:
      'A MemoryRegion has allocated these bytes, but nothing in its structure leads to them: they are lost until the region is cleared.',
    remedy: 'Find out which operation forgets to free blocks. The newest release of the library frees more than older ones.',
  },
  'memory-region.freed-in-use': {
    severity: 'error',
    means:
      'A MemoryRegion has these bytes in its free list, but its structure uses them: the next allocation may overwrite them.',
    remedy:
      'Do not add anything before the values are saved. Read them all and add them to a new structure with the newest release of the library.',
  },
  // Motoko's stable variables
  'stable-variables.undecodable': {
    severity: 'error',
    means: 'The stable variables are not in the form that pre-upgrade writes: post-upgrade traps, or misreads their values.',
    remedy: 'Do not upgrade with this image. Take the snapshot again, or start the canister again from its old version.',
  },

  // Traces: the file, and the events in it
  'trace.not-a-trace': {
    severity: 'error',
    means: 'The file does not start like a trace.',
    remedy: 'Open a .smtrace or .smtrace.jsonl file. Convert traces of other tools with "stable-memory import".',
  },
  'trace.version': {
    severity: 'error',
    means: 'The trace uses a later version of the format.',
    remedy: 'Open it with a newer release of this tool.',
  },
  'trace.bad-event': {
    severity: 'error',
    means: 'An event in the trace file is damaged. Events after it are not read, because nothing shows where they start.',
    remedy: 'Record the trace again, or restore the file. The steps before the damage can be used.',
  },
  'trace.cut': {
    severity: 'warning',
    means: 'The trace file ends in the middle of an event, for example after the recorder crashed.',
    remedy: 'Nothing needs to be done: all complete events were read.',
  },
  'trace.message-order': {
    severity: 'warning',
    means:
      'Messages start or end in an impossible order: an end without a start, a number used twice, or an outer message that ends before its inner one.',
    remedy: 'Check that the recorder writes the start and the end of each message, the inner ones before the outer one.',
  },
  'trace.gap': {
    severity: 'warning',
    means: 'The recorder lost events here, so states after this point may be wrong.',
    remedy: 'Record with a larger buffer, or trust only the steps before the gap.',
  },
  'trace.initial-differs': {
    severity: 'error',
    means: 'The trace was recorded from a different state than the one that it is replayed on.',
    remedy: 'Replay it on the snapshot that was taken when the recording started.',
  },
  'trace.initial-missing': {
    severity: 'warning',
    means:
      'The trace was recorded from a snapshot, but no snapshot was given. Bytes that the trace does not write are shown as zero.',
    remedy: 'Pass the snapshot that was taken when the recording started.',
  },
  'trace.checkpoint': {
    severity: 'error',
    means: 'The replayed memory differs from the memory that the recorder saw: events are missing or wrong.',
    remedy: 'Check that the snapshot is the right one, and that the recorder sees every write.',
  },
  'trace.overlap': {
    severity: 'error',
    means: 'Bytes were allocated that are already in use: each owner overwrites the bytes of the other.',
    remedy:
      'Look at the step that allocated the other block. Versions of augmented-btrees before 0.8.0 do this; update the library.',
  },
  'trace.double-free': {
    severity: 'error',
    means: 'Bytes were freed that were already free: two later allocations can receive the same bytes.',
    remedy: 'Find the step that freed them first, and keep only one of the two.',
  },
  'trace.not-live': {
    severity: 'error',
    means: 'The freed range does not match an allocated block.',
    remedy: 'Free exactly what was allocated: the same address and the same size.',
  },
  'trace.out-of-bounds': {
    severity: 'error',
    means: 'A range ends past the end of its memory; the real library traps here.',
    remedy: 'Check the address and the length that the program computed.',
  },
  'trace.unknown-space': {
    severity: 'error',
    means: 'An event names a space that the trace has not declared, so its effect cannot be shown.',
    remedy: 'Write a space event, [3, number, kind, name], before the first event of the space.',
  },
  'trace.bucket-order': {
    severity: 'error',
    means:
      'A memory was given a freed bucket below a bucket that it already had. The order is not stored anywhere, so the next upgrade permutes its pages. Version 0.7.1 does this.',
    remedy:
      'Use 0.7.2 or later, which does not reuse buckets. Before the upgrade, copy the contents of the memory into a new one.',
  },
  'trace.grow-failed': {
    severity: 'warning',
    means: 'A memory could not grow. A library that does not check the result goes on as if it had grown.',
    remedy: 'Free memory, or raise the limit of the canister.',
  },
  'trace.leak': {
    severity: 'information',
    means:
      'Blocks are still allocated at the end of the trace. That is right for data that is kept, and a leak for everything else.',
    remedy: 'Look at the oldest blocks: who allocated them, and whether something should have freed them.',
  },
  'trace.metadata': {
    severity: 'error',
    means: 'A write damaged what a library keeps about the memory: tables of a manager, or the header of a chunk.',
    remedy: 'Look at the functions that led to the write: it went to an address that is not its own.',
  },
  // Motoko's MemoryBuffer
  'buffer.bad-version': {
    severity: 'error',
    means: 'The buffer has a layout version that no release of the library can read.',
    remedy: 'Find out which program wrote the region. If it was this library, restore the byte at address 3 to 0.',
  },
  'buffer.pairing': {
    severity: 'error',
    means:
      'A buffer consists of two regions whose headers name each other. These headers do not, so it is uncertain which values belong to the buffer.',
    remedy:
      'Restore the magic, or the region id, in the header that differs. Check which regions the program itself uses together.',
  },
  'buffer.count': {
    severity: 'error',
    means:
      'The count of values is greater than the number of records that were ever written: reading the last values traps or returns old bytes.',
    remedy: 'Restore the eight bytes at address 8 of the pointers region to the number of values.',
  },
  'buffer.pointer-outside': {
    severity: 'error',
    means:
      'A record points outside the region with the values, or into its header: reading this value traps, or returns bytes of the header.',
    remedy: 'Remove the element, or restore its record. Its bytes may still be in a gap between the others.',
  },
  'buffer.overlap': {
    severity: 'error',
    means:
      'Two values share bytes: the value that was stored later has overwritten the other. Some releases of augmented-btrees allocate blocks twice.',
    remedy: 'Move to memory-region 1.4.0 with augmented-btrees 0.8.0, and store the damaged values again from another source.',
  },
  // Custom layouts of programs
  'value-log.residual': {
    severity: 'information',
    means:
      'After the last entry of a log there are bytes that are not an entry. They are residual data, or do not belong to the log.',
    remedy: 'Nothing needs to be done if the log was restarted, or if the program keeps something else there.',
  },
  'value-log.broken': {
    severity: 'warning',
    means:
      'A log cannot be read at one place, but more entries can be read after it: the bytes between are damaged, or the log was restarted over an older one.',
    remedy:
      'Compare the number of entries with the number that the program keeps. If entries are missing, restore the length or the value at that place.',
  },
  'indexed-log.outside': {
    severity: 'error',
    means: 'An index entry points outside the data: reading its value traps.',
    remedy: 'Restore the offset or the size. The values before and after it limit where its bytes can be.',
  },
  'layout.impossible': {
    severity: 'warning',
    means: 'The labels declare a layout that does not fit these bytes.',
    remedy: 'Correct the declaration in the labels. If it is right, find out what damaged the number that gives the count.',
  },
  // Motoko's MemoryQueue
  'queue.header-lost': {
    severity: 'warning',
    means:
      'The header of a MemoryQueue was overwritten. The program continues with its copy on the heap, until that is lost, too.',
    remedy:
      'Read the values and add them to a new queue. In front of each value are 12 bytes with the address of the next node and the size of the value.',
  },
  'queue.bad-version': {
    severity: 'error',
    means: 'The queue has a layout version that no release of the library can read.',
    remedy: 'Find out which program wrote the region. If it was this library, restore the byte at address 3 to 0.',
  },
  'queue.cycle': {
    severity: 'error',
    means: 'A node leads back to an earlier one: iterating over the queue never ends, and the values after it are unreachable.',
    remedy: 'Restore the address of the next node. The right one may be a node between the others that nothing points to.',
  },
  'queue.count': {
    severity: 'error',
    means:
      'The count in the header differs from the number of values that its head leads to: values are lost, or taking a value from the queue traps.',
    remedy: 'Restore the count or the head, whichever is wrong: bytes 4 to 19 of the region.',
  },
  'queue.pointer': {
    severity: 'error',
    means: 'An address or size in the queue is wrong, or the last node is not the tail in the header: values are unreachable.',
    remedy: 'Restore it. Its target may be a node between the others that nothing points to.',
  },
  'queue.overlap': {
    severity: 'error',
    means:
      'Two nodes share bytes: the node that was stored later has overwritten the other. Some releases of augmented-btrees allocate blocks twice.',
    remedy: 'Move to memory-region 1.4.0 with augmented-btrees 0.8.0, and store the damaged values again from another source.',
  },
  // Motoko's MemoryBTree and MemoryBTreeSet
  'memory-btree.bad-version': {
    severity: 'error',
    means: 'The tree has a layout version that no release of the library writes.',
    remedy:
      'Find out which program wrote the region. Restore the byte at address 3: 0, or 1 in the data region of newer releases.',
  },
  'memory-btree.pairing': {
    severity: 'error',
    means:
      'A tree consists of four regions whose headers name each other. These headers do not, so one region may be missing or belong to something else.',
    remedy:
      'Restore the magic, or the region id, in the header that differs. Check which regions the program itself uses together.',
  },
  'memory-btree.node': {
    severity: 'error',
    means:
      'A pointer leads to a place without a node, or a node contradicts its place in the tree: searching or iterating traps, misses entries or goes wrong.',
    remedy: 'Restore the field. Depth, parent, index and the links between leaves repeat what the branches above contain.',
  },
  'memory-btree.entry': {
    severity: 'error',
    means: 'The size of a key, or the position of a value, leads outside its region: reading the entry traps.',
    remedy: 'Restore the field, or remove the entry. Its bytes may still be in a gap between the others.',
  },
  'memory-btree.order': {
    severity: 'error',
    means: 'Keys are not in ascending order here, so searches and ranges silently miss entries.',
    remedy: 'Find out whether an upgrade changed the order of the key type. Read all entries and insert them into a new tree.',
  },
  'memory-btree.order-doubtful': {
    severity: 'warning',
    means: 'One key is not in the order that all other keys follow. In another order that its type could have, nothing is wrong.',
    remedy:
      'Look at the key and the keys on either side of it. If the canister would not write such a key, restore its bytes. Otherwise nothing needs to be done.',
  },
  'memory-btree.length': {
    severity: 'error',
    means: 'The number of entries or nodes in the header differs from the number that can be reached from the root.',
    remedy: 'Find out whether other damage hides them. If not, restore the count.',
  },
  'memory-btree.overlap': {
    severity: 'error',
    means:
      'Two entries or values share bytes: the one that was stored later has overwritten the other. Some releases of augmented-btrees allocate blocks twice.',
    remedy: 'Move to memory-region 1.4.0 with augmented-btrees 0.8.0, and store the damaged entries again from another source.',
  },
  'memory-btree.separators': {
    severity: 'error',
    means:
      'A program was moved to a release that creates trees of layout version 1, and went on using a tree of version 0. It misreads the older separators: searches miss entries, and keys are inserted twice.',
    remedy:
      'Iterate over all entries, which goes from leaf to leaf, and insert them into a new tree. If a key appears twice, find out which value is newer.',
  },
  'memory-btree.subtree': {
    severity: 'warning',
    means: 'A branch has the wrong number of entries below it, so positions are wrong. Removing a referenced entry does this.',
    remedy:
      'Nothing needs to be done if the program does not use positions. Otherwise read all entries and insert them into a new tree.',
  },
  'memory-btree.branch-leaked': {
    severity: 'warning',
    means: 'A former root was not freed when the tree lost a level: its bytes are lost until the tree is rebuilt.',
    remedy: 'Nothing needs to be done. It is one node for each level that was lost.',
  },
  // Differences from a layout lock
  'lock.layout': {
    severity: 'error',
    means:
      'The lock has another layout of the whole image: a manager was put over something else, or the manager is gone. Everything that the old layout led to is lost or will be overwritten.',
    remedy:
      'Do not ship this upgrade. Restore the snapshot from before it. Move the data first, then change the layout; then run "stable-memory lock SNAPSHOT -o FILE --update".',
  },
  'lock.bucket-size': {
    severity: 'error',
    means:
      'The buckets of the manager have another size than in the lock. The library never changes it, so a new manager was written over the old one, or its header is damaged.',
    remedy:
      'Restore the snapshot from before the upgrade. Open the manager with MemoryManager::init, which keeps the size. Another size needs a copy of all memories.',
  },
  'lock.version': {
    severity: 'error',
    means:
      'A layout version is lower than in the lock: an older release of the library wrote this, which may not read what a newer one stored.',
    remedy: 'Build the canister with the release that wrote the snapshot of the lock, or a newer one.',
  },
  'lock.structure': {
    severity: 'error',
    means:
      'There is another structure than the lock says: an id was given to something else, or a structure was opened as another one. The program reads the bytes of the old one wrongly, or overwrites them.',
    remedy:
      'Give the new structure an id that the lock does not have, and open the old one with its own type. If the change is intended and the old data was moved, update the lock.',
  },
  'lock.key-type': {
    severity: 'error',
    means: 'The keys have another type than in the lock: lookups miss the entries that are there, or decoding them traps.',
    remedy:
      'Keep the type. To change it, read all entries with the old type and insert them into a new map with another id; then update the lock.',
  },
  'lock.key-order': {
    severity: 'error',
    means:
      'The keys are in another order than when the lock was written: a program that compares them in the old order misses entries.',
    remedy:
      'Restore the order (Ord) of the key type. For another order, insert all entries into a new map; then update the lock.',
  },
  'lock.value-type': {
    severity: 'error',
    means: 'The values have another type than in the lock, or some cannot be read with it any more: decoding them traps.',
    remedy:
      'Make the new type read what the old one wrote, with new fields optional or with defaults, or rewrite all values. Then update the lock.',
  },
  'lock.type-doubtful': {
    severity: 'warning',
    means: 'The lock has a guess about the type of keys or values, and some of them cannot be read with it.',
    remedy:
      'If the type did not change, replace the guess in the lock by the right type: "key" or "value". If it did, keep the old type.',
  },
  'lock.bound': {
    severity: 'error',
    means:
      'A maximum size is smaller than in the lock, or sizes that were fixed are not, or the reverse: older entries do not fit any more, or are read at wrong places.',
    remedy:
      'Restore the bound of the Storable type. To change it, copy the entries into a new structure with another id; then update the lock.',
  },
  'lock.emptied': {
    severity: 'error',
    means:
      'A structure that held something when the lock was written was emptied or created again since. BTreeMap::new, Vec::new and Log::new in post_upgrade do this; init does not.',
    remedy:
      'If that was not intended, do not let the canister write again: save what can still be read ("stable-memory entries SNAPSHOT PART --stale" for maps), restore the snapshot from before the upgrade, and use init. If it was, update the lock.',
  },
  'lock.dropped': {
    severity: 'error',
    means: 'A memory, region or stable variable that the lock has is gone, with its data.',
    remedy:
      'Restore the snapshot from before the upgrade. To remove something on purpose, empty it, set its state in the lock to "retired", and check again before it goes.',
  },
  'lock.reused': {
    severity: 'error',
    means:
      'Something else is stored under an id that the lock has as retired. Residual data of the old structure may be read as data of the new one.',
    remedy: 'Use an id that is not in the lock. If the old bytes were overwritten on purpose, remove the entry from the lock.',
  },
  'lock.retired': {
    severity: 'error',
    means: 'The lock says that this is retired and must hold nothing, but it still holds something.',
    remedy: 'Clear it in the canister, or set its state in the lock back to "deprecated".',
  },
  'lock.retired-space': {
    severity: 'information',
    means: 'A retired memory or region still takes space, which is paid for.',
    remedy:
      'Nothing needs to be done. Buckets are freed only if the memories are copied under a new manager; blocks of a region never.',
  },
  'lock.deprecated': {
    severity: 'error',
    means: 'Something that the lock has as deprecated, which must not change any more, has changed since the lock was written.',
    remedy:
      'Find out what still writes to it. If the change is right, run "stable-memory lock SNAPSHOT -o FILE --update", or set its state back to "live".',
  },
  'lock.no-digest': {
    severity: 'information',
    means: 'The lock has no checksum of something that is deprecated, so changes of it cannot be found yet.',
    remedy: 'Run "stable-memory lock SNAPSHOT -o FILE --update" once after setting the state.',
  },
  'lock.variable-type': {
    severity: 'error',
    means:
      'The type of a stable variable is not a supertype of the one in the lock: the runtime refuses the upgrade, or it traps.',
    remedy: 'Restore the type, widen it instead, or write a migration function that converts the value.',
  },
  'lock.variable-loss': {
    severity: 'error',
    means:
      'The type of a stable variable leaves out data that the one in the lock has. The runtime drops the data silently; newer compilers refuse that.',
    remedy: 'Keep the field, or move its data in a migration function first. Then update the lock.',
  },
} as const satisfies Record<string, FindingKind>;

export type FindingCode = keyof typeof FINDINGS;

/** A defect or fact found in the bytes, and where it is. */
export interface Finding {
  readonly code: FindingCode;
  /** The memory that contains `at`: an image, a virtual memory or a region. */
  readonly memory: ReadableMemory;
  /** Contains the damaged bytes. */
  readonly at: AddressRange;
  readonly message: string;
  /** Bytes that the canister pays for although nothing uses them; the full scan says what they cost. */
  readonly wasted?: number | undefined;
  /** The bytes that belong at `at`, where other bytes prove them. */
  readonly right?: Uint8Array | undefined;
  /** The path that the reader took, outermost first: `root 0x64`, `child 3`, … Empty when there was no path to follow. */
  readonly path?: readonly string[];
}

/** Receives a finding. The reader goes on afterwards. */
export type Report = (finding: Finding) => void;
