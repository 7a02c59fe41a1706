/** How many bytes two keys begin with alike. */
function alike(a: Uint8Array, b: Uint8Array): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/** The shortest beginning of a key that is greater than the key before it. */
export function shortestSeparator(before: Uint8Array, key: Uint8Array): Uint8Array {
  return key.subarray(0, alike(before, key) + 1);
}

/**
 * How many entries stay left where a full leaf and one entry more are divided: the search halves where the keys at both ends have less in
 * common, so that the separator becomes short. Fewer than `sparse` entries do not come about.
 */
export function bestCut(capacity: number, sparse: number, keyAt: (position: number) => Uint8Array): number {
  let low = sparse;
  let high = capacity + 1 - sparse;
  while (low + 1 < high) {
    const middle = Math.floor((low + high) / 2);
    const key = keyAt(middle);
    if (alike(keyAt(low), key) <= alike(key, keyAt(high))) high = middle;
    else low = middle;
  }
  return high;
}
