import type { FindingCode } from '../../../core/findings.ts';
import { formatAddress } from '../../../core/format.ts';
import { type Address, type AddressRange, at, viewOf } from '../../../core/memory/memory.ts';
import { CHUNK_FLAG, CHUNK_HEADER_LENGTH, CHUNK_MAGIC, CHUNK_VERSION, magicAt } from '../layout.ts';
import {
  type NodeReader,
  OVERFLOW_AT,
  OVERFLOW_HEADER_LENGTH,
  OVERFLOW_MAGIC,
  OVERFLOW_NEXT_AT,
  type TreeShape,
} from './node.ts';

/** Receives the findings of a walk. */
export type ReportFinding = (code: FindingCode, at: AddressRange, message: string, wasted?: number) => void;

/** Returns whether a walk may go to chunk `index`, which the eight bytes at `pointer` name; false if it has been there before. */
export type Admit = (index: number, pointer: number) => boolean;

const HEADERS_LENGTH = CHUNK_HEADER_LENGTH + OVERFLOW_HEADER_LENGTH;

/** Follows the overflow pages of the node in `reader` as far as possible, and sets `reader.whole` if their end was reached. */
export function followOverflow(shape: TreeShape, reader: NodeReader, admit: Admit, reportAt: ReportFinding | undefined): void {
  reader.overflowPages.length = 0;
  reader.whole = reader.overflow === 0 || follow(shape, reader, admit, reportAt);
}

/** Returns false, and reports the reason, if the chain is broken. */
function follow(shape: TreeShape, reader: NodeReader, admit: Admit, reportAt: ReportFinding | undefined): boolean {
  let page = reader.overflow;
  const { grid, memory } = shape;
  const headers = new Uint8Array(HEADERS_LENGTH);
  const view = viewOf(headers);
  let pointer: Address = at(reader.address, OVERFLOW_AT);
  while (page !== 0) {
    const chunk = page - CHUNK_HEADER_LENGTH;
    const at8 = { start: pointer, length: 8 };
    const name = `Overflow page ${formatAddress(page)}`;
    const index = grid.indexOf(chunk);
    if (!grid.holds(chunk)) {
      reportAt?.('btree.address-outside', at8, `${name} is outside the memory.`);
      return false;
    }
    if (index === undefined) {
      reportAt?.('btree.not-a-chunk', at8, `${name} is not at a place where a chunk can start.`);
      return false;
    }
    memory.read(at(0, chunk), headers);
    if (isElsewhere(headers)) {
      reportAt?.('btree.overflow-bad-magic', at8, `${name} is not an overflow page but a free chunk.`);
      return false;
    }
    if (!admit(index, pointer)) {
      if (reader.overflowPages.includes(page))
        reportAt?.('btree.overflow-cycle', at8, `${name} is reached for the second time from the same node.`);
      else reportAt?.('btree.node-reached-twice', at8, `${name} already belongs to another node.`);
      return false;
    }
    const allocated = headers[CHUNK_FLAG];
    if (magicAt(headers, 0) !== CHUNK_MAGIC)
      reportAt?.('alloc.chunk-bad-magic', { start: at(0, chunk), length: 3 }, badMagic('chunk', CHUNK_MAGIC));
    else if (headers[3] !== CHUNK_VERSION)
      reportAt?.('alloc.chunk-bad-magic', { start: at(0, chunk + 3), length: 1 }, badVersion(headers[3]));
    if (allocated !== 1) {
      reportAt?.(
        'alloc.live-node-in-free-chunk',
        { start: at(0, chunk + CHUNK_FLAG), length: 1 },
        `${name} is in use, but its chunk is not marked as allocated.`,
      );
    }
    const next = Number(view.getBigUint64(CHUNK_HEADER_LENGTH + OVERFLOW_NEXT_AT, true));
    if (magicAt(headers, CHUNK_HEADER_LENGTH) !== OVERFLOW_MAGIC) {
      reportAt?.('btree.overflow-bad-magic', { start: at(0, page), length: 3 }, badMagic('overflow page', OVERFLOW_MAGIC));
      // If only the magic is damaged, the chain can be followed. If something else is in the place of the page, it cannot.
      if (next !== 0 && (!grid.holds(next - CHUNK_HEADER_LENGTH) || grid.indexOf(next - CHUNK_HEADER_LENGTH) === undefined))
        return false;
    }
    reader.overflowPages.push(page);
    pointer = at(0, page + OVERFLOW_NEXT_AT);
    page = next;
  }
  return true;
}

/** Returns whether an intact free chunk is in the place of the overflow page. Then the pointer is wrong, not the chunk. */
function isElsewhere(headers: Uint8Array): boolean {
  const isFree = headers[CHUNK_FLAG] === 0 && magicAt(headers, 0) === CHUNK_MAGIC;
  return isFree && magicAt(headers, CHUNK_HEADER_LENGTH) !== OVERFLOW_MAGIC;
}

export function badVersion(version = 0): string {
  return `This chunk has version ${version}; the only known version is ${CHUNK_VERSION}.`;
}

export function badMagic(what: string, magic: string): string {
  return `This ${what} does not start with "${magic}".`;
}
