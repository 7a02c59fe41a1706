/** The orders that `MemoryBuffer` brings its records into: for each place, which of the old places its record comes from. */

/**
 * As the library's quicksort, which is not stable: the first of a range divides it, and what is lower moves to its front by swaps. Takes
 * squared time where all is in order already.
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

/** The library's generator starts over from its seed for each number, so that it always gives this one (`shuffle` in src/MemoryBuffer/Base.mo). */
const RANDOM =
  (0x7eadbeafn * 456_209_410_580_464_648_418_198_177_201n + 5n) % 4_451_889_979_529_614_097_557_895_687_536_048_212_109n;

/** As the library shuffles: each place swaps with one behind it. The same for all buffers of a length. */
export function shuffledOrder(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let index = 0; index + 1 < count; index++) {
    const behind = count - index - 1;
    swap(order, index, index + 1 + Number(RANDOM % BigInt(behind)));
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
