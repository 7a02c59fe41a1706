/** The orders that `MemoryBuffer` puts its records into: the old index of the record at each new index. */

/**
 * Sorts like the library's quicksort, which is not stable. The pivot is the first of a range, and lower values move to the front
 * by swaps. Takes quadratic time if the values are already sorted.
 */
export function sortedOrder<V>(values: readonly V[], compare: (a: V, b: V) => number): Uint32Array {
  const sorted = [...values.entries()];
  const ranges: (readonly [from: number, to: number])[] = [[0, sorted.length]];
  for (let range = ranges.pop(); range; range = ranges.pop()) {
    const [from, to] = range;
    const pivot = sorted[from];
    if (!pivot || to - from < 2) continue;
    let lower = from;
    for (let index = from + 1; index < to; index++) {
      const each = sorted[index];
      if (each && compare(each[1], pivot[1]) < 0) swap(sorted, index, ++lower);
    }
    swap(sorted, from, lower);
    ranges.push([from, lower], [lower + 1, to]);
  }
  return Uint32Array.from(sorted, ([index]) => index);
}

/**
 * The only number that the library's random generator returns: it starts over from its seed each time (`shuffle` in
 * src/MemoryBuffer/Base.mo).
 */
const RANDOM =
  (0x7eadbeafn * 456_209_410_580_464_648_418_198_177_201n + 5n) % 4_451_889_979_529_614_097_557_895_687_536_048_212_109n;

/** Shuffles like the library: each place swaps with one after it. The result is the same for all buffers of one length. */
export function shuffledOrder(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let index = 0; index + 1 < count; index++) {
    const following = count - index - 1;
    swap(order, index, index + 1 + Number(RANDOM % BigInt(following)));
  }
  return order;
}

export function reversedOrder(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => count - 1 - index);
}

function swap<T>(places: { [index: number]: T }, a: number, b: number): void {
  const [first, second] = [places[a], places[b]];
  if (first === undefined || second === undefined) return;
  places[a] = second;
  places[b] = first;
}
