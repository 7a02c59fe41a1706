import { at, type Memory, viewOf, writeGrowing } from '../../../core/memory/memory.ts';
import type { BTreeHeader } from '../layout.ts';
import { INTERNAL, LEAF, NODE_MAGIC } from './node.ts';
import type { TreeNode } from './tree-node.ts';

/**
 * Writes a node in the layout of version 1, piece by piece: the bytes of a slot after its key or value are not overwritten. In a
 * map created with version 1, the library keeps saving old nodes in this way; only new nodes have version 2.
 */
export function writeFirstVersion(memory: Memory, node: TreeNode, bounds: BTreeHeader['bounds'], prefix: number): void {
  const slots = bounds ?? { key: 0, value: 0 };
  let position = at(0, node.address);
  const write = (bytes: Uint8Array, slot = bytes.length): void => {
    writeGrowing(memory, position, bytes);
    position = at(position, slot);
  };
  const header = Uint8Array.of(0, 0, 0, 1, node.leaf ? LEAF : INTERNAL, node.count, 0);
  for (let index = 0; index < 3; index += 1) header[index] = NODE_MAGIC.charCodeAt(index);
  write(header);
  for (let index = 0; index < node.count; index += 1) {
    const key = node.key(index, prefix);
    const value = node.value(index);
    write(word(key.length));
    write(key, slots.key);
    write(word(value.length));
    write(value, slots.value);
  }
  for (const child of node.children) {
    const bytes = new Uint8Array(8);
    viewOf(bytes).setBigUint64(0, BigInt(child), true);
    write(bytes);
  }
}

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, value, true);
  return bytes;
}
