import { compareBytes } from '../values/codec.ts';
import {
  BY_LENGTH,
  BYTES,
  type Compare,
  commonLength,
  couldBeLittleEndian,
  type KeyOrder,
  type KeyPair,
  nearlyAll,
  signedBigEndian,
} from './orders.ts';

/** A member of a composed key. */
interface Member {
  /** Returns its bytes in a key; undefined if the key is not composed in this way. */
  readonly of: (key: Uint8Array) => Uint8Array | undefined;
  /** Size in bytes; undefined if it varies: then it may be compared by its length first. */
  readonly size: number | undefined;
  /** Its start, if that is the same in all keys. */
  readonly start?: number;
}

/** A way to split keys into members. */
interface Composition {
  readonly name: string;
  readonly members: readonly Member[];
}

/**
 * Orders of tuples with variable members as the library encodes them. Each member is in the order of its bytes or of its length.
 */
export const tupleOrders = (pairs: readonly KeyPair[]): readonly KeyOrder[] => paddedTuples(pairs).flatMap(plainOrders);
export const tripleOrders = (pairs: readonly KeyPair[]): readonly KeyOrder[] => sizedTriples(pairs).flatMap(plainOrders);

function plainOrders({ name, members }: Composition): readonly KeyOrder[] {
  const choices = members.reduce<readonly (readonly Compare[])[]>(
    (some, { size }) =>
      some.flatMap((one) => (size === undefined ? [BYTES, BY_LENGTH] : [BYTES]).map(({ compare }) => [...one, compare])),
    [[]],
  );
  return choices.map((orders) => ({ name, readsKeys: true, compare: composed(members, orders) }));
}

function composed(members: readonly Member[], orders: readonly Compare[]): Compare {
  return (x, y) => {
    for (const [index, member] of members.entries()) {
      const [a, b] = [member.of(x), member.of(y)];
      // A key that is not composed in this way is out of order.
      if (!a || !b) return 1;
      const difference = orders[index]?.(a, b) ?? 0;
      if (difference !== 0) return difference;
    }
    return 0;
  };
}

const bothWays = (orders: readonly Compare[]): readonly Compare[] =>
  orders.flatMap((compare): readonly Compare[] => [compare, (a, b) => compare(b, a)]);

/** The orders that a member may have: of variable size, of fixed size, or a number. */
const VARYING_ORDERS = bothWays([BYTES.compare, BY_LENGTH.compare]);
const FIXED_ORDERS = bothWays([compareBytes]);
const BIG_ENDIAN_ORDERS = bothWays([compareBytes, signedBigEndian]);
const NUMBER_ORDERS = bothWays([
  compareBytes,
  signedBigEndian,
  (a, b) => compareBytes(a.toReversed(), b.toReversed()),
  (a, b) => signedBigEndian(a.toReversed(), b.toReversed()),
]);
const NUMBER_SIZES: ReadonlySet<number> = new Set([2, 4, 8, 16]);

function ordersOf({ size, start }: Member, pairs: readonly KeyPair[]): readonly Compare[] {
  if (size === undefined) return VARYING_ORDERS;
  if (size === 1) return BIG_ENDIAN_ORDERS;
  if (!NUMBER_SIZES.has(size)) return FIXED_ORDERS;
  return start === undefined || couldBeLittleEndian(pairs, start, size) ? NUMBER_ORDERS : BIG_ENDIAN_ORDERS;
}

/**
 * Returns an order in which each member of a key has its own order, such as a number and then a time with the latest first.
 * There are many such orders, so one is accepted only if all pairs follow it.
 */
export function orderByMembers(pairs: readonly KeyPair[], equal: boolean): KeyOrder | undefined {
  for (const family of [fixedMembers, paddedTuples, sizedTriples, openEnded]) {
    for (const { name, members } of family(pairs)) {
      const orders = explain(members, pairs, equal);
      if (orders) return { name: `${name}, each in an order of its own`, compare: composed(members, orders) };
    }
  }
  return undefined;
}

/**
 * Returns the orders of the members with which all pairs are in order. A later member decides if all members before it are equal.
 */
function explain(members: readonly Member[], pairs: readonly KeyPair[], equal: boolean): readonly Compare[] | undefined {
  const [member, ...others] = members;
  if (!member) return pairs.length === 0 || equal ? [] : undefined;
  for (const compare of ordersOf(member, pairs)) {
    const tied = tiedBy(member, compare, pairs);
    const rest = tied && explain(others, tied, equal);
    if (rest) return [compare, ...rest];
    // If the member is the same in all keys, its other orders make no difference.
    if (tied?.length === pairs.length) return undefined;
  }
  return undefined;
}

/** Returns the pairs that the member leaves undecided; undefined if one is out of order. */
function tiedBy({ of }: Member, compare: Compare, pairs: readonly KeyPair[]): readonly KeyPair[] | undefined {
  const tied: KeyPair[] = [];
  for (const pair of pairs) {
    const [a, b] = [of(pair.before), of(pair.after)];
    const sign = a && b ? compare(a, b) : 1;
    if (sign > 0) return undefined;
    if (sign === 0) tied.push(pair);
  }
  return tied;
}

/** Common sizes of members, in bytes: those of numbers, principals and hashes. */
const MEMBER_SIZES = [1, 2, 4, 8, 12, 16, 20, 24, 29, 32] as const;
/** Maximum length in bytes of keys that are split into fixed members. Longer keys are unlikely to consist of a few numbers. */
const MAX_FIXED_KEY = 128;

/** Returns compositions of two members of fixed size, one with a common size, or of three with common sizes. */
function fixedMembers(pairs: readonly KeyPair[]): readonly Composition[] {
  const length = commonLength(pairs);
  if (length === undefined || length > MAX_FIXED_KEY) return [];
  const two = [...new Set(MEMBER_SIZES.flatMap((size) => [size, length - size]))].map((first) => [first, length - first]);
  const three = MEMBER_SIZES.flatMap((first) => MEMBER_SIZES.map((second) => [first, second, length - first - second]));
  const usual: ReadonlySet<number> = new Set(MEMBER_SIZES);
  return [...two.filter((sizes) => sizes.every((size) => size > 0)), ...three.filter(([, , last = 0]) => usual.has(last))].map(
    (sizes) => ({
      name: `${sizes.slice(0, -1).join(', ')} and ${sizes.at(-1)} bytes`,
      members: sizes.map((size, index) => {
        const start = sizes.slice(0, index).reduce((sum, one) => sum + one, 0);
        return fixedMember(start, size, length);
      }),
    }),
  );
}

/** Returns the member of the `size` bytes at `start`, in keys of `length` bytes. */
function fixedMember(start: number, size: number, length: number): Member {
  return { of: (key) => (key.length === length ? key.subarray(start, start + size) : undefined), size, start };
}

/** Returns compositions of a member of fixed size, and one after or before it with the remaining bytes. */
function openEnded(pairs: readonly KeyPair[]): readonly Composition[] {
  if (commonLength(pairs) !== undefined) return [];
  return MEMBER_SIZES.flatMap((size): Composition[] => [
    {
      name: `${size} bytes and the others`,
      members: [
        { of: (key) => (key.length < size ? undefined : key.subarray(0, size)), size },
        { of: (key) => key.subarray(size), size: undefined },
      ],
    },
    {
      name: `all but ${size} bytes and these`,
      members: [
        { of: (key) => (key.length < size ? undefined : key.subarray(0, key.length - size)), size: undefined },
        { of: (key) => key.subarray(key.length - size), size },
      ],
    },
  ]);
}

/** Maximum keys checked to decide whether the bounds of a tuple are possible. */
const MAX_KEYS = 200;
const MAX_TUPLE = 1024;

/** Bytes `start` to `end` of a key. If their number varies, the number of used bytes is stored at `size`. */
interface Room {
  readonly start: number;
  readonly end: number;
  readonly size: { readonly start: number; readonly end: number } | undefined;
}

/**
 * Returns compositions of `(A, B)` with bounds: A padded with zeros to its maximum size, B likewise, then the sizes of those that
 * vary, big-endian in 1, 2 or 4 bytes. All keys have one length. The end of A is inferred: each size must fit, and zeros follow
 * each member.
 */
function paddedTuples(pairs: readonly KeyPair[]): readonly Composition[] {
  const length = commonLength(pairs);
  if (length === undefined || length > MAX_TUPLE) return [];
  const keys = pairs.slice(0, MAX_KEYS).flatMap(({ after }) => (after.length === length ? [after] : []));
  const found: Composition[] = [];
  for (const widthA of [0, 1, 2, 4]) {
    for (const widthB of [0, 1, 2, 4]) {
      const room = length - widthA - widthB;
      if (widthA + widthB === 0) continue;
      for (let middle = 0; middle <= room; middle += 1) {
        if (!widthFits(widthA, middle) || !widthFits(widthB, room - middle)) continue;
        const a: Room = { start: 0, end: middle, size: widthA ? { start: room, end: room + widthA } : undefined };
        const b: Room = { start: middle, end: room, size: widthB ? { start: room + widthA, end: length } : undefined };
        const valid = keys.filter((key) => isPadded(key, a) && isPadded(key, b)).length;
        if (!nearlyAll(valid, keys.length)) continue;
        found.push({ name: `tuple of ${middle} and ${room - middle} bytes`, members: [roomMember(a), roomMember(b)] });
      }
    }
  }
  return found;
}

function widthFits(width: number, most: number): boolean {
  if (width === 0) return true;
  return width === (most <= 0xff ? 1 : most <= 0xffff ? 2 : 4);
}

function isPadded(key: Uint8Array, { start, end, size }: Room): boolean {
  if (!size) return true;
  const used = bigEndian(key, size.start, size.end);
  if (used > end - start) return false;
  for (let index = start + used; index < end; index += 1) if (key[index] !== 0) return false;
  return true;
}

/** Returns the member for the used part of a room. It compares like the whole room followed by its size. */
function roomMember({ start, end, size }: Room): Member {
  if (!size) return { of: (key) => key.subarray(start, end), size: end - start, start };
  return {
    of: (key) => key.subarray(start, Math.min(end, start + bigEndian(key, size.start, size.end))),
    size: undefined,
  };
}

function bigEndian(key: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let index = start; index < end; index += 1) value = value * 256 + (key[index] ?? 0);
  return value;
}

type MemberSize = (typeof MEMBER_SIZES)[number] | 'variable';

/**
 * Returns compositions of `(A, B, C)` in which A or B varies: one byte with the widths of the sizes, then A and B, each after its
 * size if it varies, then C.
 */
function sizedTriples(pairs: readonly KeyPair[]): readonly Composition[] {
  const sizes: readonly MemberSize[] = ['variable', ...MEMBER_SIZES];
  const found: Composition[] = [];
  for (const sizeA of sizes) {
    for (const sizeB of sizes) {
      if (sizeA !== 'variable' && sizeB !== 'variable') continue;
      const triples = pairs.flatMap(({ after }) => [splitTriple(after, sizeA, sizeB) ?? []]).filter(([a, b]) => a && b);
      if (!nearlyAll(triples.length, pairs.length)) continue;
      // Leading zeros of a number look like members without bytes.
      const filled = triples.filter(([a, b]) => a && b && a.length > 0 && b.length > 0).length;
      if (2 * filled < triples.length) continue;
      const members = ([sizeA, sizeB, 'variable'] as const).map((size, index): Member => {
        return { of: (key) => splitTriple(key, sizeA, sizeB)?.[index], size: size === 'variable' ? undefined : size };
      });
      found.push({ name: `triple of ${sizeA} and ${sizeB} bytes`, members });
    }
  }
  return found;
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
