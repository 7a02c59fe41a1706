import type { Memory } from '../../core/memory/memory.ts';
import type { KeyRange } from './entry.ts';
import { BTreeMap, type BTreeTypes, type StoredType } from './operate.ts';

const NOTHING = new Uint8Array();
/**
 * The unit type, as in the library: at most 0 bytes long, but not of fixed size, so each value takes the four bytes of its size.
 */
const VALUE: StoredType = { bound: { max: 0, fixed: false } };

export type SetTypes = Pick<BTreeTypes, 'key' | 'pageSize'>;

/** A set in a memory, with the exact bytes of the Rust library's `BTreeSet` (0.7.2), which is a map with empty values. */
export class BTreeSet {
  readonly #map: BTreeMap;

  private constructor(map: BTreeMap) {
    this.#map = map;
  }

  /** Opens or creates a set, as `BTreeMap.init` does. */
  static init(memory: Memory, types: SetTypes): BTreeSet {
    return new BTreeSet(BTreeMap.init(memory, { ...types, value: VALUE }));
  }

  static new(memory: Memory, types: SetTypes): BTreeSet {
    return new BTreeSet(BTreeMap.new(memory, { ...types, value: VALUE }));
  }

  reload(): void {
    this.#map.reload();
  }

  get length(): bigint {
    return this.#map.length;
  }

  contains(key: Uint8Array): boolean {
    return this.#map.contains(key);
  }

  /** Returns whether the key is new. */
  insert(key: Uint8Array): boolean {
    return this.#map.insert(key, NOTHING) === undefined;
  }

  /** Returns whether the key was there. */
  remove(key: Uint8Array): boolean {
    return this.#map.remove(key) !== undefined;
  }

  first(): Uint8Array | undefined {
    return this.#map.first()?.[0];
  }

  last(): Uint8Array | undefined {
    return this.#map.last()?.[0];
  }

  popFirst(): Uint8Array | undefined {
    return this.#map.popFirst()?.[0];
  }

  popLast(): Uint8Array | undefined {
    return this.#map.popLast()?.[0];
  }

  /** Returns the keys of a range, by default all, in order. The set must not be changed meanwhile. */
  *keys(range: KeyRange = {}): Generator<Uint8Array, void, undefined> {
    for (const [key] of this.#map.entries(range)) yield key;
  }

  *keysBackward(range: KeyRange = {}): Generator<Uint8Array, void, undefined> {
    for (const [key] of this.#map.entriesBackward(range)) yield key;
  }

  /** Drops all keys. */
  clear(): void {
    this.#map.clear();
  }
}
