import { type FieldNames, hashField } from '../../values/codecs/candid.ts';
import { COMMON_NAMES } from './common-names.ts';

/** Returns the hash that the encoding uses for a field, a tag or a variable. */
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

/** Maximum names that are read, in case a hostile text has millions. */
const MAX_NAMES = 100_000;

/**
 * Returns the names in Motoko source: the text of the Wasm section `motoko:stable-types`, or any other source. Candid, and so
 * stable variables, removes one underscore at the end of a name (`type_` becomes `type`, Idllib.Escape of moc). The heap keeps
 * it. The result has the name under both hashes.
 */
export function namesIn(source: string): FieldNames {
  const asWritten = new Map<number, string>();
  const inCandid = new Map<number, string>();
  for (const [name] of source.matchAll(/[A-Za-z_]\w*/g)) {
    asWritten.set(idOf(name), name);
    inCandid.set(idOf(name.replace(/_$/, '')), name);
    if (inCandid.size >= MAX_NAMES) break;
  }
  return new Map([...asWritten, ...inCandid]);
}

function namesOf(names: readonly string[]): FieldNames {
  return new Map(names.map((name) => [idOf(name), name]));
}
