import { at, byteLength, type ReadableMemory, readBytes } from '../core/memory/memory.ts';
import type { StructureKind } from '../core/structure-kinds.ts';
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

/** The headers of the library's structures. Structures of others have none here. */
export const HEADER_OF: Readonly<Partial<Record<StructureKind, RecognisedKind>>> = {
  btreemap: 'btreemap',
  btreeset: 'btreemap',
  vec: 'vec',
  minheap: 'minheap',
  cell: 'cell',
  log: 'log',
};

/** The kind of structure that a header belongs to. The data memory of a log has its own magic. */
export interface Recognised {
  readonly kind: RecognisedKind;
  readonly magic: string;
  /** The layout version: the byte after the magic. */
  readonly version: number;
  /** True if the magic is intact. If one letter of it is lost, the rest of the header determines the kind. */
  readonly whole: boolean;
}

/** The kinds whose parts do not have their own magics. */
type FlatKind = Exclude<RecognisedKind, 'btreemap'>;

interface Magic {
  readonly magic: string;
  readonly kind: FlatKind;
}

/**
 * The magics of `ic-stable-structures`, each three letters at the start of its memory. `MGR` belongs to a manager, not to a
 * structure.
 */
const MAGICS: readonly Magic[] = [
  { magic: VEC_MAGIC, kind: 'vec' },
  { magic: HEAP_MAGIC, kind: 'minheap' },
  { magic: CELL_MAGIC, kind: 'cell' },
  { magic: INDEX_MAGIC, kind: 'log' },
  { magic: DATA_MAGIC, kind: 'log-data' },
];

/** The layout version of all of them; only maps have a second one. */
const VERSION = 1;

/**
 * Recognises the header at the start of the memory. Returns several kinds if it is ambiguous. Three letters prove nothing,
 * because any text may start with them, and one wrong byte disproves nothing: if a letter of the magic or the version is wrong,
 * the rest of the header has to fit. `room`: maximum bytes of the structure, if that is not the size of the memory.
 */
export function recognise(memory: ReadableMemory, room = byteLength(memory)): readonly Recognised[] {
  if (memory.pages === 0) return [];
  const bytes = readBytes(memory, at(0, 0), 4);
  const magic = String.fromCharCode(...bytes.subarray(0, 3));
  const version = bytes[3] ?? 0;
  const recognised = (kind: RecognisedKind, letters: string): Recognised => ({ kind, magic, version, whole: magic === letters });
  const own = version === VERSION ? MAGICS.find(({ magic: letters }) => magic === letters) : undefined;
  // Residual data of a map may be in the bytes that another structure does not use.
  if (own !== undefined) return !isText(memory, 4) || fits(memory, own.kind, room) ? [recognised(own.kind, own.magic)] : [];
  if (isMap(memory, magic)) return [recognised('btreemap', MAP_MAGIC)];
  return MAGICS.filter(({ kind, magic: letters }) => {
    const lost = lettersLost(magic, letters);
    if (lost === 0) return !isText(memory, 3) && fits(memory, kind, room) && isUsed(memory, kind);
    return lost === 1 && version === VERSION && !isText(memory, 4) && fits(memory, kind, room);
  }).map(({ kind, magic: letters }) => recognised(kind, letters));
}

/**
 * Returns whether there is a map. Its allocator, its first chunk and its root have their own magics, and the page size is stored
 * twice. With an intact magic any of these is enough. Without it, the first two are needed, or the chunk after a header that is
 * all zeros or 0xff. The version may then be unknown.
 */
function isMap(memory: ReadableMemory, magic: string): boolean {
  if (magic !== MAP_MAGIC) return hasFirstChunk(memory) && (hasAllocator(memory) || isBlankMap(memory));
  return hasAllocator(memory) || hasFirstChunk(memory) || agreesOnPageSize(memory) || leadsToNode(memory);
}

function isBlankMap(memory: ReadableMemory): boolean {
  return blankLength(memory, WRITTEN_HEADER_LENGTH) === WRITTEN_HEADER_LENGTH;
}

/** Returns whether the fields are possible for the kind. */
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
 * Returns whether something in the memory other than its header identifies the kind, so that the version may be wrong. In the
 * data of a Log nothing does.
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
