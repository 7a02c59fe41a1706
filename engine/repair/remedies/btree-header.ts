import { Budget } from '../../core/budget.ts';
import { formatAddress, formatBytes, formatCounted } from '../../core/format.ts';
import { littleEndian } from '../../core/little-endian.ts';
import { at } from '../../core/memory/memory.ts';
import { blankLength } from '../../rust/blank-start.ts';
import {
  ALLOCATOR_AT,
  CHUNKS_AT,
  decodeAllocator,
  decodeHeader,
  encodeAllocator,
  encodeHeader,
  LENGTH_AT,
  WRITTEN_HEADER_LENGTH,
} from '../../rust/btree/layout.ts';
import { headerOfLostMap } from '../../rust/btree/lost-map.ts';
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
    return first({
      what: `Set the number of entries to ${formatCounted(used.entries, 'entry', 'entries')}, which can be reached from the root.`,
      writes: [{ memory, at: LENGTH_AT, bytes: littleEndian(used.entries, 8) }],
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
    const bytes = littleEndian(tree.grid.pageSize, start === OF_MAP ? 4 : 8);
    return first({
      what: `Restored the page size of ${formatCounted(tree.grid.pageSize, 'byte')}, at which the chunks are.`,
      writes: [{ memory, at: at(0, start), bytes }],
    });
  });

/** Writes a new header for a map that has lost its own, where all nodes in its memory belong to one tree. */
export const restoreLostHeader: Remedy = ({ placed }) => {
  const memory = placed?.space.memory;
  const header = memory && headerOfLostMap(memory, new Budget());
  const INSTEAD = '"stable-memory recover SNAPSHOT" lists the entries that can still be read.';
  if (memory === undefined || header === undefined)
    return refused(`The nodes do not belong to one tree: the root is lost, or nodes of an older map are among them. ${INSTEAD}`);
  if (header.bounds !== undefined)
    return refused(`In version 1 the header also had the bounds of keys and values, which the nodes do not show. ${INSTEAD}`);
  const bytes = new Uint8Array(CHUNKS_AT);
  bytes.set(encodeHeader(header));
  bytes.set(encodeAllocator({ pageSize: header.pageSize, allocatedChunks: 0, freeHead: CHUNKS_AT }), ALLOCATOR_AT);
  const entries = formatCounted(header.length, 'entry', 'entries');
  return first({
    what: `Wrote a new header: all nodes belong to one tree of ${entries}, whose root is at ${formatAddress(header.root)}.`,
    writes: [{ memory, at: at(0, 0), bytes }],
  });
};
