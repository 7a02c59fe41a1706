/** An entry's own bytes. */
export type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** Which keys: those that meet every condition given. */
export interface KeyRange {
  readonly atLeast?: Uint8Array;
  readonly above?: Uint8Array;
  readonly atMost?: Uint8Array;
  readonly below?: Uint8Array;
}
