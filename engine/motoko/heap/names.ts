import type { FieldNames } from '../../values/codecs/candid.ts';
import { idOf, KNOWN_NAMES } from '../stable-variables/names.ts';

/** The hash by which the heap calls a field or a tag: that of Candid without its highest bit. */
export function heapHash(name: string): number {
  return idOf(name) & 0x7fff_ffff;
}

const FULL_IDS: ReadonlyMap<number, number> = new Map([...KNOWN_NAMES.keys()].map((id) => [id & 0x7fff_ffff, id]));

/** The Candid hash that a heap's hash stands for, where the name is a known one; else the heap's own. */
export function fullId(hash: number): number {
  return FULL_IDS.get(hash) ?? hash;
}

/** What the heap's hashes are called, by names that others give by Candid's. */
export function heapNames(names: FieldNames): FieldNames {
  return new Map([...KNOWN_NAMES, ...names].map(([id, name]) => [id & 0x7fff_ffff, name]));
}
