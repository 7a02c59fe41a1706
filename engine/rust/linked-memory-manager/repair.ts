import { byteLength, type Memory } from '../../core/memory/memory.ts';
import { Unreadable } from '../../core/unreadable.ts';
import { bucketStart } from '../memory-manager/mapping.ts';
import { type Chains, walkChains } from './chains.ts';
import { decodeLinked, encodeSupply, FREE_AT, type LinkedHeader } from './layout.ts';

/** A manager that can be used. */
export interface Repaired {
  readonly header: LinkedHeader;
  readonly chains: Chains;
  /** True if a write was missing. */
  readonly repaired: boolean;
}

/**
 * Returns whether the last write of an operation is missing: the free buckets in the header are older than the chains of the
 * memories.
 */
export function isUnfinished(header: LinkedHeader, { supply, faults }: Chains): boolean {
  if (faults.length > 0) return false;
  return supply.firstFree !== header.firstFree || supply.allocatedBuckets !== header.allocatedBuckets;
}

/**
 * Does the missing write of an interrupted operation: one write of eight bytes. Nothing is guessed: bytes that an interruption
 * cannot leave behind are not touched.
 * @throws Unreadable when the result is not an intact manager of this layout.
 */
export function repair(memory: Memory): Repaired {
  const header = decodeLinked(memory);
  if (header === undefined) throw new Unreadable('There is no linked memory manager at the start of the memory.');
  if (header.bucketPages === 0) throw new Unreadable('The bucket size is 0 pages, so no bucket has a place.');
  const chains = walkChains(memory, header);
  const [fault] = chains.faults;
  if (fault !== undefined) throw new Unreadable(fault.message);
  if (bucketStart(chains.supply.allocatedBuckets, header.bucketPages) > byteLength(memory)) {
    throw new Unreadable(`The memory ends after ${memory.pages} pages, before the end of its buckets.`);
  }
  const repaired = isUnfinished(header, chains);
  if (repaired) memory.write(FREE_AT, encodeSupply(chains.supply));
  return { header: { ...header, ...chains.supply }, chains, repaired };
}
