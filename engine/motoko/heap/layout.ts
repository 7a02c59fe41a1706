/**
 * Objects on the heap of Motoko's runtime, in a canister's main Wasm memory (rts/motoko-rts/src/types.rs and
 * src/codegen/compile_enhanced.ml, compile_classical.ml of moc 1.1). A word has 8 bytes with enhanced orthogonal persistence, 4
 * with classical persistence; numbers are little-endian. Every object begins with a tag and a forwarding pointer: to itself, or
 * to where the collector has moved the object. With classical persistence and without the incremental collector there is no
 * forwarding pointer.
 *
 * | tag            | object             | words behind the header                                                     |
 * |---------------:|--------------------|-----------------------------------------------------------------------------|
 * |              1 | record             | enhanced: pointer to a blob of hashes, a word each; values in their order    |
 * |                |                    | classical: count, skewed address of the hashes; values in their order        |
 * | 3, 5, 7, 9     | array, mutable array, tuple, shared function | count, values                                     |
 * | 11, 13, 15     | Nat64, Int64, Float | 8 bytes                                                                    |
 * |             17 | mutable variable   | value                                                                       |
 * |             19 | closure            | function, count, values                                                     |
 * |             21 | option in an option | value                                                                      |
 * |             23 | variant            | hash of the tag, value                                                      |
 * | 25, 27, 29, 31 | Blob, Text, Principal, actor | length in bytes, bytes                                            |
 * |             35 | big Nat or Int     | `u32` digits used, `u32` digits, `u32` sign, (padding,) a word, digits       |
 * |             37 | concatenated text  | length, two values                                                          |
 * |             39 | Region             | `u64` id, pages, pointer to a blob of `u16` block numbers                    |
 * |         41, 43 | classical: Nat32, Int32 | 4 bytes                                                                |
 * |             45 | enhanced: weak reference | value                                                                 |
 * |             47 | classical: null    |                                                                             |
 *
 * While the collector marks a large array, its tag has the array's kind in the two highest bits and a position in the others.
 *
 * A value is one word. A pointer is the object's address minus one. Enhanced: null is 2^64 - 5, a Nat or Int ends in binary 10
 * with 62 bits above it, true is 1. Classical: null is a pointer to the object of tag 47, a Nat or Int is even with 31 bits
 * above. Digits of big numbers have 60 or 28 bits. Hashes are those of Candid without the highest bit.
 */
import { type Address, type AddressRange, at, holds, type ReadableMemory, readBytes, viewOf } from '../../core/memory/memory.ts';

/** The layout of the words and headers of one heap. */
export interface HeapForm {
  readonly persistence: 'enhanced' | 'classical';
  readonly wordBytes: 4 | 8;
  /** True if headers have a forwarding pointer. */
  readonly forwards: boolean;
  /** Address from which on there are objects. */
  readonly start: Address;
}

/** The value of one word. Scalars that are not whole numbers are `other`. */
export type Slot =
  | { readonly kind: 'pointer'; readonly to: Address }
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'null' | 'other' };

/** Consecutive words that hold values. */
export interface Slots {
  readonly start: Address;
  readonly count: number;
}

const NO_SLOTS: Slots = { start: at(0, 0), count: 0 };

export type HeapObject = { readonly address: Address; readonly slots: Slots } & (
  | { readonly kind: 'record'; readonly hashes: readonly number[] }
  | { readonly kind: 'array' | 'tuple' | 'mutable' | 'option' | 'function' | 'weak' | 'other' }
  | { readonly kind: 'variant'; readonly hash: number }
  | { readonly kind: 'bytes'; readonly of: BytesKind; readonly bytes: AddressRange }
  /** A text in two parts, which its slots point to. */
  | { readonly kind: 'concatenation'; readonly length: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'number'; readonly value: bigint }
  /** Its only slot points to the block numbers. */
  | { readonly kind: 'region'; readonly id: bigint; readonly pages: number }
  | { readonly kind: 'null' }
);

export type BytesKind = 'blob' | 'text' | 'principal' | 'actor';

const RECORD = 1;
const ARRAY = 3;
export const MUTABLE_ARRAY = 5;
const TUPLE = 7;
const SHARED_FUNCTION = 9;
const NAT64 = 11;
const INT64 = 13;
const FLOAT = 15;
const MUTABLE = 17;
const CLOSURE = 19;
const OPTION = 21;
const VARIANT = 23;
const BLOB = 25;
const ACTOR = 31;
const BIG_NUMBER = 35;
const CONCATENATION = 37;
const REGION = 39;
const NAT32 = 41;
const INT32 = 43;
const WEAK_REFERENCE = 45;
const NULL = 47;
/** Maximum tag of either kind of persistence. A higher word is a position in an array. */
const MAX_TAG = 51;

/** Maximum fields of a record. A record with more is taken for damage. */
const MAX_FIELDS = 65_536;
/** Maximum digits of a number that is read: some 240,000 bits. */
const MAX_DIGITS = 4_096;
/** Bytes read at once for one word: the next words are usually nearby. */
const LINE = 1024;
/**
 * Kinds of arrays, by the two highest bits of the tag of an array that is being marked: array, mutable array, tuple, shared
 * function.
 */
const SLICED_KINDS = ['array', 'array', 'tuple', 'function'] as const;
/** Kinds of byte objects, by their tags from 25 on. */
const BYTES_KINDS: readonly BytesKind[] = ['blob', 'text', 'principal', 'actor'];

/** A heap and its form. Decodes the object at an address. */
export class Heap {
  readonly memory: ReadableMemory;
  readonly form: HeapForm;
  readonly #headerBytes: number;
  /** Hash lists by their addresses: many records share them. */
  readonly #hashes = new Map<number, readonly number[]>();
  readonly #lineBytes = new Uint8Array(LINE);
  readonly #line = viewOf(this.#lineBytes);
  #lineAt = -1;

  constructor(memory: ReadableMemory, form: HeapForm) {
    this.memory = memory;
    this.form = form;
    this.#headerBytes = form.wordBytes * (form.forwards ? 2 : 1);
  }

  /** Returns the word at an address as a number, rounded above 2^53, or undefined outside of the memory. */
  word(address: number): number | undefined {
    const { wordBytes } = this.form;
    if (address % wordBytes !== 0 || !holds(this.memory, address, wordBytes)) return undefined;
    const view = this.#lineOf(address);
    const low = view.getUint32(address % LINE, true);
    return wordBytes === 4 ? low : view.getUint32((address % LINE) + 4, true) * 2 ** 32 + low;
  }

  /** Returns the exact word at an address, or undefined outside of the memory. */
  wholeWord(address: number): bigint | undefined {
    const { wordBytes } = this.form;
    if (address % wordBytes !== 0 || !holds(this.memory, address, wordBytes)) return undefined;
    const view = this.#lineOf(address);
    return wordBytes === 4 ? BigInt(view.getUint32(address % LINE, true)) : view.getBigUint64(address % LINE, true);
  }

  /** Returns the bytes around an address. They are valid until the next call. */
  #lineOf(address: number): DataView {
    const start = address - (address % LINE);
    if (start !== this.#lineAt) this.memory.read(at(0, start), this.#lineBytes);
    this.#lineAt = start;
    return this.#line;
  }

  /** Returns the values of slots, from `from` up to, but not including, `to`. */
  read(slots: Slots, from = 0, to = slots.count): readonly Slot[] {
    const { wordBytes } = this.form;
    const end = Math.min(to, slots.count);
    if (end <= from) return [];
    const view = viewOf(readBytes(this.memory, at(slots.start, from * wordBytes), (end - from) * wordBytes));
    return Array.from({ length: end - from }, (_, index) => this.#slot(view, index * wordBytes));
  }

  /** Visits the pointers among the values of slots, until `visit` returns false. */
  eachPointer({ start, count }: Slots, visit: (to: Address, position: number) => boolean): void {
    for (let position = 0; position < count; position++) {
      const place = start + position * this.form.wordBytes;
      const to = this.#pointer(this.#lineOf(place), place % LINE);
      if (to !== undefined && !visit(to, position)) return;
    }
  }

  /** Returns the object at an address, or the one that the collector has moved from there, or undefined if there is none. */
  object(address: Address): HeapObject | undefined {
    const place = this.#placeOf(address);
    return place === undefined ? undefined : this.#objectAt(place);
  }

  /** Returns the current address of the object that was at an address. There it must point to itself. */
  #placeOf(address: Address): Address | undefined {
    if (!this.#isWhole(address)) return undefined;
    if (!this.form.forwards) return address;
    const moved = this.#forward(address);
    if (moved === address || moved === undefined) return moved;
    return this.#isWhole(moved) && this.#forward(moved) === moved ? moved : undefined;
  }

  #forward(address: Address): Address | undefined {
    const place = address + this.form.wordBytes;
    return this.#pointer(this.#lineOf(place), place % LINE);
  }

  #objectAt(address: Address): HeapObject | undefined {
    const { wordBytes } = this.form;
    const tag = this.word(address);
    const body = at(address, this.#headerBytes);
    const count = this.word(body);
    if (tag === undefined || count === undefined) return undefined;
    const made = (
      kind: 'array' | 'tuple' | 'mutable' | 'option' | 'function' | 'weak' | 'other',
      word: number,
      count: number,
    ) => {
      const slots = this.#slots(body, word, count);
      return slots && ({ kind, address, slots } as const);
    };
    switch (tag) {
      case RECORD:
        return this.#record(address, body);
      case ARRAY:
      case MUTABLE_ARRAY:
        return made('array', 1, count);
      case TUPLE:
        return made('tuple', 1, count);
      case SHARED_FUNCTION:
        return made('function', 1, count);
      case NAT64:
      case INT64:
        return this.#number(address, this.#word64(body, tag === INT64));
      case MUTABLE:
        return made('mutable', 0, 1);
      case OPTION:
        return made('option', 0, 1);
      case CLOSURE:
        return made('other', 2, this.word(body + wordBytes) ?? 0);
      case VARIANT: {
        const slots = this.#slots(body, 1, 1);
        return slots && { kind: 'variant', address, hash: count, slots };
      }
      case BIG_NUMBER:
        return this.#number(address, this.#bigNumber(body));
      case REGION:
        return this.#region(address, body);
      case NAT32:
      case INT32:
        return this.form.persistence === 'classical' ? this.#number32(address, body, tag === INT32) : undefined;
      case FLOAT:
        return holds(this.memory, body, 8)
          ? { kind: 'float', address, value: viewOf(readBytes(this.memory, body, 8)).getFloat64(0, true), slots: NO_SLOTS }
          : undefined;
      case CONCATENATION: {
        const slots = this.#slots(body, 1, 2);
        return slots && { kind: 'concatenation', address, length: count, slots };
      }
      case WEAK_REFERENCE:
        return this.form.persistence === 'enhanced' ? made('weak', 0, 1) : made('other', 0, 0);
      case NULL:
        return this.form.persistence === 'classical' ? { kind: 'null', address, slots: NO_SLOTS } : undefined;
      default:
        if (tag >= BLOB && tag <= ACTOR && tag % 2 === 1) {
          return this.#bytes(address, BYTES_KINDS[(tag - BLOB) / 2] ?? 'blob', at(body, wordBytes), count);
        }
        return this.#markedArray(address, tag, count);
    }
  }

  /** Returns an array that the collector is marking in slices: its tag holds its kind and how far the marking has come. */
  #markedArray(address: Address, tag: number, count: number): HeapObject | undefined {
    const scale = 2 ** (8 * this.form.wordBytes - 2);
    if (tag <= MAX_TAG || tag % scale > count) return undefined;
    const slots = this.#slots(at(address, this.#headerBytes), 1, count);
    const kind = SLICED_KINDS[Math.floor(tag / scale)];
    return slots && kind && { kind, address, slots };
  }

  #slots(body: Address, word: number, count: number): Slots | undefined {
    const start = at(body, word * this.form.wordBytes);
    const fits = Number.isSafeInteger(count) && holds(this.memory, start, count * this.form.wordBytes);
    return fits ? { start, count } : undefined;
  }

  #isWhole(address: Address): boolean {
    if (address % this.form.wordBytes !== 0 || address < this.form.start) return false;
    return holds(this.memory, address, this.#headerBytes + this.form.wordBytes);
  }

  #record(address: Address, body: Address): HeapObject | undefined {
    const { wordBytes, persistence } = this.form;
    const first = persistence === 'enhanced' ? 1 : 2;
    const hashes = persistence === 'enhanced' ? this.#hashesInBlob(body) : this.#hashesAt(body);
    const start = at(body, first * wordBytes);
    if (!hashes || !holds(this.memory, start, hashes.length * wordBytes)) return undefined;
    return { kind: 'record', address, hashes, slots: { start, count: hashes.length } };
  }

  #hashesInBlob(body: Address): readonly number[] | undefined {
    const [slot] = this.read({ start: body, count: 1 });
    const blob = slot?.kind === 'pointer' ? this.#placeOf(slot.to) : undefined;
    if (blob === undefined) return undefined;
    const tag = this.word(blob);
    const lengthAt = blob + this.#headerBytes;
    const length = this.word(lengthAt);
    if (tag !== BLOB || length === undefined || length % this.form.wordBytes !== 0) return undefined;
    return this.#hashList(lengthAt + this.form.wordBytes, length / this.form.wordBytes);
  }

  #hashesAt(body: Address): readonly number[] | undefined {
    const count = this.word(body);
    const skewed = this.word(body + this.form.wordBytes);
    return count === undefined || skewed === undefined ? undefined : this.#hashList(skewed + 1, count);
  }

  #hashList(start: number, count: number): readonly number[] | undefined {
    const { wordBytes } = this.form;
    const known = this.#hashes.get(start);
    if (known?.length === count) return known;
    if (count > MAX_FIELDS || !holds(this.memory, start, count * wordBytes)) return undefined;
    const view = viewOf(readBytes(this.memory, at(0, start), count * wordBytes));
    const hashes = Array.from({ length: count }, (_, index) => view.getUint32(index * wordBytes, true));
    // The runtime looks fields up in rising order.
    if (hashes.some((hash, index) => index > 0 && hash <= (hashes[index - 1] ?? 0))) return undefined;
    this.#hashes.set(start, hashes);
    return hashes;
  }

  #region(address: Address, body: Address): HeapObject | undefined {
    const { wordBytes } = this.form;
    const pages = this.word(body + 8);
    const slots = { start: at(body, 8 + wordBytes), count: 1 };
    const id = this.#word64(body, false);
    if (id === undefined || pages === undefined || !holds(this.memory, slots.start, wordBytes)) return undefined;
    return { kind: 'region', address, id, pages, slots };
  }

  #bytes(address: Address, of: BytesKind, start: Address, length: number): HeapObject | undefined {
    if (!Number.isSafeInteger(length) || !holds(this.memory, start, length)) return undefined;
    return { kind: 'bytes', of, address, bytes: { start, length }, slots: NO_SLOTS };
  }

  #number(address: Address, value: bigint | undefined): HeapObject | undefined {
    return value === undefined ? undefined : { kind: 'number', address, value, slots: NO_SLOTS };
  }

  #number32(address: Address, body: Address, signed: boolean): HeapObject | undefined {
    if (!holds(this.memory, body, 4)) return undefined;
    const view = viewOf(readBytes(this.memory, body, 4));
    return this.#number(address, BigInt(signed ? view.getInt32(0, true) : view.getUint32(0, true)));
  }

  #word64(address: Address, signed: boolean): bigint | undefined {
    if (!holds(this.memory, address, 8)) return undefined;
    const view = viewOf(readBytes(this.memory, address, 8));
    return signed ? view.getBigInt64(0, true) : view.getBigUint64(0, true);
  }

  #bigNumber(body: Address): bigint | undefined {
    const { wordBytes } = this.form;
    if (!holds(this.memory, body, 12)) return undefined;
    const head = viewOf(readBytes(this.memory, body, 12));
    const used = head.getUint32(0, true);
    const digits = at(body, wordBytes === 8 ? 24 : 16);
    if (used > MAX_DIGITS || !holds(this.memory, digits, used * wordBytes)) return undefined;
    const view = viewOf(readBytes(this.memory, digits, used * wordBytes));
    let value = 0n;
    for (let digit = used - 1; digit >= 0; digit--) {
      const low = wordBytes === 8 ? view.getBigUint64(digit * 8, true) : BigInt(view.getUint32(digit * 4, true));
      value = (value << (wordBytes === 8 ? 60n : 28n)) + low;
    }
    return head.getUint32(8, true) === 0 ? value : -value;
  }

  /** Returns the address that a word points to, or undefined if it is not a pointer. */
  pointer(word: bigint): Address | undefined {
    if (this.form.wordBytes === 4) return word % 4n === 3n ? at(0, Number(word) + 1) : undefined;
    return word % 8n === 7n && word < 2n ** 53n - 1n ? at(0, Number(word) + 1) : undefined;
  }

  #slot(view: DataView, position: number): Slot {
    const to = this.#pointer(view, position);
    if (to !== undefined) return { kind: 'pointer', to };
    const low = view.getUint32(position, true);
    if (this.form.wordBytes === 4) return low % 2 === 0 ? { kind: 'number', value: BigInt(low | 0) >> 1n } : { kind: 'other' };
    if (low % 4 === 2) return { kind: 'number', value: view.getBigInt64(position, true) >> 2n };
    return low === 0xffff_fffb && view.getUint32(position + 4, true) === 0xffff_ffff ? { kind: 'null' } : { kind: 'other' };
  }

  /** Decodes a pointer, which is the object's word-aligned address minus one. Returns undefined if the word is not a pointer. */
  #pointer(view: DataView, position: number): Address | undefined {
    const low = view.getUint32(position, true);
    if (this.form.wordBytes === 4) return low % 4 === 3 ? at(0, low + 1) : undefined;
    const high = view.getUint32(position + 4, true);
    return low % 8 === 7 && high <= 0x1f_ffff ? at(0, high * 2 ** 32 + low + 1) : undefined;
  }
}
