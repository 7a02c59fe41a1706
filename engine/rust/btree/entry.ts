/** The bytes of an entry. */
export type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** A range of keys: those that meet all given conditions. */
export interface KeyRange {
  readonly atLeast?: Uint8Array;
  readonly above?: Uint8Array;
  readonly atMost?: Uint8Array;
  readonly below?: Uint8Array;
}
