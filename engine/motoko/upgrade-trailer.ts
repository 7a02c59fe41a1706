/**
 * The trailer that `pre_upgrade` writes to stable memory and `post_upgrade` removes. A running canister's image does not have one
 * (rts/motoko-rts/src/stabilization, src/codegen/compile_*.ml of moc). All numbers are little-endian. The words are at the end of
 * the last physical page; N is the previous size in use, in bytes.
 *
 * | from the end | bytes | versions 1, 2         | versions 3, 4, 7, 8              | versions 5, 6   |
 * |-------------:|------:|-----------------------|----------------------------------|-----------------|
 * |           40 |     8 |                       | instructions spent               |                 |
 * |           32 |     8 |                       | N, where the stored heap begins  |                 |
 * |           24 |     8 |                       | its length                       |                 |
 * |           20 |     8 | instructions spent    |                                  |                 |
 * |           16 |     8 |                       | where its type descriptor begins | pages in use    |
 * |           12 |     4 | pages in use          |                                  |                 |
 * |            8 |     4 | the first four bytes of page 0, which are zero meanwhile |||
 * |            4 |     4 | version               | version                          | version         |
 *
 * Even versions have regions. Odd ones have the area of `ExperimentalStableMemory` instead. Versions 1 and 2 keep the stable
 * variables at N: a `u32` length, then that many bytes. 5 and 6 keep the heap in main memory, and nothing here. 3 and 4 keep a
 * copy of the heap, see `graph-copy.ts`. 7 and 8 replace them in moc of 2026, with the same layout.
 */
import {
  type Address,
  type AddressRange,
  at,
  byteLength,
  PAGE_SIZE,
  type ReadableMemory,
  readBytes,
  viewOf,
} from '../core/memory/memory.ts';

const MAX_VERSION = 8;
const LONGEST = 40;

/** The way in which a program's variables survive an upgrade. */
export type Persistence = 'classical' | 'graph-copy' | 'enhanced';

const PERSISTENCE: readonly Persistence[] = ['classical', 'graph-copy', 'enhanced', 'graph-copy'];

/** Returns the persistence of a trailer version from 1 to 8. */
export function persistenceOf(version: number): Persistence {
  return PERSISTENCE[Math.floor((version - 1) / 2)] ?? 'classical';
}

/** Descriptions of where the variables are. */
export const PERSISTENCE_TEXTS = {
  classical: 'classical persistence: the stable variables are in stable memory',
  'graph-copy': 'a graph copy, made before an upgrade to another heap layout: the stored heap is in stable memory',
  enhanced: 'enhanced orthogonal persistence: the stable variables are in main memory, and not here',
} as const satisfies Record<Persistence, string>;

export interface UpgradeTrailer {
  readonly version: number;
  /** Size that the program had in use according to the trailer, in whole pages. */
  readonly logicalPages: number;
  /** The first four bytes of page 0. */
  readonly firstBytes: Uint8Array;
  readonly instructions: bigint | undefined;
  /**
   * Range after the pages in use: the stable variables in extended Candid, or the stored heap. Undefined if the heap is kept
   * elsewhere.
   */
  readonly data: AddressRange | undefined;
  /** Start of a graph copy's type descriptor according to the trailer. */
  readonly descriptor: number | undefined;
  /** Range of the trailer itself. */
  readonly span: AddressRange;
  readonly pagesAt: AddressRange;
}

/**
 * Reads the trailer in the layout of its version, without checking its fields. Returns undefined if the image cannot have one.
 */
export function decodeTrailer(image: ReadableMemory): UpgradeTrailer | undefined {
  if (image.pages === 0) return undefined;
  const end = byteLength(image);
  const bytes = readBytes(image, at(0, end - LONGEST), LONGEST);
  const view = viewOf(bytes);
  const version = view.getUint32(LONGEST - 4, true);
  if (version < 1 || version > MAX_VERSION) return undefined;
  const firstBytes = bytes.slice(LONGEST - 8, LONGEST - 4);
  const spanOf = (length: number, of = length): AddressRange => ({ start: at(0, end - length), length: of });
  const persistence = persistenceOf(version);
  if (persistence === 'classical') {
    const logicalPages = view.getUint32(LONGEST - 12, true);
    const instructions = view.getBigUint64(LONGEST - 20, true);
    const data = variablesAt(image, at(0, logicalPages * PAGE_SIZE), spanOf(20).start);
    return {
      version,
      logicalPages,
      firstBytes,
      instructions,
      data,
      descriptor: undefined,
      span: spanOf(20),
      pagesAt: spanOf(12, 4),
    };
  }
  if (persistence === 'graph-copy') {
    const start = Number(view.getBigUint64(LONGEST - 32, true));
    const length = Number(view.getBigUint64(LONGEST - 24, true));
    return {
      version,
      logicalPages: start / PAGE_SIZE,
      firstBytes,
      instructions: view.getBigUint64(0, true),
      data: start + length <= end - LONGEST ? { start: at(0, start), length } : undefined,
      descriptor: Number(view.getBigUint64(LONGEST - 16, true)),
      span: spanOf(LONGEST),
      pagesAt: spanOf(32, 8),
    };
  }
  const logicalPages = Number(view.getBigUint64(LONGEST - 16, true));
  return {
    version,
    logicalPages,
    firstBytes,
    instructions: undefined,
    data: undefined,
    descriptor: undefined,
    span: spanOf(16),
    pagesAt: spanOf(16, 8),
  };
}

/** Returns whether images with a trailer of this version have regions. */
export function hasRegions(version: number): boolean {
  return version % 2 === 0;
}

/** Returns whether the stable variables, or the heap, must follow the pages in use. */
export function hasData(version: number): boolean {
  return persistenceOf(version) !== 'enhanced';
}

/** Returns the range of the stable variables after a length word, or undefined if they do not end before `limit`. */
export function variablesAt(image: ReadableMemory, start: Address, limit: number): AddressRange | undefined {
  if (start + 4 > limit) return undefined;
  const length = viewOf(readBytes(image, start, 4)).getUint32(0, true);
  return length > 0 && start + 4 + length <= limit ? { start: at(start, 4), length } : undefined;
}
