import type { BufferRecord } from '../stable-variables/memory-regions.ts';
import type { Heap, HeapObject, Slot } from './layout.ts';
import { heapHash } from './names.ts';

const POINTERS = heapHash('pointers');
const BLOBS = heapHash('blobs');
const COUNT = heapHash('count');
const REGION = heapHash('region');

/** Reads a record `{ pointers; blobs; var count }`. Returns undefined if the object is not such a record. */
export function bufferIn(heap: Heap, object: HeapObject): BufferRecord | undefined {
  const pointers = regionOf(heap, fieldOf(heap, object, POINTERS));
  const blobs = regionOf(heap, fieldOf(heap, object, BLOBS));
  const count = numberIn(heap, fieldOf(heap, object, COUNT));
  if (pointers === undefined || blobs === undefined || count === undefined) return undefined;
  return { source: 'heap', pointers, blobs, count };
}

/** Returns the region id of a `MemoryRegion`. */
function regionOf(heap: Heap, slot: Slot | undefined): bigint | undefined {
  const region = objectIn(heap, fieldOf(heap, objectIn(heap, slot), REGION));
  return region?.kind === 'region' ? region.id : undefined;
}

function numberIn(heap: Heap, slot: Slot | undefined): bigint | undefined {
  if (slot?.kind === 'number') return slot.value;
  const object = objectIn(heap, slot);
  return object?.kind === 'number' ? object.value : undefined;
}

function objectIn(heap: Heap, slot: Slot | undefined): HeapObject | undefined {
  return slot?.kind === 'pointer' ? heap.object(slot.to) : undefined;
}

/** Returns the value of a record's field. If the field is mutable, follows the pointer to its mutable variable. */
function fieldOf(heap: Heap, record: HeapObject | undefined, hash: number): Slot | undefined {
  const index = record?.kind === 'record' ? record.hashes.indexOf(hash) : -1;
  if (record === undefined || index < 0) return undefined;
  const [slot] = heap.read(record.slots, index, index + 1);
  const object = objectIn(heap, slot);
  return object?.kind === 'mutable' ? heap.read(object.slots)[0] : slot;
}
