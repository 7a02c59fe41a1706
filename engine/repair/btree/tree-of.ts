import { byteLength, type MappedMemory } from '../../core/memory/memory.ts';
import { openTree } from '../../rust/btree/inspect.ts';
import type { OpenTree } from '../../rust/btree/open-tree.ts';
import { type Advice, type Case, refused } from '../remedy.ts';

/** Returns what `advise` says about the map of a finding, if it is one of the Rust library. */
export function withTree({ placed }: Case, advise: (tree: OpenTree, memory: MappedMemory) => Advice): Advice {
  if (placed === undefined) return refused('The map cannot be opened.');
  const { structure, space } = placed;
  // The maps of StableBTree in Motoko have the same nodes with other numbers, and are read through a view.
  if (structure.memories[0] !== space.memory || byteLength(space.memory) === 0)
    return refused('The map is not one of the Rust library, and no repair of it is known.');
  const tree = openTree(space.memory, () => undefined);
  return tree === undefined || tree === 'lost' ? refused('The header of the map cannot be read.') : advise(tree, space.memory);
}
