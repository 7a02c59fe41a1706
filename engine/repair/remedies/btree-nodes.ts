import { Budget } from '../../core/budget.ts';
import { formatAddress, formatCounted } from '../../core/format.ts';
import { littleEndian } from '../../core/little-endian.ts';
import { at, holds, readBytes } from '../../core/memory/memory.ts';
import { CHUNK_HEADER_LENGTH, MAX_ENTRIES } from '../../rust/btree/layout.ts';
import { Marks } from '../../rust/btree/marks.ts';
import type { OpenTree } from '../../rust/btree/open-tree.ts';
import { TreeWalk } from '../../rust/btree/scan/walk.ts';
import { ownersOf } from '../../snapshot/owners.ts';
import { lostChunks } from '../btree/chunks-in-use.ts';
import { withTree } from '../btree/tree-of.ts';
import { type Case, only, type Proposal, type Remedy, refused } from '../remedy.ts';
import { bytesAt, restoreField } from './fixed-bytes.ts';

/** Maximum chunks that are tried as the target of a pointer. */
const MAX_TARGETS = 24;
/** Maximum sizes of values that are tried, and elements from which they are taken. */
const MAX_SIZES = 8;
const SAMPLE = 2_000;

const TYPE_IN_NODE = 4;

/** Tries every number of entries that a node can have. */
export const restoreEntryCount: Remedy = ({ finding, snapshot }) => {
  if (finding.at.length !== 2) return refused('The number of entries is split between two buckets.');
  const counts = Array.from({ length: MAX_ENTRIES }, (_, index) => index + 1);
  return only(
    counts.map((count) =>
      bytesAt(snapshot, finding.at.start, Uint8Array.of(count, 0), `Restored the node's number of entries, ${count}.`),
    ),
  );
};

/** Makes a leaf an internal node, or the reverse, where its level shows that it must be one. */
export const restoreNodeType: Remedy = ({ finding, snapshot }) => {
  const place = finding.at.start + TYPE_IN_NODE;
  const [type] = readBytes(snapshot.memory, at(0, place), 1);
  if (type !== 0 && type !== 1) return refused('The type of the node is neither that of a leaf nor that of an internal node.');
  const name = type === 0 ? 'an internal node' : 'a leaf';
  return only([bytesAt(snapshot, place, Uint8Array.of(1 - type), `Made the node ${name}.`)]);
};

/** Tries the sizes that other values have. */
export const restoreValueSize: Remedy = ({ finding, snapshot, placed }) => {
  if (finding.at.length !== 4 || placed === undefined) return refused('The size of the value is split between two buckets.');
  const sizes = new Set<number>();
  for (const { value } of placed.structure.elements(0, SAMPLE, new Budget())) if (value !== undefined) sizes.add(value.size);
  if (sizes.size > MAX_SIZES)
    return refused(
      'Values have many sizes, and the bytes do not show which size this one has: the values after it depend on it.',
    );
  return only(
    [...sizes].map((size) => {
      const bytes = littleEndian(size, 4);
      return bytesAt(
        snapshot,
        finding.at.start,
        bytes,
        `Restored the size of the value, ${formatCounted(size, 'byte')}, like that of others.`,
      );
    }),
  );
};

/** Restores a magic, or else the pointer that leads to a place without it. */
export const restoreMagicOrPointer: Remedy = (problem) =>
  problem.finding.at.length === 3 ? restoreField(problem) : restorePointer(problem);

/** Tries, as the target of a wrong pointer, every chunk that is allocated and that nothing leads to; and none, for overflow pages. */
export const restorePointer: Remedy = (problem) =>
  withTree(problem, (tree) => {
    const { finding, snapshot } = problem;
    if (finding.at.length !== 8) return refused('The pointer is split between two buckets.');
    const targets: number[] = [];
    for (const chunk of lostChunks(tree, marksOf(tree))) {
      targets.push(chunk + CHUNK_HEADER_LENGTH);
      if (targets.length > MAX_TARGETS)
        return refused('Too many chunks that nothing leads to could be the target of the pointer.');
    }
    const toTargets = targets.map((target) => pointer(snapshot, finding.at.start, target));
    return only(isChildPointer(problem) ? toTargets : [...toTargets, pointer(snapshot, finding.at.start, 0)]);
  });

function pointer(snapshot: Case['snapshot'], offset: number, target: number): Proposal {
  const where =
    target === 0
      ? 'Ended the overflow pages here.'
      : `Restored the pointer: it leads to ${formatAddress(target)}, which nothing else leads to.`;
  return bytesAt(snapshot, offset, littleEndian(target, 8), where);
}

/** Returns whether the pointer is that of a child or to the root; otherwise it leads to an overflow page. */
function isChildPointer({ finding, snapshot }: Case): boolean {
  const name = ownersOf(snapshot, finding.at.start, new Budget()).at(-1)?.name ?? '';
  return name.startsWith('child') || name.startsWith('root');
}

/** Marks the chunks that can be reached, although damage may hide some. */
function marksOf(tree: OpenTree): Marks {
  const marks = new Marks();
  const walk = new TreeWalk(tree, tree.header.root, tree.form ?? 'variable', { marks, refused: new Set() });
  const budget = new Budget();
  while (walk.next(budget)) {}
  return marks;
}

/** Swaps two pointers to children, where the check found that the keys below each belong below the other. */
export const swapChildren: Remedy = (problem) => {
  const { finding, snapshot } = problem;
  const { start, length } = finding.at;
  const WHY = 'The order of keys shows that some are in the wrong place, or damaged, but not what was there before.';
  if (length < 16 || length % 8 !== 0 || !holds(snapshot.memory, start, length) || !isChildPointer(problem)) return refused(WHY);
  const bytes = readBytes(snapshot.memory, at(0, start), length);
  const swapped = bytes.slice();
  swapped.set(bytes.subarray(length - 8), 0);
  swapped.set(bytes.subarray(0, 8), length - 8);
  return only([bytesAt(snapshot, start, swapped, 'Swapped the pointers to the two children.')]);
};
