import { formatCounted } from '../../core/format.ts';

/** A place in a value at which it does not fit a type, and why. */
export interface Mismatch {
  /** Offset from the start of the value, in bytes. It is the value's length if more bytes should follow. */
  readonly at: number;
  /** Place in the decoded value: `.users[3].name`; empty for the value as a whole. */
  readonly path: string;
  /** A sentence. */
  readonly reason: string;
}

export type Verdict =
  | { readonly kind: 'fits' }
  | { readonly kind: 'fails'; readonly mismatch: Mismatch }
  /** The value decodes, but a part of it is read as null, because it does not fit. */
  | { readonly kind: 'loses'; readonly mismatch: Mismatch };

/** A type that values can be decoded as. */
export interface ValueType {
  /** The type as a user writes it. */
  readonly name: string;
  /** Checks the bytes of a whole value. No bytes make it throw. */
  check(bytes: Uint8Array): Verdict;
}

export const FITS: Verdict = { kind: 'fits' };

export function fails(at: number, path: string, reason: string): Verdict {
  return { kind: 'fails', mismatch: { at, path, reason } };
}

/** Returns the failure of a value that ends before its bytes do. */
export function endsBefore(length: number, bytes: Uint8Array): Verdict {
  const rest = bytes.length - length;
  return fails(length, '', `The value ends here, but ${formatCounted(rest, 'byte')} follow${rest === 1 ? 's' : ''}.`);
}
