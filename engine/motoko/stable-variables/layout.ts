/**
 * The stable variables of a canister with classical persistence, as `pre_upgrade` leaves them in stable memory: "extended Candid"
 * (src/codegen/compile_classical.ml and rts/motoko-rts/src/idl.rs of moc). It is a Candid message with one argument, a record
 * with one field per variable. The field's id is the Candid hash of the variable's name, and its type is `opt` of the variable's
 * type.
 *
 * | difference from Candid        | type            | value                                                                     |
 * |-------------------------------|-----------------|---------------------------------------------------------------------------|
 * | mutable array, mutable field  | 1, type (SLEB)  | first time: `00`, eight bytes of zero, the value; later: `01`, `i32` back   |
 * | Region                        | -128 (SLEB)     | the same, and as value `u64` id, `u32` pages, LEB128 n, n bytes of `u16` blocks |
 *
 * The `i32` is the distance from its own position to the first of the eight bytes. Numbers are little-endian. A Blob is `vec
 * nat8`, a Char `nat32`, a tuple a record with the fields 0, 1, 2 …
 */
import {
  type CandidType,
  type Dialect,
  type Primitive,
  primitiveOf,
  readDialect,
  type TypeReference,
  type TypeTable,
} from '../../values/codecs/candid-types.ts';
import type { Cursor } from '../../values/cursor.ts';

/** Bytes before an object's value that are reserved for the runtime. */
export const SCRATCH = 8;

export type StableType =
  | CandidType<'mutable'>
  | { readonly kind: 'primitive'; readonly primitive: Primitive }
  | { readonly kind: 'region' };

export type StableTypeTable = TypeTable<'mutable'>;

const MUTABLE = 1;
const REGION = -128;
const EXTENDED: Dialect<'mutable'> = { wrappers: new Map([[MUTABLE, 'mutable']]), primitives: [REGION] };

/** Returns the type of a reference: an entry of the table or, for a negative reference, a type without an entry. */
export function typeOf(table: StableTypeTable, reference: TypeReference): StableType | undefined {
  if (reference >= 0) return table.types[reference];
  if (reference === REGION) return { kind: 'region' };
  const primitive = primitiveOf(reference);
  return primitive && { kind: 'primitive', primitive };
}

/** Reads from the magic to the last argument's type. An error is in the cursor's `problem`. */
export function readStableTypes(cursor: Cursor): StableTypeTable {
  return readDialect(cursor, EXTENDED);
}
