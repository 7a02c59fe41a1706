import { at, byteLength, type ReadableMemory, readBytes } from '../core/memory/memory.ts';
import { blankLength } from './blank-start.ts';
import { MAGIC as MAP_MAGIC, WRITTEN_HEADER_LENGTH } from './btree/layout.ts';
import { MAGIC as CELL_MAGIC } from './cell/layout.ts';
import { DATA_MAGIC, decodeHeader as decodeLog, INDEX_MAGIC } from './log/layout.ts';
import {
  agreesOnPageSize,
  couldBeCell,
  couldBeLogIndex,
  couldBeVec,
  endsAsCell,
  hasAllocator,
  hasFirstChunk,
  isReserved,
  isText,
  leadsToNode,
} from './plausible.ts';
import { HEAP_MAGIC, VEC_MAGIC } from './vec/layout.ts';

export type RecognisedKind = 'btreemap' | 'vec' | 'minheap' | 'cell' | 'log' | 'log-data';

/** What a memory's header says it holds. A log's data memory has a magic of its own. */
export interface Recognised {
  readonly kind: RecognisedKind;
  readonly magic: string;
  /** The layout version: the byte after the magic. */
  readonly version: number;
  /** Whether the magic is whole. Where one letter of it is lost, the rest of the header says what it was. */
  readonly whole: boolean;
}

/** The kinds whose parts have no magics of their own. */
type FlatKind = Exclude<RecognisedKind, 'btreemap'>;

interface Magic {
  readonly magic: string;
  readonly kind: FlatKind;
}

/** The magics of `ic-stable-structures`, each three letters at the start of its memory. A manager's `MGR` is no structure's. */
const MAGICS: readonly Magic[] = [
  { magic: VEC_MAGIC, kind: 'vec' },
  { magic: HEAP_MAGIC, kind: 'minheap' },
  { magic: CELL_MAGIC, kind: 'cell' },
  { magic: INDEX_MAGIC, kind: 'log' },
  { magic: DATA_MAGIC, kind: 'log-data' },
];

/** The layout version of them all; only maps have come to a second one. */
const VERSION = 1;

/**
 * Weighs the header at the start of the memory; several kinds where it could be one or the other. Three letters prove nothing, as
 * any text may begin so, and one wrong byte disproves nothing: where a letter of the magic or the version is wrong, the rest of
 * the header has to fit. `room`: bytes that the structure can have, where the memory itself does not tell.
 */
export function recognise(memory: ReadableMemory, room = byteLength(memory)): readonly Recognised[] {
  if (memory.pages === 0) return [];
  const bytes = readBytes(memory, at(0, 0), 4);
  const magic = String.fromCharCode(...bytes.subarray(0, 3));
  const version = bytes[3] ?? 0;
  const recognised = (kind: RecognisedKind, letters: string): Recognised => ({ kind, magic, version, whole: magic === letters });
  const own = version === VERSION ? MAGICS.find(({ magic: letters }) => magic === letters) : undefined;
  // What is left of a map may lie in the bytes that another structure does not use.
  if (own !== undefined) return !isText(memory, 4) || fits(memory, own.kind, room) ? [recognised(own.kind, own.magic)] : [];
  if (isMap(memory, magic)) return [recognised('btreemap', MAP_MAGIC)];
  return MAGICS.filter(({ kind, magic: letters }) => {
    const lost = lettersLost(magic, letters);
    if (lost === 0) return !isText(memory, 3) && fits(memory, kind, room) && isUsed(memory, kind);
    return lost === 1 && version === VERSION && !isText(memory, 4) && fits(memory, kind, room);
  }).map(({ kind, magic: letters }) => recognised(kind, letters));
}

/**
 * Returns whether a map is there. Its allocator, its first chunk and its root have magics of their own, and the page size is in
 * the header twice: with a whole magic any of these will do; without it the first two have to be there, or the chunk after a
 * header of nothing but zeros or 0xff. Then the version need not be known.
 */
function isMap(memory: ReadableMemory, magic: string): boolean {
  if (magic !== MAP_MAGIC) return hasFirstChunk(memory) && (hasAllocator(memory) || isBlankMap(memory));
  return hasAllocator(memory) || hasFirstChunk(memory) || agreesOnPageSize(memory) || leadsToNode(memory);
}

function isBlankMap(memory: ReadableMemory): boolean {
  return blankLength(memory, WRITTEN_HEADER_LENGTH) === WRITTEN_HEADER_LENGTH;
}

/** Returns whether the fields are such as the kind has. */
function fits(memory: ReadableMemory, kind: FlatKind, room: number): boolean {
  switch (kind) {
    case 'vec':
    case 'minheap':
      return couldBeVec(memory, room);
    case 'cell':
      return couldBeCell(memory, room);
    case 'log':
      return couldBeLogIndex(memory);
    case 'log-data':
      return isReserved(memory);
  }
}

/**
 * Returns whether something in the memory beside its header tells the kind, so that the version may be wrong. Of a Log's data
 * nothing does.
 */
function isUsed(memory: ReadableMemory, kind: FlatKind): boolean {
  switch (kind) {
    case 'vec':
    case 'minheap':
      return true;
    case 'cell':
      return endsAsCell(memory);
    case 'log':
      return decodeLog(memory).count > 0n;
    case 'log-data':
      return false;
  }
}

function lettersLost(magic: string, of: string): number {
  return [...of].filter((letter, index) => magic[index] !== letter).length;
}
