import { compareNumbers } from '../values/codecs/integers.ts';
import { MEMBER_READERS, type MemberReader, type Members, type Scalar } from './decoded-members.ts';
import { type KeyOrder, type KeyPair, nearlyAll } from './orders.ts';
import { compareTexts, TEXT_ORDERS } from './texts.ts';

type CompareScalars = (a: Scalar, b: Scalar) => number;

/** A pair of keys, split into members. */
interface MemberPair {
  readonly before: Members;
  readonly after: Members;
}

/** A member and its order. The first rule for which two keys differ decides. */
interface Rule {
  readonly path: string;
  readonly compare: CompareScalars;
}

/** Maximum different values of a member that may be an enumeration, in the order of its declaration. */
const MAX_RANKED = 16;
/** Maximum members for which every sequence is tried. */
const MAX_PERMUTED = 3;
/** Minimum keys per value of an enumeration, on average. */
const REPEATS = 2;
const NOTHING: Scalar = { kind: 'nothing' };
const RANKS: Readonly<Record<Scalar['kind'], number>> = { nothing: 0, word: 1, number: 2, bytes: 3, text: 4 };

/**
 * Returns the orders of keys in self-describing encodings, member by member in the order of the encoding, as in a type with a
 * derived order.
 */
export function decodedOrders(pairs: readonly KeyPair[]): readonly KeyOrder[] {
  return decodedPairs(pairs).flatMap(([reader, rows]) =>
    sequencesOf(reader, pathsOf(rows)).map((paths) => orderBy(reader, `members of ${reader.name}`, inSequence(paths, rows))),
  );
}

/**
 * Returns the sequences in which members may be compared: that of the encoding or, if the encoding sorts the members and they are
 * few, all permutations.
 */
function sequencesOf({ sorted }: MemberReader, paths: readonly string[]): readonly (readonly string[])[] {
  return sorted && paths.length <= MAX_PERMUTED ? permutations(paths) : [paths];
}

function permutations(paths: readonly string[]): readonly (readonly string[])[] {
  if (paths.length <= 1) return [paths];
  return paths.flatMap((path) => permutations(paths.filter((other) => other !== path)).map((rest) => [path, ...rest]));
}

/** Returns an order that all pairs follow, in which the members are in another sequence, or some descend. */
export function chosenDecodedOrder(pairs: readonly KeyPair[]): KeyOrder | undefined {
  for (const [reader, rows] of decodedPairs(pairs)) {
    if (rows.length < pairs.length) continue;
    const rules = inAnySequence(rows);
    if (rules) return orderBy(reader, `members of ${reader.name}, in a sequence of their own`, rules);
  }
  return undefined;
}

/** Returns the encodings that can read nearly all keys, each with the pairs that it can read. */
function decodedPairs(pairs: readonly KeyPair[]): readonly (readonly [MemberReader, readonly MemberPair[]])[] {
  return MEMBER_READERS.flatMap((reader) => {
    let misses = 0;
    const rows: MemberPair[] = [];
    for (const pair of pairs) {
      const [before, after] = [reader.read(pair.before), reader.read(pair.after)];
      if (before && after) rows.push({ before, after });
      else misses += 1;
      if (misses * 20 > pairs.length) return [];
    }
    return nearlyAll(rows.length, pairs.length) ? [[reader, rows] as const] : [];
  });
}

function orderBy({ read }: MemberReader, name: string, rules: readonly Rule[]): KeyOrder {
  return {
    name,
    readsKeys: true,
    compare: (x, y) => {
      const [a, b] = [read(x), read(y)];
      // A key that cannot be decoded is out of order.
      if (!a || !b) return 1;
      for (const { path, compare } of rules) {
        const difference = compare(a.get(path) ?? NOTHING, b.get(path) ?? NOTHING);
        if (difference !== 0) return difference;
      }
      return compareOthers(a, b, rules.length);
    },
  };
}

/** Compares members that were in none of the pairs from which the rules were learned. */
function compareOthers(a: Members, b: Members, known: number): number {
  if (a.size <= known && b.size <= known) return 0;
  for (const path of new Set([...a.keys(), ...b.keys()])) {
    const difference = compareScalars(a.get(path) ?? NOTHING, b.get(path) ?? NOTHING);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Learns the order of each member: the one that the fewest of the pairs decided by this member violate. */
function inSequence(paths: readonly string[], rows: readonly MemberPair[]): readonly Rule[] {
  let undecided = rows;
  return paths.map((path) => {
    const differing = undecided.filter((row) => differs(row, path));
    undecided = undecided.filter((row) => !differs(row, path));
    const [compare = compareScalars] = [...ordersOf(path, differing, rows.length)]
      .map((order) => [order, differing.filter((row) => violates(row, path, order)).length] as const)
      .reduce<readonly [CompareScalars?, number?]>(
        (best, one) => (one[1] < (best[1] ?? Number.POSITIVE_INFINITY) ? one : best),
        [],
      );
    return { path, compare };
  });
}

/**
 * Learns a sequence of members that all pairs follow. Each step picks a member that no undecided pair violates, until all pairs
 * are decided.
 */
function inAnySequence(rows: readonly MemberPair[]): readonly Rule[] | undefined {
  const rules: Rule[] = [];
  const paths = new Set(pathsOf(rows));
  let undecided = rows;
  while (undecided.length > 0) {
    const rule = [...paths].map((path) => ruleThatDecides(path, undecided)).find((one) => one !== undefined);
    if (!rule) return undefined;
    rules.push(rule);
    paths.delete(rule.path);
    undecided = undecided.filter((row) => !differs(row, rule.path));
  }
  return rules;
}

function ruleThatDecides(path: string, rows: readonly MemberPair[]): Rule | undefined {
  const differing = rows.filter((row) => differs(row, path));
  if (differing.length === 0) return undefined;
  for (const order of ordersOf(path, differing, rows.length)) {
    for (const compare of [order, (a: Scalar, b: Scalar): number => order(b, a)]) {
      if (!differing.some((row) => violates(row, path, compare))) return { path, compare };
    }
  }
  return undefined;
}

/** Returns the paths of all members, in the order in which they are encoded. */
function pathsOf(rows: readonly MemberPair[]): readonly string[] {
  const paths = new Set<string>();
  for (const { before, after } of rows) {
    for (const path of before.keys()) paths.add(path);
    for (const path of after.keys()) paths.add(path);
  }
  return [...paths];
}

function valuesOf({ before, after }: MemberPair, path: string): readonly [Scalar, Scalar] {
  return [before.get(path) ?? NOTHING, after.get(path) ?? NOTHING];
}

function differs(row: MemberPair, path: string): boolean {
  const [a, b] = valuesOf(row, path);
  return compareScalars(a, b) !== 0;
}

function violates(row: MemberPair, path: string, compare: CompareScalars): boolean {
  const [a, b] = valuesOf(row, path);
  return compare(a, b) > 0;
}

/**
 * Yields the orders that a member's values may have, the most likely first. `all`: number of all pairs; `rows` are those that
 * differ in it.
 */
function* ordersOf(path: string, rows: readonly MemberPair[], all: number): Iterable<CompareScalars> {
  yield compareScalars;
  yield byLength;
  yield nothingLast;
  const texts = rows.flatMap((row) => valuesOf(row, path)).flatMap((value) => (value.kind === 'text' ? [value.value] : []));
  if (texts.length === 0) return;
  for (const { takes, compare } of TEXT_ORDERS) {
    if (texts.every(takes))
      yield (a, b) => (a.kind === 'text' && b.kind === 'text' ? compare(a.value, b.value) : compareScalars(a, b));
  }
  const ranked = byRank(path, rows, all);
  if (ranked) yield ranked;
}

function compareScalars(a: Scalar, b: Scalar): number {
  if (a.kind === 'number' && b.kind === 'number') {
    if (typeof a.value === 'bigint' && typeof b.value === 'bigint') return compareNumbers(a.value, b.value);
    return Number(a.value) - Number(b.value);
  }
  if (a.kind !== b.kind) return RANKS[a.kind] - RANKS[b.kind];
  return a.kind === 'nothing' || b.kind === 'nothing' ? 0 : compareTexts(String(a.value), String(b.value));
}

function byLength(a: Scalar, b: Scalar): number {
  if ((a.kind === 'text' && b.kind === 'text') || (a.kind === 'bytes' && b.kind === 'bytes'))
    return a.value.length - b.value.length || compareScalars(a, b);
  return compareScalars(a, b);
}

function nothingLast(a: Scalar, b: Scalar): number {
  if (a.kind === 'nothing' || b.kind === 'nothing') return RANKS[b.kind] - RANKS[a.kind];
  return compareScalars(a, b);
}

/**
 * Returns the order in which a few texts appear, such as the variants of an enumeration; undefined if they do not appear in a
 * consistent order.
 */
function byRank(path: string, rows: readonly MemberPair[], all: number): CompareScalars | undefined {
  const followers = new Map<string, Set<string>>();
  for (const row of rows) {
    const [a, b] = valuesOf(row, path).map((value) => (value.kind === 'text' ? value.value : ''));
    if (a === undefined || b === undefined) continue;
    followers.set(a, (followers.get(a) ?? new Set()).add(b));
    if (!followers.has(b)) followers.set(b, new Set());
    if (followers.size > MAX_RANKED) return undefined;
  }
  // The values of an enumeration repeat.
  if (all < REPEATS * followers.size) return undefined;
  const ranks = new Map<string, number>();
  while (ranks.size < followers.size) {
    const next = [...followers.keys()].find(
      (value) => !ranks.has(value) && [...followers].every(([before, after]) => ranks.has(before) || !after.has(value)),
    );
    if (next === undefined) return undefined;
    ranks.set(next, ranks.size);
  }
  const rankOf = (value: Scalar): number => (value.kind === 'text' ? (ranks.get(value.value) ?? ranks.size) : -1);
  return (a, b) => rankOf(a) - rankOf(b) || compareScalars(a, b);
}
