import type { AllocatorHeader, BTreeHeader } from './layout.ts';
import type { KeyForm, NodeReader, TreeShape } from './nodes/node.ts';

/** A tree whose header was read. */
export interface OpenTree extends TreeShape {
  readonly header: BTreeHeader;
  readonly allocator: AllocatorHeader;
  /** How nodes of version 2 store their keys. Undefined if the tree has no nodes to infer it from. */
  readonly form: KeyForm | undefined;
  readonly sample: readonly NodeReader[];
}
