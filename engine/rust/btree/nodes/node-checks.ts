import { formatAddress, formatCounted } from '../../../core/format.ts';
import { type AddressRange, at, byteLength } from '../../../core/memory/memory.ts';
import { CHUNK_FLAG, CHUNK_HEADER_LENGTH, CHUNK_MAGIC, CHUNK_VERSION, MAX_ENTRIES, MIN_ENTRIES } from '../layout.ts';
import { INTERNAL, NODE_MAGIC, type NodeFault, type NodeReader, OVERFLOW_AT, OVERFLOW_NEXT_AT, type TreeShape } from './node.ts';
import { badMagic, badVersion, type ReportFinding } from './overflow.ts';

/** Bytes at the end of a node's last page that are checked. If they are all zero, they are not evidence. */
const END_BYTES = 8;

/** Reports contradictions in the header of a node and of its chunk. */
export function checkNodeHeader(reader: NodeReader, depth: number, reportAt: ReportFinding): void {
  const chunk = reader.address - CHUNK_HEADER_LENGTH;
  const field = (start: number, length: number): AddressRange => ({ start: at(0, start), length });
  if (reader.chunkMagic !== CHUNK_MAGIC) reportAt('alloc.chunk-bad-magic', field(chunk, 3), badMagic('chunk', CHUNK_MAGIC));
  else if (reader.chunkVersion !== CHUNK_VERSION)
    reportAt('alloc.chunk-bad-magic', field(chunk + 3, 1), badVersion(reader.chunkVersion));
  if (reader.chunkAllocated !== 1) {
    const message = `Node ${formatAddress(reader.address)} is in use, but its chunk is not marked as allocated: an insert may overwrite it.`;
    reportAt('alloc.live-node-in-free-chunk', field(chunk + CHUNK_FLAG, 1), message);
  }
  if (reader.magic !== NODE_MAGIC) reportAt('btree.node-bad-magic', field(reader.address, 3), badMagic('node', NODE_MAGIC));
  if (!reader.versionKnown) {
    reportAt(
      'btree.node-bad-version',
      field(reader.address + 3, 1),
      `The node has version ${reader.version}, which this map cannot have.`,
    );
  }
  if (reader.type > INTERNAL) {
    reportAt(
      'btree.node-bad-type',
      field(reader.address + 4, 1),
      `The node's type is ${reader.type}; 0 is a leaf, 1 an internal node.`,
    );
  }
  const least = depth === 0 ? 1 : MIN_ENTRIES;
  if (reader.entries < least || reader.entries > MAX_ENTRIES) {
    const message = `The node has ${formatCounted(reader.entries, 'entry', 'entries')}; here it must have ${least} to ${MAX_ENTRIES}.`;
    reportAt('btree.node-count', field(reader.address + 5, 2), message);
  }
}

/** Reports contradictions in the string of a node. Its overflow pages have been followed, and it has been decoded. */
export function checkNodeString(
  shape: TreeShape,
  reader: NodeReader,
  fault: NodeFault | undefined,
  reportAt: ReportFinding,
): void {
  const pages = reader.overflowPages.length;
  const lastPage = reader.overflowPages.at(-1);
  const endOfChain: AddressRange =
    lastPage === undefined
      ? { start: at(reader.address, OVERFLOW_AT), length: 8 }
      : { start: at(0, lastPage + OVERFLOW_NEXT_AT), length: 8 };
  if (fault) {
    // After a chain was cut, the last page is full, and the missing length is one that fits the memory.
    const cut = reader.version !== 1 && fault.missing <= byteLength(shape.memory) && !endsInZeros(reader);
    if (cut)
      reportAt(
        'btree.overflow-short',
        endOfChain,
        `The node's string continues, but its ${formatCounted(pages, 'overflow page')} end here.`,
      );
    const [first] = reader.spansOf(fault.start, fault.length);
    if (first) reportAt(fault.code, first, fault.message);
  } else if (pages > reader.pagesFor(reader.end) && reader.version !== 1) {
    const needed = reader.pagesFor(reader.end);
    const before = needed === 0 ? reader.address + OVERFLOW_AT : (reader.overflowPages[needed - 1] ?? 0) + OVERFLOW_NEXT_AT;
    const message = `The node needs ${formatCounted(needed, 'overflow page')}, but ${formatCounted(pages, 'page is', 'pages are')} linked.`;
    reportAt('btree.overflow-surplus', { start: at(0, before), length: 8 }, message);
  }
}

function endsInZeros(reader: NodeReader): boolean {
  const end = new Uint8Array(END_BYTES);
  reader.copy(reader.capacity - END_BYTES, end);
  return end.every((byte) => byte === 0);
}
