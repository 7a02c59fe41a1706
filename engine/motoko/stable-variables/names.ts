import { type FieldNames, hashField } from '../../values/candid.ts';
import { COMMON_NAMES } from './common-names.ts';

/** The hash by which the encoding calls a field, a tag or a variable. */
export function idOf(name: string): number {
  return hashField(new TextEncoder().encode(name));
}

/** Fields and tags of the libraries that this tool knows: an image has only their hashes. */
const KNOWN = [
  // MemoryRegion
  'region free_memory deallocated size pages v0 v1 v0_0_1 v1_0_0',
  // its free blocks: MaxBpTree, or BTree and Set
  'order root next_id leaf branch addresses sizes internal data kvs count children',
  // MemoryBuffer, MemoryBTree, MemoryQueue
  'pointers blobs leaves branches values metadata head tail',
]
  .join(' ')
  .split(' ');

export const KNOWN_NAMES: FieldNames = namesOf([...COMMON_NAMES, ...KNOWN]);

/**
 * The names in a Motoko interface: the text of the Wasm section `motoko:stable-types`, or any other source. A name that Motoko keeps for
 * itself is written there with an underscore behind it.
 */
export function namesIn(source: string): FieldNames {
  return namesOf((source.match(/[A-Za-z_]\w*/g) ?? []).map((name) => name.replace(/_$/, '')));
}

function namesOf(names: readonly string[]): FieldNames {
  return new Map(names.map((name) => [idOf(name), name]));
}
