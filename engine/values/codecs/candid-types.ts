/**
 * The type table before Candid values (Candid specification, "Binary format").
 *
 * | bytes         | field                                                                          |
 * |---------------|--------------------------------------------------------------------------------|
 * | 4             | magic `DIDL`                                                                   |
 * | LEB128        | number of types; then each of them: opcode (signed LEB128) and its content     |
 * | LEB128        | number of arguments; then the type of each                                     |
 *
 * A reference to a type is a signed LEB128: an index into the table, or a negative number for a primitive. The content depends on
 * the opcode. Opt and vec have one type. Record and variant have a count, then id (LEB128, ascending) and type of each field.
 * Func has argument types, result types and annotation bytes, each with a count. Service has a count, then name and type of each
 * method.
 *
 * Types that a `.did` file defines have the same form, so that both can be compared.
 */
import { formatCounted, isOrAre } from '../../core/format.ts';
import type { Cursor } from '../cursor.ts';
import { readCount, readSigned } from '../leb128.ts';

export const CANDID_MAGIC = 'DIDL';

/** An index into the table, or a negative number for a primitive. */
export type TypeReference = number;

export interface CandidField {
  /** The hash of the field's name, or its position in a tuple. */
  readonly id: number;
  readonly type: TypeReference;
}

/** `Wrapper`: kinds that a dialect adds and that, like opt and vec, are made of one other type. */
export type CandidType<Wrapper extends string = never> =
  | { readonly kind: 'opt' | 'vec' | Wrapper; readonly of: TypeReference }
  | { readonly kind: 'record' | 'variant'; readonly fields: readonly CandidField[] }
  /** `modes`: the annotations, 1 for query, 2 for oneway, 3 for composite query. */
  | {
      readonly kind: 'func';
      readonly args: readonly TypeReference[];
      readonly results: readonly TypeReference[];
      readonly modes: readonly number[];
    }
  | { readonly kind: 'service'; readonly methods: readonly CandidMethod[] };

interface CandidMethod {
  readonly name: string;
  readonly type: TypeReference;
}

export interface TypeTable<Wrapper extends string = never> {
  readonly types: readonly CandidType<Wrapper>[];
  readonly args: readonly TypeReference[];
}

/** The additional types of an encoding that is otherwise Candid. */
export interface Dialect<Wrapper extends string> {
  /** Wrapper types by their opcodes. */
  readonly wrappers: ReadonlyMap<number, Wrapper>;
  /** References that are types themselves, like Candid's primitives. */
  readonly primitives: readonly TypeReference[];
}

const PLAIN: Dialect<never> = { wrappers: new Map<number, never>(), primitives: [] };

/** Primitive types in the order of their numbers, from -1 down. */
const PRIMITIVES = [
  'null',
  'bool',
  'nat',
  'int',
  'nat8',
  'nat16',
  'nat32',
  'nat64',
  'int8',
  'int16',
  'int32',
  'int64',
  'float32',
  'float64',
  'text',
  'reserved',
  'empty',
] as const;

export type Primitive = (typeof PRIMITIVES)[number] | 'principal';

const PRINCIPAL = -24;
const OPT = -18;
const VEC = -19;
const RECORD = -20;
const VARIANT = -21;
const FUNC = -22;
const SERVICE = -23;

/** Returns the primitive of a negative reference. */
export function primitiveOf(reference: TypeReference): Primitive | undefined {
  return reference === PRINCIPAL ? 'principal' : PRIMITIVES[-1 - reference];
}

const BY_NAME: ReadonlyMap<string, TypeReference> = new Map([
  ...PRIMITIVES.map((name, index): readonly [string, TypeReference] => [name, -1 - index]),
  ['principal', PRINCIPAL],
]);

/** Returns the reference to the primitive with a name. */
export function primitiveNamed(name: string): TypeReference | undefined {
  return BY_NAME.get(name);
}

/** Reads from the magic to the last argument's type. An error is in the cursor's `problem`. */
export function readTypeTable(cursor: Cursor): TypeTable {
  return readDialect(cursor, PLAIN);
}

/** Reads the type table of a dialect of Candid. */
export function readDialect<Wrapper extends string>(cursor: Cursor, dialect: Dialect<Wrapper>): TypeTable<Wrapper> {
  const magic = String.fromCharCode(...cursor.take(4));
  if (magic !== CANDID_MAGIC) cursor.fail('The magic is not "DIDL".', firstDifference(magic));
  const references: { readonly reference: TypeReference; readonly at: number }[] = [];
  const readReference = (): TypeReference => {
    const at = cursor.position;
    const reference = Number(readSigned(cursor));
    if (reference < 0 && primitiveOf(reference) === undefined && !dialect.primitives.includes(reference)) {
      cursor.fail(`${reference} is not a primitive type.`, at);
    }
    references.push({ reference, at });
    return reference;
  };
  const types = readMany(cursor, () => readType(cursor, dialect, readReference));
  const args = readMany(cursor, readReference);
  // A type may refer to later ones, so this can be checked only now.
  const unknown = references.find(({ reference }) => reference >= types.length);
  if (unknown !== undefined) cursor.fail(`The type ${unknown.reference} is not in the type table.`, unknown.at);
  return { types, args };
}

function firstDifference(magic: string): number {
  return [...CANDID_MAGIC].findIndex((letter, index) => letter !== magic[index]);
}

function readType<Wrapper extends string>(
  cursor: Cursor,
  { wrappers }: Dialect<Wrapper>,
  readReference: () => TypeReference,
): CandidType<Wrapper> {
  const start = cursor.position;
  const opcode = Number(readSigned(cursor));
  const wrapper = wrappers.get(opcode);
  if (wrapper !== undefined) return { kind: wrapper, of: readReference() };
  switch (opcode) {
    case OPT:
      return { kind: 'opt', of: readReference() };
    case VEC:
      return { kind: 'vec', of: readReference() };
    case RECORD:
      return { kind: 'record', fields: readFields(cursor, readReference) };
    case VARIANT:
      return { kind: 'variant', fields: readFields(cursor, readReference) };
    case FUNC: {
      const args = readMany(cursor, readReference);
      const results = readMany(cursor, readReference);
      return { kind: 'func', args, results, modes: readMany(cursor, () => cursor.byte()) };
    }
    case SERVICE: {
      let previous: string | undefined;
      const readMethod = (): CandidMethod => {
        const at = cursor.position;
        const name = cursor.text(readCount(cursor));
        if (previous !== undefined && name <= previous) cursor.fail('The names of the methods are not ascending.', at);
        previous = name;
        return { name, type: readReference() };
      };
      return { kind: 'service', methods: readMany(cursor, readMethod) };
    }
    default:
      cursor.fail(`${opcode} is not a type that can be in a table.`, start);
      return { kind: 'service', methods: [] };
  }
}

function readFields(cursor: Cursor, readReference: () => TypeReference): readonly CandidField[] {
  let previous = -1;
  return readMany(cursor, () => {
    const at = cursor.position;
    const id = readCount(cursor);
    if (id <= previous || id > 0xffff_ffff) cursor.fail('The ids of the fields are not ascending.', at);
    previous = id;
    return { id, type: readReference() };
  });
}

/** Reads a count, then that many things of at least one byte each. */
function readMany<Thing>(cursor: Cursor, read: () => Thing): readonly Thing[] {
  const count = readCount(cursor);
  if (count > cursor.left)
    cursor.fail(
      `${formatCounted(count, 'entry', 'entries')} should follow, but there ${isOrAre(cursor.left)} only ${formatCounted(cursor.left, 'byte')}.`,
    );
  const things: Thing[] = [];
  while (cursor.problem === undefined && things.length < count) things.push(read());
  return things;
}
