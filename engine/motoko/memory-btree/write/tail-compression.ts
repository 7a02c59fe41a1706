/** Returns the length of the common prefix of two keys. */
function commonLength(a: Uint8Array, b: Uint8Array): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/** Returns the shortest prefix of a key that is greater than the key before it. */
export function shortestSeparator(before: Uint8Array, key: Uint8Array): Uint8Array {
  return key.subarray(0, commonLength(before, key) + 1);
}

/**
 * Returns the number of entries that stay left when a full leaf and one more entry are divided. A binary search goes towards the
 * half where neighbouring keys have less in common, so the separator becomes short. Neither side gets fewer than `sparse`
 * entries.
 */
export function bestCut(capacity: number, sparse: number, keyAt: (position: number) => Uint8Array): number {
  let low = sparse;
  let high = capacity + 1 - sparse;
  while (low + 1 < high) {
    const middle = Math.floor((low + high) / 2);
    const key = keyAt(middle);
    if (commonLength(keyAt(low), key) <= commonLength(key, keyAt(high))) high = middle;
    else low = middle;
  }
  return high;
}
