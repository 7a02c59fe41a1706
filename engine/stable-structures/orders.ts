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
const BY_LENGTH: KeyOrder = { name: 'length, then bytes', compare: (a, b) => a.length - b.length || compareBytes(a, b) };

/**
 * The order that most pairs follow, and how many do not. What is stored says nothing of the order, so it is chosen among those that the
 * library's types have, and those of numbers that programs encode themselves; of equally good ones the simplest. `equal`: whether the two
 * of a pair may be equal.
 */
export function judgeOrder(pairs: readonly KeyPair[], equal = false): { readonly order: KeyOrder; readonly violations: number } {
  let best = { order: BYTES, violations: countViolations(pairs, BYTES, equal) };
  for (const family of [simpleOrders, tupleOrders, tripleOrders]) {
    if (best.violations === 0) break;
    for (const order of family(pairs)) {
      for (const one of [order, reversed(order)]) {
        const violations = countViolations(pairs, one, equal, best.violations);
        if (violations < best.violations) best = { order: one, violations };
      }
    }
  }
  // So many orders explain a few pairs by chance, and one that stands out is more likely damage.
  if (equal || best.violations < 2 || pairs.length < LEAST_FOR_MIXED) return best;
  const mixed = mixedOrders(pairs).find((order) => countViolations(pairs, order, equal, 1) === 0);
  return mixed === undefined ? best : { order: mixed, violations: 0 };
}

/** Whether the pair is not in this order. */
export function offends({ compare }: KeyOrder, before: Uint8Array, after: Uint8Array, equal: boolean): boolean {
  const sign = compare(before, after);
  return equal ? sign > 0 : sign >= 0;
}

function countViolations(pairs: readonly KeyPair[], order: KeyOrder, equal: boolean, enough = Number.POSITIVE_INFINITY): number {
  let violations = 0;
  for (const { before, after } of pairs) {
    if (!offends(order, before, after, equal)) continue;
    violations += 1;
    if (violations >= enough) break;
  }
  return violations;
}

function reversed({ name, compare }: KeyOrder): KeyOrder {
  return { name: `${name}, reversed`, compare: (a, b) => compare(b, a) };
}

/** Orders that say nothing of a key's inside. */
function simpleOrders(pairs: readonly KeyPair[]): readonly KeyOrder[] {
  const orders: KeyOrder[] = [BYTES, BY_LENGTH, optional(BYTES), optional(BY_LENGTH)];
  const size = commonLength(pairs);
  if (size !== undefined) {
    orders.push({ name: 'signed big-endian', compare: signedBigEndian });
    orders.push({ name: 'floating point', compare: floatingPoint });
    for (const width of [2, 4, 8, 16]) {
      if (size % width === 0) orders.push({ name: `little-endian by ${width} bytes`, compare: littleEndian(width) });
    }
    if (size <= 16)
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

/** A tuple of members of fixed size, and one whose order is by length at the end. */
function prefixed(prefix: number): KeyOrder {
  return {
    name: `${prefix} bytes, then ${BY_LENGTH.name}`,
    compare: (a, b) => compareBytes(a.subarray(0, prefix), b.subarray(0, prefix)) || BY_LENGTH.compare(a, b),
  };
}

function signedBigEndian(a: Uint8Array, b: Uint8Array): number {
  return sign(b) - sign(a) || compareBytes(a, b);
}

/** Total order of IEEE 754: negative numbers descend in their bytes. */
function floatingPoint(a: Uint8Array, b: Uint8Array): number {
  return sign(b) - sign(a) || (sign(a) === 1 ? compareBytes(b, a) : compareBytes(a, b));
}

function sign(key: Uint8Array): number {
  return (key[0] ?? 0) >> 7;
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

/** The orders that a member of fixed size may have by itself. */
const MEMBER_ORDERS: readonly Compare[] = [
  compareBytes,
  signedBigEndian,
  (a, b) => compareBytes(a.toReversed(), b.toReversed()),
  (a, b) => signedBigEndian(a.toReversed(), b.toReversed()),
];
/** So many pairs tell an order out of so many. */
const LEAST_FOR_MIXED = 16;
/** Where the second of two members can begin, from either end. */
const MEMBER_SIZES = [1, 2, 4, 8, 16, 29, 32] as const;

/** A tuple of two members of fixed size, each with an order of its own, such as a number and then a time with the latest first. */
function mixedOrders(pairs: readonly KeyPair[]): readonly KeyOrder[] {
  const length = commonLength(pairs);
  if (length === undefined || length > 64) return [];
  const middles = new Set(MEMBER_SIZES.flatMap((size) => [size, length - size]).filter((size) => size > 0 && size < length));
  const members = MEMBER_ORDERS.flatMap((compare): readonly Compare[] => [compare, (a, b) => compare(b, a)]);
  return [...middles].flatMap((middle) =>
    members.flatMap((first) =>
      members.map((second) => ({
        name: `${middle} and ${length - middle} bytes, each in an order of its own`,
        compare: (a: Uint8Array, b: Uint8Array) =>
          first(a.subarray(0, middle), b.subarray(0, middle)) || second(a.subarray(middle), b.subarray(middle)),
      })),
    ),
  );
}

/** The length that at least nineteen of twenty keys have. */
function commonLength(pairs: readonly KeyPair[]): number | undefined {
  const counts = new Map<number, number>();
  for (const { after } of pairs) counts.set(after.length, (counts.get(after.length) ?? 0) + 1);
  const [length, count] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most), [0, 0]);
  return mostOf(count, pairs.length) ? length : undefined;
}

function mostOf(count: number, all: number): boolean {
  return count > 0 && count * 20 >= all * 19;
}

/** So many keys tell whether a tuple's bounds are possible. */
const MOST_KEYS = 200;

/** Bytes `start` to `end` of a key; `size`, where it stands in the key, compares first (a member ordered by length). */
interface Member {
  readonly start: number;
  readonly end: number;
  readonly size: { readonly start: number; readonly end: number } | undefined;
  readonly byLength: boolean;
}

/**
 * `(A, B)` with bounds: A filled up with zeros to its greatest size, B likewise, then the sizes of those that vary, big-endian in 1, 2 or 4
 * bytes. All keys are of one length; where A ends is inferred: each size fits, and zeros follow each member.
 */
function tupleOrders(pairs: readonly KeyPair[]): readonly KeyOrder[] {
  const length = commonLength(pairs);
  if (length === undefined || length > 1024) return [];
  const keys = pairs.slice(0, MOST_KEYS).flatMap(({ after }) => (after.length === length ? [after] : []));
  const orders: KeyOrder[] = [];
  for (const widthA of [0, 1, 2, 4]) {
    for (const widthB of [0, 1, 2, 4]) {
      const room = length - widthA - widthB;
      if (widthA + widthB === 0) continue;
      for (let middle = 0; middle <= room; middle += 1) {
        if (!widthFits(widthA, middle) || !widthFits(widthB, room - middle)) continue;
        const a = { start: 0, end: middle, size: widthA ? { start: room, end: room + widthA } : undefined };
        const b = { start: middle, end: room, size: widthB ? { start: room + widthA, end: length } : undefined };
        const valid = keys.filter((key) => isPadded(key, a) && isPadded(key, b)).length;
        if (!mostOf(valid, keys.length)) continue;
        for (const byLengthA of widthA ? [true, false] : [false]) {
          for (const byLengthB of widthB ? [true, false] : [false]) {
            const members = [
              { ...a, byLength: byLengthA },
              { ...b, byLength: byLengthB },
            ];
            orders.push({
              name: `tuple of ${middle} and ${room - middle} bytes`,
              compare: (x, y) => compareMembers(members, x, y),
            });
          }
        }
      }
    }
  }
  return orders;
}

function widthFits(width: number, most: number): boolean {
  if (width === 0) return true;
  return width === (most <= 0xff ? 1 : most <= 0xffff ? 2 : 4);
}

function isPadded(key: Uint8Array, member: Omit<Member, 'byLength'>): boolean {
  if (!member.size) return true;
  const size = bigEndian(key, member.size.start, member.size.end);
  if (size > member.end - member.start) return false;
  for (let index = member.start + size; index < member.end; index += 1) if (key[index] !== 0) return false;
  return true;
}

function bigEndian(key: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let index = start; index < end; index += 1) value = value * 256 + (key[index] ?? 0);
  return value;
}

function compareMembers(members: readonly Member[], a: Uint8Array, b: Uint8Array): number {
  for (const { start, end, size, byLength } of members) {
    const bySize = size ? compareBytes(a.subarray(size.start, size.end), b.subarray(size.start, size.end)) : 0;
    if (byLength && bySize !== 0) return bySize;
    const difference = compareBytes(a.subarray(start, end), b.subarray(start, end)) || bySize;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** How long the first two members of a triple can be when their size is fixed. */
const FIXED_MEMBERS = [1, 2, 4, 8, 12, 16, 20, 24, 29, 32] as const;
type MemberSize = (typeof FIXED_MEMBERS)[number] | 'variable';

/**
 * `(A, B, C)` of which A or B varies: one byte with the widths of the sizes, then each of A and B behind its size if it varies, then C.
 */
function tripleOrders(pairs: readonly KeyPair[]): readonly KeyOrder[] {
  const sizes: readonly MemberSize[] = ['variable', ...FIXED_MEMBERS];
  const orders: KeyOrder[] = [];
  for (const sizeA of sizes) {
    for (const sizeB of sizes) {
      if (sizeA !== 'variable' && sizeB !== 'variable') continue;
      const triples = pairs.flatMap(({ after }) => [splitTriple(after, sizeA, sizeB) ?? []]).filter(([a, b]) => a && b);
      if (!mostOf(triples.length, pairs.length)) continue;
      // Zeros before a number look like members without bytes.
      const filled = triples.filter(([a, b]) => a && b && a.length > 0 && b.length > 0).length;
      if (2 * filled < triples.length) continue;
      for (let byLength = 0; byLength < 8; byLength += 1) {
        orders.push({ name: `triple of ${sizeA} and ${sizeB} bytes`, compare: tripleCompare(sizeA, sizeB, byLength) });
      }
    }
  }
  return orders;
}

/** `byLength`: bit i is set where member i is ordered by length first. */
function tripleCompare(sizeA: MemberSize, sizeB: MemberSize, byLength: number): Compare {
  return (x, y) => {
    const [first, second] = [splitTriple(x, sizeA, sizeB), splitTriple(y, sizeA, sizeB)];
    // What is no triple is out of order.
    if (!first || !second) return 1;
    for (let index = 0; index < 3; index += 1) {
      const [a, b] = [first[index], second[index]];
      if (!a || !b) continue;
      const difference = (((byLength >> index) & 1) === 1 ? BY_LENGTH : BYTES).compare(a, b);
      if (difference !== 0) return difference;
    }
    return 0;
  };
}

function splitTriple(key: Uint8Array, sizeA: MemberSize, sizeB: MemberSize): readonly Uint8Array[] | undefined {
  const widths = key[0];
  if (widths === undefined || widths > 15) return undefined;
  const members: Uint8Array[] = [];
  let position = 1;
  for (const [size, width] of [
    [sizeA, (widths >> 2) + 1],
    [sizeB, (widths & 3) + 1],
  ] as const) {
    if (width === 3) return undefined;
    let length: number;
    if (size === 'variable') {
      length = bigEndian(key, position, position + width);
      position += width;
    } else length = size;
    if (position + length > key.length) return undefined;
    members.push(key.subarray(position, position + length));
    position += length;
  }
  members.push(key.subarray(position));
  return members;
}
