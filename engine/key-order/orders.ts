import { compareBytes } from '../values/codec.ts';

/** Returns a negative number, zero or a positive number if `a` comes before, with or after `b`. */
export type Compare = (a: Uint8Array, b: Uint8Array) => number;

export interface KeyOrder {
  /** Display name: `bytes`, `length, then bytes`, … */
  readonly name: string;
  readonly compare: Compare;
  /** True if it decodes keys, so that keys of different lengths are compared by their content. */
  readonly readsKeys?: true;
}

/** Two keys, the first of which should come before the second: neighbours in a tree, or parent and child in a heap. */
export interface KeyPair {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

const NUMBER_SIZES: readonly number[] = [2, 4, 8, 16];
/** Minimum different values of the lowest byte that are not a coincidence. */
const MIN_LOW_BYTES = 8;

/** The order of numbers, texts, blobs and byte arrays as the library encodes them. */
export const BYTES: KeyOrder = { name: 'bytes', compare: compareBytes };
/** The order of texts and blobs in which the shorter one comes first. */
export const BY_LENGTH: KeyOrder = { name: 'length, then bytes', compare: (a, b) => a.length - b.length || compareBytes(a, b) };
/** The order of numbers of any length with the lowest digit first, as Motoko's Blobify writes a `Nat`. */
export const BY_LENGTH_FROM_LAST: KeyOrder = {
  name: 'length, then bytes from the last',
  compare: (a, b) => a.length - b.length || compareBytes(a.toReversed(), b.toReversed()),
};

/** Returns true if the pair violates this order. */
export function violates({ compare }: KeyOrder, before: Uint8Array, after: Uint8Array, equal: boolean): boolean {
  const sign = compare(before, after);
  return equal ? sign > 0 : sign >= 0;
}

export function reversed(order: KeyOrder): KeyOrder {
  return { ...order, name: `${order.name}, reversed`, compare: (a, b) => order.compare(b, a) };
}

/** Returns the orders of the types that the libraries encode, except those that decode keys. */
export function plainOrders(pairs: readonly KeyPair[]): readonly KeyOrder[] {
  const orders = [BYTES, BY_LENGTH];
  if (couldBeOptional(pairs)) orders.push(optional(BYTES), optional(BY_LENGTH));
  const size = commonLength(pairs);
  if (size !== undefined && NUMBER_SIZES.includes(size) && looksLittleEndian(pairs, size)) orders.push(littleEndianBy(size));
  return orders;
}

/**
 * Returns the orders of numbers that programs encode themselves, and of a fixed prefix before a value that is ordered by its
 * length. The keys do not prove them: a single damaged key can make one of them seem right.
 */
export function chosenOrders(pairs: readonly KeyPair[]): readonly KeyOrder[] {
  const size = commonLength(pairs);
  if (size === undefined) return Array.from({ length: 40 }, (_, index) => prefixed(index + 1));
  const orders: KeyOrder[] = [
    { name: 'signed big-endian', compare: signedBigEndian },
    { name: 'floating point', compare: floatingPoint },
  ];
  for (const width of NUMBER_SIZES) {
    const starts = Array.from({ length: Math.floor(size / width) }, (_, index) => index * width);
    if (size % width === 0 && starts.every((start) => couldBeLittleEndian(pairs, start, width)))
      orders.push(littleEndianBy(width));
  }
  if (size <= 16 && couldBeLittleEndian(pairs, 0, size))
    orders.push({ name: 'signed little-endian', compare: (a, b) => signedBigEndian(a.toReversed(), b.toReversed()) });
  return orders;
}

/** Returns the order of `Option<T>`: a marker follows the value, and nothing comes first. */
function optional({ name, compare }: KeyOrder): KeyOrder {
  return {
    name: `nothing, then ${name}`,
    compare: (a, b) => {
      const [someA, someB] = [a.at(-1) ?? 0, b.at(-1) ?? 0];
      return someA - someB || compare(a.subarray(0, -1), b.subarray(0, -1));
    },
  };
}

function couldBeOptional(pairs: readonly KeyPair[]): boolean {
  return nearlyAll(pairs.filter(({ after }) => (after.at(-1) ?? 2) <= 1).length, pairs.length);
}

/** Returns the order of a tuple with members of fixed size, followed by one that is ordered by its length. */
function prefixed(prefix: number): KeyOrder {
  return {
    name: `${prefix} bytes, then ${BY_LENGTH.name}`,
    compare: (a, b) => compareBytes(a.subarray(0, prefix), b.subarray(0, prefix)) || BY_LENGTH.compare(a, b),
  };
}

export function signedBigEndian(a: Uint8Array, b: Uint8Array): number {
  return sign(b) - sign(a) || compareBytes(a, b);
}

/** Compares in the total order of IEEE 754: the bytes of negative numbers descend. */
function floatingPoint(a: Uint8Array, b: Uint8Array): number {
  return sign(b) - sign(a) || (sign(a) === 1 ? compareBytes(b, a) : compareBytes(a, b));
}

function sign(key: Uint8Array): number {
  return (key[0] ?? 0) >> 7;
}

/**
 * Returns true if the bytes of the keys can be numbers with the lowest byte first. That byte is rarely zero in nearly all of them
 * while the highest byte varies; then they are more likely big-endian.
 */
export function couldBeLittleEndian(pairs: readonly KeyPair[], start: number, size: number): boolean {
  const zeros = pairs.filter(({ after }) => after[start] === 0).length;
  const last = start + size - 1;
  return !nearlyAll(zeros, pairs.length) || pairs.every(({ before, after }) => before[last] === after[last]);
}

/**
 * Returns true if the last byte is zero in nearly all keys, and the first byte has many different values, as in small numbers.
 */
function looksLittleEndian(pairs: readonly KeyPair[], size: number): boolean {
  const zeros = pairs.filter(({ after }) => after[size - 1] === 0).length;
  return nearlyAll(zeros, pairs.length) && new Set(pairs.map(({ after }) => after[0])).size >= MIN_LOW_BYTES;
}

function littleEndianBy(width: number): KeyOrder {
  return { name: `little-endian by ${width} bytes`, compare: littleEndian(width) };
}

function littleEndian(width: number): Compare {
  return (a, b) => {
    for (let start = 0; start < a.length; start += width) {
      for (let index = start + width - 1; index >= start; index -= 1) {
        const difference = (a[index] ?? 0) - (b[index] ?? 0);
        if (difference !== 0) return difference;
      }
    }
    return 0;
  };
}

/** Returns the length that at least 19 of 20 keys have; undefined if there is none. */
export function commonLength(pairs: readonly KeyPair[]): number | undefined {
  const counts = new Map<number, number>();
  for (const { after } of pairs) counts.set(after.length, (counts.get(after.length) ?? 0) + 1);
  const [length, count] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most), [0, 0]);
  return nearlyAll(count, pairs.length) ? length : undefined;
}

export function nearlyAll(count: number, all: number): boolean {
  return count > 0 && count * 20 >= all * 19;
}
