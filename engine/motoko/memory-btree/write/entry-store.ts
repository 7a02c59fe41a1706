import { formatCount } from '../../../core/format.ts';
import { type Address, at } from '../../../core/memory/memory.ts';
import { settled } from '../../memory-region/fault.ts';
import type { MemoryRegion } from '../../memory-region/operate.ts';
import { KEY_IN_ENTRY, KEY_SIZE_IN_ENTRY, VALUE_IN_ENTRY, VALUE_SIZE_IN_ENTRY } from '../layout.ts';
import { type Field, Words } from '../words.ts';

const REFERENCES: Field = { place: 0, width: 1 };
const KEY_SIZE: Field = { place: KEY_SIZE_IN_ENTRY, width: 2 };
const VALUE: Field = { place: VALUE_IN_ENTRY, width: 8 };
const VALUE_SIZE: Field = { place: VALUE_SIZE_IN_ENTRY, width: 4 };
/** The low half of the value's size, which the library takes for the size of a value that it replaces or removes. */
const LOW_VALUE_SIZE: Field = { place: VALUE_SIZE_IN_ENTRY, width: 2 };
const MAX_KEY_BYTES = 0xffff;
const MAX_REFERENCES = 0xff;

/** The entries of a tree. Each has a block with the key in the data region and one with the value in the values region. */
export class EntryStore {
  readonly #data: MemoryRegion;
  readonly #values: MemoryRegion;
  readonly #words: Words;

  constructor(data: MemoryRegion, values: MemoryRegion) {
    this.#data = data;
    this.#values = values;
    this.#words = new Words(data);
  }

  /** @throws OutOfMemory when a region cannot grow. Nothing is then allocated. */
  add(key: Uint8Array, value: Uint8Array): Address {
    if (key.length > MAX_KEY_BYTES) {
      throw new RangeError(`A key has at most ${formatCount(MAX_KEY_BYTES)} bytes, not ${formatCount(key.length)}.`);
    }
    const size = KEY_IN_ENTRY + key.length;
    const entry = this.#data.allocate(size);
    try {
      this.#words.set(entry, VALUE, this.#values.addBlob(value));
    } catch (error) {
      this.#data.deallocate(entry, size);
      throw error;
    }
    this.#words.set(entry, REFERENCES, 0);
    this.#words.set(entry, VALUE_SIZE, value.length);
    this.#words.set(entry, KEY_SIZE, key.length);
    this.#data.storeBlob(at(entry, KEY_IN_ENTRY), key);
    return entry;
  }

  key(entry: number): Uint8Array<ArrayBuffer> {
    return this.#data.loadBlob(at(0, entry + KEY_IN_ENTRY), this.#words.get(entry, KEY_SIZE));
  }

  value(entry: number): Uint8Array<ArrayBuffer> {
    return this.#values.loadBlob(at(0, this.#words.get(entry, VALUE)), this.#words.get(entry, VALUE_SIZE));
  }

  /** Returns the old value as far as the library sees it. Of a value of 64 KiB or more the library frees only a part. */
  replaceValue(entry: number, value: Uint8Array): Uint8Array<ArrayBuffer> {
    const address = at(0, this.#words.get(entry, VALUE));
    const size = this.#words.get(entry, LOW_VALUE_SIZE);
    const old = this.#values.loadBlob(address, size);
    if (size === value.length) {
      this.#values.storeBlob(address, value);
      return old;
    }
    const moved = settled(this.#values.resize(address, size, value.length));
    this.#values.storeBlob(moved, value);
    this.#words.set(entry, VALUE_SIZE, value.length);
    this.#words.set(entry, VALUE, moved);
    return old;
  }

  remove(entry: number): void {
    const keySize = this.#words.get(entry, KEY_SIZE);
    settled(this.#values.deallocate(at(0, this.#words.get(entry, VALUE)), this.#words.get(entry, LOW_VALUE_SIZE)));
    settled(this.#data.deallocate(at(0, entry), KEY_IN_ENTRY + keySize));
  }

  has(entry: number): boolean {
    return this.#data.isAllocated(at(0, entry), 1);
  }

  references(entry: number): number {
    return this.#words.get(entry, REFERENCES);
  }

  addReference(entry: number): void {
    const count = this.references(entry);
    if (count === MAX_REFERENCES) throw new RangeError(`An entry has at most ${MAX_REFERENCES} references.`);
    this.#words.set(entry, REFERENCES, count + 1);
  }

  /** Returns the number of references that are left. */
  dropReference(entry: number): number {
    const count = this.references(entry);
    if (count === 0) return 0;
    this.#words.set(entry, REFERENCES, count - 1);
    return count - 1;
  }

  /**
   * Returns the address that the next entry without a key would have. Allocates and frees the block, which may leave the region
   * larger.
   */
  next(): Address {
    const entry = this.#data.allocate(KEY_IN_ENTRY);
    settled(this.#data.deallocate(entry, KEY_IN_ENTRY));
    return entry;
  }
}
