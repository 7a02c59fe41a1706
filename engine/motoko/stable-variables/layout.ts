/**
 * The stable variables of a canister with classical persistence, as `pre_upgrade` leaves them in stable memory: "extended Candid"
 * (src/codegen/compile_classical.ml and rts/motoko-rts/src/idl.rs of moc). A Candid message with one argument, a record: one field a
 * variable, whose id is the Candid hash of its name and whose type is `opt` of the variable's.
 *
 * | what differs from Candid      | type            | value                                                                     |
 * |-------------------------------|-----------------|---------------------------------------------------------------------------|
 * | mutable array, mutable field  | 1, type (SLEB)  | first time: `00`, eight bytes of zero, the value; later: `01`, `i32` back   |
 * | Region                        | -128 (SLEB)     | the same, and as value `u64` id, `u32` pages, LEB128 n, n bytes of `u16` blocks |
 *
 * The `i32` counts from its own place to the first of the eight bytes. Numbers are little-endian. A Blob is `vec nat8`, a Char `nat32`,
 * a tuple a record with the fields 0, 1, 2 …
 */
import { CANDID_MAGIC, type CandidField, type Primitive, primitiveOf, type TypeReference } from '../../values/candid-types.ts';
import type { Cursor } from '../../values/cursor.ts';
import { readCount, readSigned } from '../../values/leb128.ts';

/** Bytes that an object keeps free before its value, for the runtime. */
export const SCRATCH = 8;

export type StableType =
  | { readonly kind: 'opt' | 'vec' | 'mutable'; readonly of: TypeReference }
  | { readonly kind: 'record' | 'variant'; readonly fields: readonly CandidField[] }
  | { readonly kind: 'func' | 'service' }
  | { readonly kind: 'primitive'; readonly primitive: Primitive }
  | { readonly kind: 'region' };

export interface StableTypeTable {
  readonly types: readonly StableType[];
  readonly args: readonly TypeReference[];
}

const MUTABLE = 1;
const OPT = -18;
const VEC = -19;
const RECORD = -20;
const VARIANT = -21;
const FUNC = -22;
const SERVICE = -23;
const REGION = -128;

/** The type that a reference means: an entry of the table, or below zero one that needs none. */
export function typeOf(table: StableTypeTable, reference: TypeReference): StableType | undefined {
  if (reference >= 0) return table.types[reference];
  if (reference === REGION) return { kind: 'region' };
  const primitive = primitiveOf(reference);
  return primitive && { kind: 'primitive', primitive };
}

/** Reads from the magic to the last argument's type. What is wrong stands in the cursor's `problem`. */
export function readStableTypes(cursor: Cursor): StableTypeTable {
  if (String.fromCharCode(...cursor.take(CANDID_MAGIC.length)) !== CANDID_MAGIC)
    cursor.fail(`The magic is not "${CANDID_MAGIC}".`);
  const references: TypeReference[] = [];
  const types = readMany(cursor, () => readType(cursor, references));
  const args = readMany(cursor, () => readReference(cursor, references));
  const table = { types, args };
  // A type may speak of later ones, so this can be checked only now.
  const unknown = references.find((reference) => !typeOf(table, reference));
  if (unknown !== undefined) cursor.fail(`The type ${unknown} is neither in the table nor a primitive.`);
  return table;
}

function readType(cursor: Cursor, references: TypeReference[]): StableType {
  const opcode = Number(readSigned(cursor));
  switch (opcode) {
    case MUTABLE:
      return { kind: 'mutable', of: readReference(cursor, references) };
    case OPT:
      return { kind: 'opt', of: readReference(cursor, references) };
    case VEC:
      return { kind: 'vec', of: readReference(cursor, references) };
    case RECORD:
      return { kind: 'record', fields: readFields(cursor, references) };
    case VARIANT:
      return { kind: 'variant', fields: readFields(cursor, references) };
    case FUNC:
      readMany(cursor, () => readReference(cursor, references));
      readMany(cursor, () => readReference(cursor, references));
      readMany(cursor, () => cursor.byte());
      return { kind: 'func' };
    case SERVICE:
      readMany(cursor, () => {
        cursor.text(readCount(cursor));
        readReference(cursor, references);
      });
      return { kind: 'service' };
    default:
      cursor.fail(`${opcode} is no type that a table can hold.`);
      return { kind: 'service' };
  }
}

function readFields(cursor: Cursor, references: TypeReference[]): readonly CandidField[] {
  let previous = -1;
  return readMany(cursor, () => {
    const id = readCount(cursor);
    if (id <= previous || id > 0xffff_ffff) cursor.fail('The ids of the fields do not rise.');
    previous = id;
    return { id, type: readReference(cursor, references) };
  });
}

function readReference(cursor: Cursor, references: TypeReference[]): TypeReference {
  const reference = Number(readSigned(cursor));
  references.push(reference);
  return reference;
}

/** A count, then as many things, each of at least one byte. */
function readMany<Thing>(cursor: Cursor, read: () => Thing): readonly Thing[] {
  const count = readCount(cursor);
  if (count > cursor.left) cursor.fail(`${count} entries should follow in ${cursor.left} bytes.`);
  const things: Thing[] = [];
  while (cursor.problem === undefined && things.length < count) things.push(read());
  return things;
}
