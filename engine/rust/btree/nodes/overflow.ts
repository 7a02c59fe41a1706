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

/** Where a walk puts what it sees on its way. */
export type ReportFinding = (code: FindingCode, at: AddressRange, message: string) => void;

/** Says whether a walk may go to chunk `index`, to which the eight bytes at `pointer` lead; false where it has been there. */
export type Admit = (index: number, pointer: number) => boolean;

const HEADERS_LENGTH = CHUNK_HEADER_LENGTH + OVERFLOW_HEADER_LENGTH;

/**
 * Follows the overflow pages of the node in `reader`, as far as they lead; `reader.whole` then says whether that is to their end.
 */
export function followOverflow(shape: TreeShape, reader: NodeReader, admit: Admit, reportAt: ReportFinding | undefined): void {
  reader.overflowPages.length = 0;
  reader.whole = reader.overflow === 0 || follow(shape, reader, admit, reportAt);
}

/** False, and told, where the way is broken. */
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
      reportAt?.('btree.address-outside', at8, `${name} lies outside of the memory.`);
      return false;
    }
    if (index === undefined) {
      reportAt?.('btree.not-a-chunk', at8, `${name} is at no place where a chunk can stand.`);
      return false;
    }
    memory.read(at(0, chunk), headers);
    if (isElsewhere(headers)) {
      reportAt?.('btree.overflow-bad-magic', at8, `${name} is none, but a free chunk.`);
      return false;
    }
    if (!admit(index, pointer)) {
      if (reader.overflowPages.includes(page))
        reportAt?.('btree.overflow-cycle', at8, `${name} is reached for the second time from the same node.`);
      else reportAt?.('btree.node-reached-twice', at8, `${name} belongs to another node already.`);
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
        `${name} is in use, but its chunk is not flagged so.`,
      );
    }
    const next = Number(view.getBigUint64(CHUNK_HEADER_LENGTH + OVERFLOW_NEXT_AT, true));
    if (magicAt(headers, CHUNK_HEADER_LENGTH) !== OVERFLOW_MAGIC) {
      reportAt?.('btree.overflow-bad-magic', { start: at(0, page), length: 3 }, badMagic('overflow page', OVERFLOW_MAGIC));
      // With its magic alone damaged the page can be read on; with another thing in its place it cannot.
      if (next !== 0 && (!grid.holds(next - CHUNK_HEADER_LENGTH) || grid.indexOf(next - CHUNK_HEADER_LENGTH) === undefined))
        return false;
    }
    reader.overflowPages.push(page);
    pointer = at(0, page + OVERFLOW_NEXT_AT);
    page = next;
  }
  return true;
}

/** Whether a sound chunk that is free is where an overflow page should be: then the pointer is wrong, and not the chunk. */
function isElsewhere(headers: Uint8Array): boolean {
  const isFree = headers[CHUNK_FLAG] === 0 && magicAt(headers, 0) === CHUNK_MAGIC;
  return isFree && magicAt(headers, CHUNK_HEADER_LENGTH) !== OVERFLOW_MAGIC;
}

export function badVersion(version = 0): string {
  return `This chunk has version ${version}; ${CHUNK_VERSION} is known.`;
}

export function badMagic(what: string, magic: string): string {
  return `This ${what} does not begin with "${magic}".`;
}
