/** Negative, zero or positive as `a` comes before, with or after `b`. */
export type Compare = (a: Uint8Array, b: Uint8Array) => number;

export interface KeyOrder {
  /** For people: `bytes`, `length, then bytes`, … */
  readonly name: string;
  readonly compare: Compare;
}

/** Two keys of which the first comes before the second: neighbours in a tree, parent and child in a heap. */
export interface KeyPair {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Negative, zero or positive as `a` comes before, with or after `b`, byte by byte; a beginning comes before the whole. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** The order of numbers, texts, blobs and byte arrays as the library encodes them. */
export const BYTES: KeyOrder = { name: 'bytes', compare: compareBytes };
/** The order of texts and blobs of which the shorter comes first. */
export const BY_LENGTH: KeyOrder = { name: 'length, then bytes', compare: (a, b) => a.length - b.length || compareBytes(a, b) };

/** Whether the pair is not in this order. */
export function offends({ compare }: KeyOrder, before: Uint8Array, after: Uint8Array, equal: boolean): boolean {
  const sign = compare(before, after);
  return equal ? sign > 0 : sign >= 0;
}

export function reversed({ name, compare }: KeyOrder): KeyOrder {
  return { name: `${name}, reversed`, compare: (a, b) => compare(b, a) };
}

/** Orders that say nothing of a key's inside. */
export function simpleOrders(pairs: readonly KeyPair[]): readonly KeyOrder[] {
  const orders: KeyOrder[] = [BYTES, BY_LENGTH];
  if (couldBeOptional(pairs)) orders.push(optional(BYTES), optional(BY_LENGTH));
  const size = commonLength(pairs);
  if (size !== undefined) {
    orders.push({ name: 'signed big-endian', compare: signedBigEndian });
    orders.push({ name: 'floating point', compare: floatingPoint });
    for (const width of [2, 4, 8, 16]) {
      const starts = Array.from({ length: Math.floor(size / width) }, (_, index) => index * width);
      if (size % width === 0 && starts.every((start) => couldBeLittleEndian(pairs, start, width)))
        orders.push({ name: `little-endian by ${width} bytes`, compare: littleEndian(width) });
    }
    if (size <= 16 && couldBeLittleEndian(pairs, 0, size))
      orders.push({ name: 'signed little-endian', compare: (a, b) => signedBigEndian(a.toReversed(), b.toReversed()) });
  } else {
    for (let prefix = 1; prefix <= 40; prefix += 1) orders.push(prefixed(prefix));
  }
  return orders;
}

/** `Option<T>`: a marker behind the value; nothing comes first. */
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
  return mostOf(pairs.filter(({ after }) => (after.at(-1) ?? 2) <= 1).length, pairs.length);
}

/** A tuple of members of fixed size, and one whose order is by length at the end. */
function prefixed(prefix: number): KeyOrder {
  return {
    name: `${prefix} bytes, then ${BY_LENGTH.name}`,
    compare: (a, b) => compareBytes(a.subarray(0, prefix), b.subarray(0, prefix)) || BY_LENGTH.compare(a, b),
  };
}

export function signedBigEndian(a: Uint8Array, b: Uint8Array): number {
  return sign(b) - sign(a) || compareBytes(a, b);
}

/** Total order of IEEE 754: negative numbers descend in their bytes. */
function floatingPoint(a: Uint8Array, b: Uint8Array): number {
  return sign(b) - sign(a) || (sign(a) === 1 ? compareBytes(b, a) : compareBytes(a, b));
}

function sign(key: Uint8Array): number {
  return (key[0] ?? 0) >> 7;
}

/**
 * Whether the bytes of the keys can be numbers with the least byte first. Such a byte is seldom zero in nearly all of them while the
 * greatest varies: then they are more likely the other way round.
 */
export function couldBeLittleEndian(pairs: readonly KeyPair[], start: number, size: number): boolean {
  const zeros = pairs.filter(({ after }) => after[start] === 0).length;
  const last = start + size - 1;
  return !mostOf(zeros, pairs.length) || pairs.every(({ before, after }) => before[last] === after[last]);
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

/** The length that at least nineteen of twenty keys have. */
export function commonLength(pairs: readonly KeyPair[]): number | undefined {
  const counts = new Map<number, number>();
  for (const { after } of pairs) counts.set(after.length, (counts.get(after.length) ?? 0) + 1);
  const [length, count] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most), [0, 0]);
  return mostOf(count, pairs.length) ? length : undefined;
}

export function mostOf(count: number, all: number): boolean {
  return count > 0 && count * 20 >= all * 19;
}
