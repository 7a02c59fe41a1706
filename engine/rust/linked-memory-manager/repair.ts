import { byteLength, type Memory } from '../../core/memory/memory.ts';
import { bucketStart } from '../memory-manager/mapping.ts';
import { ManagerUnreadable } from '../memory-manager/operate.ts';
import { type Chains, walkChains } from './chains.ts';
import { decodeLinked, encodeSupply, FREE_AT, type LinkedHeader } from './layout.ts';

/** A manager that can be worked with. */
export interface Repaired {
  readonly header: LinkedHeader;
  readonly chains: Chains;
  /** Whether a write was missing. */
  readonly repaired: boolean;
}

/**
 * Whether the last write of an operation is missing: what the header says of the free buckets is older than the memories' chains.
 */
export function isUnfinished(header: LinkedHeader, { supply, faults }: Chains): boolean {
  if (faults.length > 0) return false;
  return supply.firstFree !== header.firstFree || supply.allocatedBuckets !== header.allocatedBuckets;
}

/**
 * Makes up for the write that an operation was cut off before: one write of eight bytes. Nothing is guessed: bytes that no cut
 * leaves behind are not touched.
 * @throws ManagerUnreadable where no sound manager of this layout comes of it.
 */
export function repair(memory: Memory): Repaired {
  const header = decodeLinked(memory);
  if (header === undefined) throw new ManagerUnreadable('No linked memory manager stands at the start of the memory.');
  if (header.bucketPages === 0) throw new ManagerUnreadable('The bucket size is 0 pages, so no bucket has a place.');
  const chains = walkChains(memory, header);
  const [fault] = chains.faults;
  if (fault !== undefined) throw new ManagerUnreadable(fault.message);
  if (bucketStart(chains.supply.allocatedBuckets, header.bucketPages) > byteLength(memory)) {
    throw new ManagerUnreadable(`The memory ends after ${memory.pages} pages, before the end of its buckets.`);
  }
  const repaired = isUnfinished(header, chains);
  if (repaired) memory.write(FREE_AT, encodeSupply(chains.supply));
  return { header: { ...header, ...chains.supply }, chains, repaired };
}
