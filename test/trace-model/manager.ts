/**
 * The model of a memory manager, layout version 1: an image whose first page is the header, followed by buckets. Every operation returns
 * a new manager with a whole copy of the image.
 *
 * The header: "MGR", version 1, the number of buckets (u16), the pages of a bucket (u16), 32 reserved bytes, the pages of the 255
 * memories (u64 each), and from byte 2,080 the memory of each of the 32,768 buckets, 255 for none.
 */
import { type Bytes, grown, PAGE, written } from './bytes.ts';

const SIZES = 40;
const OWNERS = 2_080;
const MAX_BUCKETS = 32_768;
const NOBODY = 255;

/** Which freed buckets a memory takes before new ones. */
export type Reuse = 'never' | 'lowest-first' | 'ascending';

export interface Manager {
  readonly bucketPages: number;
  /** The memory of each bucket, undefined for a freed bucket. */
  readonly owners: readonly (number | undefined)[];
  /** The buckets of each memory, in the order of its pages. */
  readonly buckets: ReadonlyMap<number, readonly number[]>;
  /** The pages of each memory. */
  readonly pages: ReadonlyMap<number, number>;
  readonly image: Bytes;
}

export function newManager(bucketPages: number): Manager {
  return withHeader({ bucketPages, owners: [], buckets: new Map(), pages: new Map(), image: new Uint8Array(PAGE) });
}

/** Grows a memory by pages. Reused buckets keep the bytes of their former owner, as in the library. */
export function growIn(manager: Manager, memory: number, by: number, reuse: Reuse): Manager {
  const pages = (manager.pages.get(memory) ?? 0) + by;
  const owners = [...manager.owners];
  const buckets = [...(manager.buckets.get(memory) ?? [])];
  while (buckets.length * manager.bucketPages < pages) {
    const above = reuse === 'ascending' ? (buckets.at(-1) ?? -1) : -1;
    const freed = owners.findIndex((owner, bucket) => owner === undefined && bucket > above);
    const bucket = reuse === 'never' || freed < 0 ? owners.length : freed;
    owners[bucket] = memory;
    buckets.push(bucket);
  }
  const image = grown(manager.image, Math.max(manager.image.length / PAGE, 1 + owners.length * manager.bucketPages));
  return withHeader({
    ...manager,
    owners,
    buckets: new Map([...manager.buckets, [memory, buckets]]),
    pages: new Map([...manager.pages, [memory, pages]]),
    image,
  });
}

/** Frees a memory: its buckets belong to nobody, and keep their bytes. */
export function freeIn(manager: Manager, memory: number): Manager {
  return withHeader({
    ...manager,
    owners: manager.owners.map((owner) => (owner === memory ? undefined : owner)),
    buckets: new Map([...manager.buckets, [memory, []]]),
    pages: new Map([...manager.pages, [memory, 0]]),
  });
}

/** Loads a manager from its image: the order of a memory's buckets is not stored, so it becomes ascending. */
export function reloaded(manager: Manager): Manager {
  const sorted = [...manager.buckets].map(([memory, buckets]) => [memory, buckets.toSorted((a, b) => a - b)] as const);
  return { ...manager, buckets: new Map(sorted) };
}

/** Returns the bytes of a memory. */
export function bytesIn(manager: Manager, memory: number): Bytes {
  const bytes = new Uint8Array((manager.pages.get(memory) ?? 0) * PAGE);
  const size = manager.bucketPages * PAGE;
  for (const [rank, bucket] of (manager.buckets.get(memory) ?? []).entries()) {
    const start = PAGE + bucket * size;
    bytes.set(manager.image.subarray(start, start + Math.min(size, bytes.length - rank * size)), rank * size);
  }
  return bytes;
}

/** Writes bytes, byte by byte, that are within the memory. */
export function writeIn(manager: Manager, memory: number, address: number, data: Bytes): Manager {
  const image = manager.image.slice();
  for (const [index, byte] of data.entries()) image[offsetIn(manager, memory, address + index)] = byte;
  return { ...manager, image };
}

/** Returns the offset in the image of a byte of a memory. */
function offsetIn(manager: Manager, memory: number, address: number): number {
  const size = manager.bucketPages * PAGE;
  const bucket = manager.buckets.get(memory)?.[Math.floor(address / size)];
  if (bucket === undefined) throw new RangeError(`Memory ${memory} has no byte ${address}.`);
  return PAGE + bucket * size + (address % size);
}

function withHeader(manager: Manager): Manager {
  const header = new Uint8Array(PAGE);
  const view = new DataView(header.buffer);
  header.set([0x4d, 0x47, 0x52, 1]);
  view.setUint16(4, manager.owners.length, true);
  view.setUint16(6, manager.bucketPages, true);
  for (const [memory, pages] of manager.pages) view.setBigUint64(SIZES + 8 * memory, BigInt(pages), true);
  header.fill(NOBODY, OWNERS, OWNERS + MAX_BUCKETS);
  for (const [bucket, owner] of manager.owners.entries()) header[OWNERS + bucket] = owner ?? NOBODY;
  return { ...manager, image: written(manager.image, 0, header) };
}
