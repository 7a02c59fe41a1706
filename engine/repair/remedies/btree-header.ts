import { Budget } from '../../core/budget.ts';
import { formatBytes, formatCounted } from '../../core/format.ts';
import { at, readBytes } from '../../core/memory/memory.ts';
import { blankLength } from '../../rust/blank-start.ts';
import { decodeAllocator, decodeHeader, encodeHeader, LENGTH_AT, WRITTEN_HEADER_LENGTH } from '../../rust/btree/layout.ts';
import { restoreHeader } from '../../rust/btree/partial-header.ts';
import { chunksInUse, lostChunks } from '../btree/chunks-in-use.ts';
import { withTree } from '../btree/tree-of.ts';
import { first, type Remedy, refused } from '../remedy.ts';
import { restoreField } from './fixed-bytes.ts';

/** Sets the number of entries in the header to that of the tree. */
export const restoreLength: Remedy = (problem) =>
  withTree(problem, (tree, memory) => {
    const used = chunksInUse(tree, new Budget());
    if (used === undefined) return refused('Damage hides a part of the tree, so its entries cannot be counted.');
    const { length } = tree.header;
    const [lost] = lostChunks(tree, used.marks);
    if (lost !== undefined && length > BigInt(used.entries))
      return refused(
        'Chunks that nothing leads to may have the missing entries. "stable-memory entries SNAPSHOT PART --stale" lists what is in them.',
      );
    if (used.hasFirstVersion && length > BigInt(used.entries))
      return refused('In nodes of version 1 a number of entries that is too low hides entries, and looks the same.');
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(used.entries), true);
    return first({
      what: `Set the number of entries to ${formatCounted(used.entries, 'entry', 'entries')}, which can be reached from the root.`,
      writes: [{ memory, at: LENGTH_AT, bytes }],
    });
  });

/** Restores the magic, and the fields after it where they were overwritten, too. */
export const restoreStart: Remedy = (problem) => {
  if (problem.finding.at.length === 3) return restoreField(problem);
  return withTree(problem, (_, memory) => {
    const overwritten = blankLength(memory, WRITTEN_HEADER_LENGTH);
    const header = restoreHeader(memory, decodeHeader(memory), decodeAllocator(memory), overwritten);
    const bytes = encodeHeader(header);
    return first({
      what: `Restored the first ${formatBytes(overwritten)} of the header from the allocator and the nodes.`,
      writes: [{ memory, at: at(0, 0), bytes: bytes.subarray(0, overwritten) }],
    });
  });
};

/** Addresses of the page size in the header of the map, and in that of its allocator. */
const OF_MAP = 4;
const OF_ALLOCATOR = 60;

/** Writes the page size at which chunks are where they should be. */
export const restorePageSize: Remedy = (problem) =>
  withTree(problem, (tree, memory) => {
    const { finding, placed } = problem;
    const starts = [OF_MAP, OF_ALLOCATOR].filter((start) => {
      const [extent] = placed?.space.memory.toImage(at(0, start), 1) ?? [];
      return extent?.start === finding.at.start;
    });
    const [start] = starts;
    if (start === undefined) return refused('The field with the page size was not found.');
    if (start === OF_MAP && tree.header.bounds !== undefined)
      return refused('In version 1 the page size follows from two bounds, and nothing shows which of them is wrong.');
    const bytes = readBytes(memory, at(0, start), start === OF_MAP ? 4 : 8).fill(0);
    new DataView(bytes.buffer).setUint32(0, tree.grid.pageSize, true);
    return first({
      what: `Restored the page size of ${formatCounted(tree.grid.pageSize, 'byte')}, at which the chunks are.`,
      writes: [{ memory, at: at(0, start), bytes }],
    });
  });
