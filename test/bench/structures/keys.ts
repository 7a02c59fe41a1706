/**
 * Keys: big-endian u64, as the Rust library encodes them. They are the same in every run, and in `test/peers/src/bin/bench.rs`.
 */

/** Creates a 64-bit linear congruential generator. */
function generator(seed: bigint): () => bigint {
  let state = seed;
  return () => {
    state = BigInt.asUintN(64, state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n);
    return state;
  };
}

export function randomKeys(count: number): readonly Uint8Array[] {
  const next = generator(12_345n);
  return Array.from({ length: count }, () => encode(next()));
}

export function ascendingKeys(count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, index) => encode(BigInt(index)));
}

export function shuffled(keys: readonly Uint8Array[]): readonly Uint8Array[] {
  const next = generator(54_321n);
  const order = [...keys];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Number((next() >> 33n) % BigInt(last + 1));
    const [a, b] = [order[last], order[other]];
    if (a && b) [order[last], order[other]] = [b, a];
  }
  return order;
}

/**
 * Encodes a key. It does not use a `DataView`, which would give each key a separate buffer outside the heap that is slow to
 * access.
 */
function encode(key: bigint): Uint8Array {
  return Uint8Array.from({ length: 8 }, (_, index) => Number((key >> BigInt(8 * (7 - index))) & 0xffn));
}
