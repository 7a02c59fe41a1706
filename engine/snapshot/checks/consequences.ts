import type { FindingCode } from '../../core/findings.ts';
import type { PlacedFinding } from '../placed.ts';
import type { Causes } from './causes.ts';

/** Damage of a map's pointers and nodes: the nodes below are neither counted nor reached. */
const BROKEN_TREE: readonly FindingCode[] = [
  'btree.address-outside',
  'btree.not-a-chunk',
  'btree.node-reached-twice',
  'btree.depth',
  'btree.leaf-depth',
  'btree.node-bad-magic',
  'btree.node-bad-version',
  'btree.node-bad-type',
  'btree.node-count',
  'btree.key-outside-node',
  'btree.value-outside-node',
  'btree.overflow-bad-magic',
  'btree.overflow-cycle',
  'btree.overflow-short',
  'btree.overflow-surplus',
];
const BROKEN_FREE_LIST: readonly FindingCode[] = [
  'alloc.address-outside',
  'alloc.chunk-bad-magic',
  'alloc.free-list-cycle',
  'alloc.free-list-has-live-chunk',
  'alloc.live-node-in-free-chunk',
  'alloc.tail-not-last',
];

/**
 * Codes of consequences, each with the codes that can cause it in the same part. Where several of these were found, the first of
 * them is the cause, and of findings with that code the most severe, then the one at the lowest offset.
 */
const CAUSES_OF: Readonly<Partial<Record<FindingCode, readonly FindingCode[]>>> = {
  'btree.value-outside-node': ['btree.bound-raised'],
  'btree.keys-unsorted': ['btree.bound-raised', 'btree.node-count', 'btree.node-bad-type', 'btree.leaf-depth'],
  'btree.key-outside-node': ['btree.bound-raised'],
  'btree.length': ['btree.bound-raised', ...BROKEN_TREE],
  'btree.chunk-leaked': BROKEN_TREE,
  'btree.node-bad-magic': ['btree.bound-raised'],
  'btree.address-outside': ['btree.bound-raised'],
  'alloc.count': [...BROKEN_FREE_LIST, ...BROKEN_TREE],
  'alloc.chunks-unaccounted': BROKEN_FREE_LIST,
  'vec.entry-size': ['vec.element-type', 'vec.len-outside'],
  'heap.order': ['vec.element-type', 'vec.len-outside', 'vec.entry-size'],
  'log.index-order': ['log.count-outside', 'log.count'],
  'log.data-outside': ['log.count-outside', 'log.index-order'],
  'buffer.overlap': ['buffer.pointer-outside', 'buffer.count'],
  'queue.count': ['queue.pointer', 'queue.cycle'],
  'queue.overlap': ['queue.pointer', 'queue.cycle'],
  'memory-btree.length': ['memory-btree.node', 'memory-btree.entry', 'memory-btree.pairing'],
  'memory-btree.subtree': ['memory-btree.node', 'memory-btree.entry'],
  'memory-btree.overlap': ['memory-btree.entry', 'memory-btree.node', 'memory-btree.pairing'],
  'memory-btree.order': ['memory-btree.node'],
  'mm.freed-bucket': ['mm.too-few-buckets', 'mm.bucket-outside-image'],
  'mm.too-many-buckets': ['mm.too-few-buckets', 'mm.owned-bucket-above-count'],
};

/**
 * Finds the findings that follow from others of the same part.
 *
 * @param findings the most severe first, then by offset
 */
export function consequencesWithin(findings: readonly PlacedFinding[]): Causes {
  const causes = new Map<PlacedFinding, PlacedFinding>();
  const firsts = new Map<string, PlacedFinding>();
  for (const finding of findings) {
    const key = `${finding.part} ${finding.code}`;
    if (!firsts.has(key)) firsts.set(key, finding);
  }
  for (const finding of findings) {
    const cause = CAUSES_OF[finding.code]?.flatMap((code) => firsts.get(`${finding.part} ${code}`) ?? [])[0];
    if (cause !== undefined) causes.set(finding, cause);
  }
  return causes;
}
