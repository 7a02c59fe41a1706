import type { Report } from '../../core/findings.ts';
import { at, byteLength, type ReadableMemory } from '../../core/memory/memory.ts';
import { blankLength, MIN_BLANK } from '../../rust/blank-start.ts';
import { decodeNode, HEADER_LENGTH, VALUE_IN_NODE } from './layout.ts';

/** Minimum nodes that must each lead to the next: other bytes do not do this. */
const MIN_NODES = 3;

/**
 * Reports a region that begins with zeros or 0xff instead of a queue's header, followed by a queue's nodes. Nodes have no magic.
 */
export function reportLostQueue(region: ReadableMemory, report: Report): void {
  if (region.pages === 0) return;
  const lost = blankLength(region, HEADER_LENGTH);
  if (lost < MIN_BLANK || !beginsWithNodes(region)) return;
  const message =
    'This region begins with zeros or 0xff where a queue has its header, but the nodes of a queue follow, each of which leads to the next.';
  report({ code: 'queue.header-lost', memory: region, at: { start: at(0, 0), length: lost }, message });
}

/** Returns whether nodes follow the header directly one after the other, as a queue makes them. */
function beginsWithNodes(region: ReadableMemory): boolean {
  let address = HEADER_LENGTH;
  for (let nodes = 0; nodes < MIN_NODES; nodes += 1) {
    const node = decodeNode(region, address);
    const end = address + VALUE_IN_NODE + (node?.size ?? 0);
    if (node === undefined || node.next !== end || end > byteLength(region)) return false;
    address = end;
  }
  return true;
}
