/**
 * Numbers that are stored in a word itself (TaggingScheme in src/codegen/compile_enhanced.ml and compile_classical.ml of moc):
 * the value is in the highest bits, with a tag below it. With enhanced persistence the tag says the type; with classical
 * persistence all tags are zero. A Nat or Int of this kind has a sign. The booleans are 0 and 1.
 *
 * | type        | enhanced: bits, tag      | classical: bits |
 * |-------------|--------------------------|-----------------|
 * | Nat, Int    | 62, `10`                 | 31              |
 * | Nat64, Int64 | 60, `0100`, `1100`      | 31              |
 * | Nat32, Int32 | 32, `01` or `11`, zeros | 31              |
 * | Char        | 21, `010`, zeros         | 21              |
 * | Nat16, Int16 | 16, `01` or `11`, zeros | 16              |
 * | Nat8, Int8  | 8, `01` or `11`, zeros   | 8               |
 */
import type { PrimitiveName } from '../signature/types.ts';
import type { HeapForm } from './layout.ts';

interface Scalar {
  /** Bits of the value, and the tag below them. */
  readonly wide: number;
  readonly narrow: number;
  readonly tag: bigint;
  readonly signed: boolean;
}

const scalar = (wide: number, narrow: number, tag: bigint, signed: boolean): Scalar => ({ wide, narrow, tag, signed });

const SCALARS: ReadonlyMap<PrimitiveName, Scalar> = new Map([
  ['Nat', scalar(62, 31, 0b10n, true)],
  ['Int', scalar(62, 31, 0b10n, true)],
  ['Nat64', scalar(60, 31, 0b0100n, false)],
  ['Int64', scalar(60, 31, 0b1100n, true)],
  ['Nat32', scalar(32, 31, 0b01n << 30n, false)],
  ['Int32', scalar(32, 31, 0b11n << 30n, true)],
  ['Char', scalar(21, 21, 0b010n << 40n, false)],
  ['Nat16', scalar(16, 16, 0b01n << 46n, false)],
  ['Int16', scalar(16, 16, 0b11n << 46n, true)],
  ['Nat8', scalar(8, 8, 0b01n << 54n, false)],
  ['Int8', scalar(8, 8, 0b11n << 54n, true)],
]);

/** Returns the number of a type that is in a word, or undefined if it has none or one of another type. */
export function scalarIn(word: bigint, type: PrimitiveName, { persistence, wordBytes }: HeapForm): bigint | undefined {
  const known = SCALARS.get(type);
  if (known === undefined) return undefined;
  const bits = persistence === 'enhanced' ? known.wide : known.narrow;
  const shift = BigInt(8 * wordBytes - bits);
  const tag = persistence === 'enhanced' ? known.tag : 0n;
  if (word % (1n << shift) !== tag) return undefined;
  const value = word >> shift;
  return known.signed ? BigInt.asIntN(bits, value) : value;
}

/** Returns the type and the number of a word whose tag encodes the type. */
export function taggedScalar(word: bigint, form: HeapForm): { readonly type: PrimitiveName; readonly value: bigint } | undefined {
  if (form.persistence !== 'enhanced') return undefined;
  for (const type of SCALARS.keys()) {
    const value = scalarIn(word, type, form);
    if (value !== undefined) return { type, value };
  }
  return undefined;
}
