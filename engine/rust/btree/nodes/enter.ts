import type { FindingCode } from '../../../core/findings.ts';
import { formatAddress } from '../../../core/format.ts';
import { CHUNK_HEADER_LENGTH, CHUNK_MAGIC } from '../layout.ts';
import { findMisread } from '../misread.ts';
import { type KeyForm, NODE_MAGIC, type NodeFault, type NodeReader, OVERFLOW_MAGIC, type TreeShape } from './node.ts';
import { checkNodeString } from './node-checks.ts';
import { type Admit, followOverflow, type ReportFinding } from './overflow.ts';

/** Depth that no tree of the library reaches: with six children per node, 24 levels hold more entries than there are bytes. */
const MAX_LEVELS = 32;

/** The reason why a pointer does not lead to a node. `why` completes "Node 0x1a0 …". */
export interface Obstacle {
  readonly code: FindingCode;
  readonly why: string;
}

export function obstacleMessage(address: number, { why }: Obstacle): string {
  return `Node ${formatAddress(address)} ${why}; everything below it is unreachable.`;
}

/** Loads the node at `address`, `depth` levels below the root. Returns the reason if none can be there. */
export function loadNode({ grid }: TreeShape, reader: NodeReader, address: number, depth: number): Obstacle | undefined {
  const chunk = address - CHUNK_HEADER_LENGTH;
  if (!grid.holds(chunk)) return { code: 'btree.address-outside', why: 'is outside the memory' };
  if (grid.indexOf(chunk) === undefined) return { code: 'btree.not-a-chunk', why: 'is not at a place where a chunk can start' };
  if (depth >= MAX_LEVELS) return { code: 'btree.depth', why: 'is deeper than any tree of the library' };
  reader.load(address);
  return isElsewhere(reader) ? { code: 'btree.node-bad-magic', why: 'is not a node but a chunk with another use' } : undefined;
}

/**
 * Returns whether an intact chunk that is free, or has an overflow page, is in the place of a node. Then the pointer is wrong,
 * not the chunk.
 */
function isElsewhere({ chunkAllocated, chunkMagic, magic }: NodeReader): boolean {
  return chunkMagic === CHUNK_MAGIC && magic !== NODE_MAGIC && (chunkAllocated === 0 || magic === OVERFLOW_MAGIC);
}

/** Follows the overflow pages of a loaded, readable node and decodes it. Reports contradictions, and returns the fault if any. */
export function decodeNode(
  shape: TreeShape,
  reader: NodeReader,
  form: KeyForm,
  admit: Admit,
  reportAt: ReportFinding | undefined,
): NodeFault | undefined {
  followOverflow(shape, reader, admit, reportAt);
  const fault = reader.decode(form);
  const misread = reader.whole ? findMisread(shape, reader, form, fault) : undefined;
  if (misread) reportAt?.(misread.code, misread.at, misread.message);
  else if (reportAt && reader.whole) checkNodeString(shape, reader, fault, reportAt);
  return fault;
}
