import type { FieldNames } from '../../values/codecs/candid.ts';
import { idOf, KNOWN_NAMES } from '../stable-variables/names.ts';

/** Returns the hash that the heap uses for a field or a tag: the Candid hash without its highest bit. */
export function heapHash(name: string): number {
  return idOf(name) & 0x7fff_ffff;
}

const FULL_IDS: ReadonlyMap<number, number> = new Map([...KNOWN_NAMES.keys()].map((id) => [id & 0x7fff_ffff, id]));

/** Returns the Candid hash that a heap's hash stands for, if the name is well known; otherwise the heap's hash. */
export function fullId(hash: number): number {
  return FULL_IDS.get(hash) ?? hash;
}

/** Returns names by the heap's hashes, from names by Candid's hashes. */
export function heapNames(names: FieldNames): FieldNames {
  return new Map([...KNOWN_NAMES, ...names].map(([id, name]) => [id & 0x7fff_ffff, name]));
}
