/** How one byte of the values changes from value to value. */
export interface Column {
  readonly distinct: number;
  readonly max: number;
  /** The byte in all, where it is the same. */
  readonly constant: number | undefined;
  /** True if it has many values, all over the range of a byte. */
  readonly isRandom: boolean;
}

/** Looks at one byte of all values. */
export function columnOf(values: readonly Uint8Array[], index: number): Column {
  const bytes = values.map((value) => value[index] ?? 0);
  const distinct = new Set(bytes).size;
  const max = Math.max(...bytes);
  // Of n random bytes about 256 * (1 - e^(-n / 256)) differ.
  const expected = 256 * (1 - Math.exp(-values.length / 256));
  return { distinct, max, constant: distinct === 1 ? max : undefined, isRandom: distinct > 0.75 * expected && max > 0xc0 };
}
