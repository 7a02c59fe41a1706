import { FINDINGS, type FindingCode } from '../../core/findings.ts';
import { type Advice, type Case, type Remedy, refused } from '../remedy.ts';
import { freeLostChunks, rebuildFreeList } from './btree-allocator.ts';
import { restoreLength, restoreLostHeader, restorePageSize, restoreStart } from './btree-header.ts';
import {
  restoreEntryCount,
  restoreMagicOrPointer,
  restoreNodeType,
  restorePointer,
  restoreValueSize,
  swapChildren,
} from './btree-nodes.ts';
import { sortBuckets } from './bucket-order.ts';
import { restoreField, restoreRight } from './fixed-bytes.ts';
import { restoreItemSize, restoreLogCount, restoreLogData, restoreVecLength } from './lists.ts';
import { giveBucketsBack, restoreBucketCount, restoreManagerVersion, restoreMemorySize } from './manager.ts';
import { restoreProvenReading } from './manager-readings.ts';
import { REFUSALS } from './refusals.ts';

/** The remedy for each kind of finding that has one. */
const REMEDIES: Partial<Record<FindingCode, Remedy>> = {
  'btree.bad-magic': restoreStart,
  'btree.bad-version': restoreField,
  'btree.page-size': restorePageSize,
  'btree.length': restoreLength,
  'btree.keys-unsorted': swapChildren,
  'btree.address-outside': restorePointer,
  'btree.not-a-chunk': restorePointer,
  'btree.node-reached-twice': restorePointer,
  'btree.depth': restorePointer,
  'btree.leaf-depth': restoreNodeType,
  'btree.node-bad-magic': restoreMagicOrPointer,
  'btree.node-bad-version': restoreField,
  'btree.node-bad-type': restoreField,
  'btree.node-count': restoreEntryCount,
  'btree.value-outside-node': restoreValueSize,
  'btree.overflow-bad-magic': restoreMagicOrPointer,
  'btree.overflow-cycle': restorePointer,
  'btree.overflow-short': restorePointer,
  'btree.overflow-surplus': restorePointer,
  'btree.chunk-leaked': freeLostChunks,
  'alloc.bad-magic': restoreField,
  'alloc.bad-version': restoreField,
  'alloc.count': rebuildFreeList,
  'alloc.address-outside': rebuildFreeList,
  'alloc.chunk-bad-magic': rebuildFreeList,
  'alloc.free-list-cycle': rebuildFreeList,
  'alloc.free-list-has-live-chunk': rebuildFreeList,
  'alloc.live-node-in-free-chunk': rebuildFreeList,
  'alloc.chunks-unaccounted': rebuildFreeList,
  'alloc.tail-not-last': rebuildFreeList,
  'memory.two-maps': restoreLength,
  'btree.header-lost': restoreLostHeader,
  'vec.len-outside': restoreVecLength,
  'vec.element-type': restoreItemSize,
  'log.count-outside': restoreLogCount,
  'log.header-lost': restoreLogData,
  'vec.bad-magic': restoreField,
  'vec.bad-version': restoreField,
  'heap.bad-magic': restoreField,
  'heap.bad-version': restoreField,
  'cell.bad-magic': restoreField,
  'cell.bad-version': restoreField,
  'log.index-bad-magic': restoreField,
  'log.data-bad-magic': restoreField,
  'log.bad-version': restoreField,
  'mm.bad-magic': restoreField,
  'mm.bad-version': restoreManagerVersion,
  'mm.byte-order': restoreProvenReading,
  'mm.bucket-size': restoreProvenReading,
  'mm.wrong-owner': restoreProvenReading,
  'mm.swapped-owners': restoreProvenReading,
  'mm.page-inserted': restoreProvenReading,
  'mm.page-lost': restoreProvenReading,
  'mm.owned-bucket-above-count': restoreBucketCount,
  'mm.count-outside': restoreBucketCount,
  'mm.too-few-buckets': restoreMemorySize,
  'mm.too-many-buckets': restoreMemorySize,
  'mm.permuted-buckets': sortBuckets,
  'mm.freed-bucket': giveBucketsBack,
  'region.bad-magic': restoreField,
  'region.bad-version': restoreField,
  'region.block-table': restoreRight,
  'buffer.pairing': restoreRight,
  'queue.count': restoreRight,
  'queue.pointer': restoreRight,
  'memory-btree.node': restoreRight,
  'memory-btree.length': restoreRight,
  'memory-btree.subtree': restoreRight,
  'memory-btree.pairing': restoreRight,
  'log.count': restoreRight,
  'buffer.bad-version': restoreField,
  'queue.bad-version': restoreField,
  'memory-btree.bad-version': restoreField,
};

/** Returns what can be done about a finding. */
export function adviceFor(problem: Case): Advice {
  const { code } = problem.finding;
  return (
    REMEDIES[code]?.(problem) ?? refused(REFUSALS[code] ?? `The bytes do not prove what was there. ${FINDINGS[code].remedy}`)
  );
}
