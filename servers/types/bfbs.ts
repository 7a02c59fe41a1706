/**
 * Compiled schemas of FlatBuffers: a schema as a FlatBuffer itself (reflection.fbs). They are checked as any value is, so that the
 * library, which trusts bytes, can read them.
 */
import { ByteBuffer } from 'flatbuffers';
import type { FlatField, FlatSchema, FlatType, FlatUnion } from '../../engine/values/typing/flatbuffers/flatbuffers-schema.ts';
import { flatbuffersType } from '../../engine/values/typing/flatbuffers/flatbuffers-type.ts';
import { FbsSchema } from '../../engine/values/typing/flatbuffers/parse-fbs.ts';

/** The tables that are read here, with the fields that are. */
const REFLECTION = `
table Type { base_type : byte; element : byte; index : int; fixed_length : ushort; }
table EnumVal { name : string (id: 0, required); value : long (id: 1); union_type : Type (id: 3); }
table Enum { name : string (required); values : [EnumVal] (required); is_union : bool; underlying_type : Type (required); }
table Field { name : string (id: 0, required); type : Type (id: 1, required); id : ushort (id: 2); deprecated : bool (id: 6); required : bool (id: 7); }
table Object { name : string (required); fields : [Field] (required); is_struct : bool; minalign : int; bytesize : int; }
table Schema { objects : [Object] (required); enums : [Enum] (required); file_ident : string; file_ext : string; root_table : Object; }
root_type Schema;`;

/** Numbers of kinds of types. */
const STRING = 13;
const VECTOR = 14;
const OBJECT = 15;
const UNION = 16;
const ARRAY = 17;
const UNION_TYPE = 1;
/** Sizes of scalars by these numbers. */
const SIZES: ReadonlyMap<number, number> = new Map([
  ...[1, 2, 3, 4].map((kind) => [kind, 1] as const),
  ...[5, 6].map((kind) => [kind, 2] as const),
  ...[7, 8, 11].map((kind) => [kind, 4] as const),
  ...[9, 10, 12].map((kind) => [kind, 8] as const),
]);

/** Returns a compiled schema, or a sentence about what is wrong with it. */
export function schemaOfReflection(bytes: Uint8Array): FlatSchema | { readonly problem: string } {
  const reflection = new FbsSchema();
  reflection.addFile(REFLECTION);
  const form = reflection.resolve();
  if ('problem' in form) throw new Error(form.problem);
  const verdict = flatbuffersType('Schema', 'Schema', form).check(bytes);
  if (verdict.kind !== 'fits') return { problem: `${verdict.mismatch.reason} (byte ${verdict.mismatch.at})` };
  const root = Table.root(bytes);
  const objects = root.tables(0);
  const enums = root.tables(1);
  const tables = new Map<string, readonly FlatField[]>();
  const unions = new Map<string, FlatUnion>();
  for (const object of objects) if (!object.flag(2)) tables.set(object.text(0), fieldsOf(object, objects, enums));
  for (const one of enums) if (one.flag(2)) unions.set(one.text(0), unionOf(one, objects, enums));
  return { tables, unions, root: root.table(4)?.text(0) };
}

function fieldsOf(object: Table, objects: readonly Table[], enums: readonly Table[]): readonly FlatField[] {
  const sorted = object.tables(1).toSorted((a, b) => a.short(2) - b.short(2));
  return sorted.flatMap((field): readonly FlatField[] => {
    const type = typeOf(field.table(1), objects, enums);
    // The numbers of a union's types are checked with its values.
    const base = field.table(1)?.byte(0);
    const isTypes = base === UNION_TYPE || (base === VECTOR && field.table(1)?.byte(1) === UNION_TYPE);
    if (type === undefined || isTypes || field.flag(6)) return [];
    return [{ name: field.text(0), id: field.short(2), type, required: field.flag(7) }];
  });
}

function unionOf(one: Table, objects: readonly Table[], enums: readonly Table[]): FlatUnion {
  const types = one.tables(1).flatMap((value) => {
    const type = typeOf(value.table(3), objects, enums);
    const isFollowed = type?.kind === 'table' || type?.kind === 'inline' || type?.kind === 'string';
    return isFollowed ? [[Number(value.long(1)), type] as const] : [];
  });
  return new Map(types);
}

function typeOf(type: Table | undefined, objects: readonly Table[], enums: readonly Table[]): FlatType | undefined {
  if (type === undefined) return undefined;
  const [base, element, index] = [type.byte(0), type.byte(1), type.int(2, -1)];
  if (base !== VECTOR && base !== ARRAY) return oneOf(base, index, objects, enums);
  const of = oneOf(element, index, objects, enums);
  if (of === undefined) return undefined;
  return base === VECTOR ? { kind: 'vector', of } : of.kind === 'inline' ? { ...of, size: of.size * type.short(3) } : undefined;
}

function oneOf(base: number, index: number, objects: readonly Table[], enums: readonly Table[]): FlatType | undefined {
  const size = SIZES.get(base);
  if (size !== undefined) return { kind: 'inline', size, align: size };
  if (base === STRING) return { kind: 'string' };
  const object = base === OBJECT ? objects[index] : undefined;
  if (object?.flag(2)) return { kind: 'inline', size: object.int(4, 0), align: Math.max(1, object.int(3, 1)) };
  if (object !== undefined) return { kind: 'table', name: object.text(0) };
  const union = base === UNION ? enums[index] : undefined;
  return union && { kind: 'union', name: union.text(0) };
}

/** A table of a checked buffer. Its fields are named by their numbers. */
class Table {
  readonly #buffer: ByteBuffer;
  readonly #at: number;

  private constructor(buffer: ByteBuffer, at: number) {
    this.#buffer = buffer;
    this.#at = at;
  }

  static root(bytes: Uint8Array): Table {
    const buffer = new ByteBuffer(bytes);
    return new Table(buffer, buffer.readInt32(0));
  }

  text(id: number): string {
    const place = this.#place(id);
    const text = place === undefined ? '' : this.#buffer.__string(place);
    return typeof text === 'string' ? text : '';
  }

  table(id: number): Table | undefined {
    const place = this.#place(id);
    return place === undefined ? undefined : new Table(this.#buffer, this.#buffer.__indirect(place));
  }

  tables(id: number): readonly Table[] {
    const place = this.#place(id);
    if (place === undefined) return [];
    const start = this.#buffer.__vector(place);
    const count = this.#buffer.__vector_len(place);
    return Array.from({ length: count }, (_, index) => new Table(this.#buffer, this.#buffer.__indirect(start + 4 * index)));
  }

  flag(id: number): boolean {
    return this.byte(id) !== 0;
  }

  byte(id: number): number {
    const place = this.#place(id);
    return place === undefined ? 0 : this.#buffer.readUint8(place);
  }

  short(id: number): number {
    const place = this.#place(id);
    return place === undefined ? 0 : this.#buffer.readUint16(place);
  }

  int(id: number, absent: number): number {
    const place = this.#place(id);
    return place === undefined ? absent : this.#buffer.readInt32(place);
  }

  long(id: number): bigint {
    const place = this.#place(id);
    return place === undefined ? 0n : this.#buffer.readInt64(place);
  }

  #place(id: number): number | undefined {
    const distance = this.#buffer.__offset(this.#at, 4 + 2 * id);
    return distance === 0 ? undefined : this.#at + distance;
  }
}
