import type { ByteState } from '../../snapshot/find/byte-state.ts';
import type { NeedleKind } from '../../snapshot/find/needles.ts';

/** How a pattern is written that is searched for: bytes of this kind, or a part of the text of a decoded value. */
export type SearchKind = NeedleKind | 'value';

/** A kind of search: for a pattern, or for a key of a map or set by its lookup. */
export type FindKind = SearchKind | 'key';
export const FIND_KINDS = ['text', 'hex', 'int', 'principal', 'value', 'key'] as const satisfies readonly FindKind[];

/** A line of `stable-memory find --json`. */
export interface FindLine {
  /** Offset of the first byte in the image; left out where the image does not have it. */
  readonly offset?: number;
  /** In bytes. */
  readonly length: number;
  /** Id of the innermost part that the bytes belong to: `memory/3/btreemap`, `bucket/9`. */
  readonly part: string;
  /** Address of the first byte in its memory or region; left out where it is in none. */
  readonly address?: number;
  readonly state: ByteState;
  /** The text around; for hex the bytes, for an integer its width and order, for a value all of its text. */
  readonly text: string;
}
