import type { Budget } from '../../../core/budget.ts';
import { formatAddress, formatCounted } from '../../../core/format.ts';
import { at, byteLength } from '../../../core/memory/memory.ts';
import type { FreeList } from '../free-list.ts';
import { CHUNK_HEADER_LENGTH, CHUNK_MAGIC, CHUNK_NEXT, decodeChunk } from '../layout.ts';
import { Marks, UNREACHABLE, UNREADABLE } from '../marks.ts';
import type { TreeShape } from '../nodes/node.ts';
import { badMagic, type ReportFinding } from '../nodes/overflow.ts';

/** Chunks of one kind: their number, their bytes, and the address of the first. */
interface ChunkTally {
  chunks: number;
  bytes: number;
  first: number | undefined;
}

/** The chunks that neither the tree nor the free list leads to, by their headers. */
export interface UnreachableChunks {
  readonly allocated: ChunkTally;
  readonly free: ChunkTally;
  readonly unreadable: ChunkTally;
  /** Chunks after the highest one. They are from before the map was cleared, and free. */
  readonly stale: ChunkTally;
  /** Marks of the allocated and the unreadable chunks. */
  readonly marks: Marks;
}

/** Reads every chunk header without a mark. The free list has been walked to its end, or to the place where it is broken. */
export function findUnreachableChunks(
  shape: TreeShape,
  marks: Marks,
  list: FreeList,
  budget: Budget,
  reportAt: ReportFinding,
): UnreachableChunks {
  const { memory, grid } = shape;
  const unreachable: UnreachableChunks = {
    allocated: none(),
    free: none(),
    unreadable: none(),
    stale: none(),
    marks: new Marks(),
  };
  const tail = list.broken ? undefined : grid.indexOf(list.chunks.at(-1) ?? 0);
  if (tail !== undefined && tail < marks.highest) {
    const chunk = grid.addressOf(tail);
    const message = `The free list ends at chunk ${formatAddress(chunk)}, which is not the highest: the next new chunk would overlap one in use.`;
    reportAt('alloc.tail-not-last', { start: at(chunk, CHUNK_NEXT), length: 8 }, message);
  }
  const known = tail === undefined ? undefined : Math.max(tail, marks.highest) + 1;
  const end = known ?? grid.capacity;
  for (let index = 0; index < grid.capacity; index += 1) {
    if (marks.get(index) !== 0) continue;
    if (!budget.spend(CHUNK_HEADER_LENGTH)) break;
    const chunk = grid.addressOf(index);
    const { magic, allocated } = decodeChunk(memory, chunk);
    const readable = magic === CHUNK_MAGIC;
    // Without an intact free list the highest chunk is unknown: chunks continue as long as there are headers.
    if (!readable && (known === undefined ? index > marks.highest : index >= end)) break;
    const tally =
      index >= end
        ? unreachable.stale
        : !readable
          ? unreachable.unreadable
          : allocated === 0
            ? unreachable.free
            : unreachable.allocated;
    if (tally === unreachable.allocated) unreachable.marks.add(index, UNREACHABLE);
    if (tally === unreachable.unreadable) unreachable.marks.add(index, UNREADABLE);
    tally.chunks += 1;
    tally.bytes += Math.min(grid.stride, byteLength(memory) - chunk);
    tally.first ??= chunk;
  }
  const { chunks, first } = unreachable.unreadable;
  if (first !== undefined) {
    const others = chunks > 1 ? ` Neither do ${formatCounted(chunks - 1, 'chunk')} after it.` : '';
    reportAt('alloc.chunk-bad-magic', { start: at(0, first), length: 3 }, badMagic('chunk', CHUNK_MAGIC) + others);
  }
  return unreachable;
}

function none(): ChunkTally {
  return { chunks: 0, bytes: 0, first: undefined };
}
