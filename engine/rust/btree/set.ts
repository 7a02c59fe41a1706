import type { Memory } from '../../core/memory/memory.ts';
import type { KeyRange } from './entry.ts';
import { BTreeMap, type BTreeTypes, type StoredType } from './operate.ts';

const NOTHING = new Uint8Array();
/** As the library has it, nothing is at most no bytes long, but not of fixed size: each takes the four bytes of its size. */
const VALUE: StoredType = { bound: { max: 0, fixed: false } };

export type SetTypes = Pick<BTreeTypes, 'key' | 'pageSize'>;

/** A set in a memory, with the exact bytes of the Rust library's `BTreeSet` (0.7.2): a map to nothing. */
export class BTreeSet {
  readonly #map: BTreeMap;

  private constructor(map: BTreeMap) {
    this.#map = map;
  }

  /** As `BTreeMap.init`. */
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

  /** Whether the key is new. */
  insert(key: Uint8Array): boolean {
    return this.#map.insert(key, NOTHING) === undefined;
  }

  /** Whether the key was there. */
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

  /** The keys of a range, all of them if nothing is said, in their order. The set is not to be changed meanwhile. */
  *keys(range: KeyRange = {}): Generator<Uint8Array, void, undefined> {
    for (const [key] of this.#map.entries(range)) yield key;
  }

  *keysBackward(range: KeyRange = {}): Generator<Uint8Array, void, undefined> {
    for (const [key] of this.#map.entriesBackward(range)) yield key;
  }

  /** Forgets all keys. */
  clear(): void {
    this.#map.clear();
  }
}
