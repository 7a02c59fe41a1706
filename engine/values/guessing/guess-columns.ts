/** The variation of one byte position over all values. */
export interface Column {
  readonly distinct: number;
  readonly max: number;
  /** The byte, if it is the same in all values. */
  readonly constant: number | undefined;
  /** True if it has many values over the whole range of a byte. */
  readonly isRandom: boolean;
}

/** Examines one byte position of all values. */
export function columnOf(values: readonly Uint8Array[], index: number): Column {
  const bytes = values.map((value) => value[index] ?? 0);
  const distinct = new Set(bytes).size;
  const max = Math.max(...bytes);
  // Among n random bytes there are about 256 * (1 - e^(-n / 256)) different ones.
  const expected = 256 * (1 - Math.exp(-values.length / 256));
  return { distinct, max, constant: distinct === 1 ? max : undefined, isRandom: distinct > 0.75 * expected && max > 0xc0 };
}
