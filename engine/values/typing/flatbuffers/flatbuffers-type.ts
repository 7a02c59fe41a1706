/**
 * FlatBuffers whose schema is known (flatbuffers.dev, "Internals"), checked as the verifier of the Rust library does: all that a program
 * could follow leads to bytes that are there, aligned, and as long as they say.
 *
 * | part   | bytes, little-endian                                                                                       |
 * |--------|------------------------------------------------------------------------------------------------------------|
 * | buffer | u32 offset of the root table                                                                               |
 * | table  | i32 distance back to its vtable, then the fields                                                           |
 * | vtable | u16 its own size, u16 the size of the table, then a u16 for each field: its place in the table, 0 if absent |
 * | string | u32 length, the bytes, 0                                                                                   |
 * | vector | u32 length, the elements                                                                                   |
 *
 * Tables, strings and vectors are stored as a u32: the distance forward from itself.
 */
import { formatCount, formatCounted } from '../../../core/format.ts';
import { viewOf } from '../../../core/memory/memory.ts';
import { decodeUtf8, validUtf8Length } from '../../utf8.ts';
import { FITS, type Mismatch, type ValueType, type Verdict } from '../value-type.ts';
import type { FlatField, FlatSchema, FlatType } from './flatbuffers-schema.ts';

/** Limits of the verifier of the Rust library. */
const MAX_DEPTH = 64;
const MAX_TABLES = 1_000_000;
/** Maximum bytes that are read, for each byte of the value: parts may be shared. */
const MAX_REREADING = 64;

/** Makes the type of buffers whose root is a table of a schema. */
export function flatbuffersType(name: string, root: string, schema: FlatSchema): ValueType {
  return { name, check: (bytes) => new Verifier(bytes, schema).read(root) };
}

/** A part that is still to be checked. */
interface Task {
  readonly type: Exclude<FlatType, { readonly kind: 'union' }>;
  readonly at: number;
  readonly path: string;
  readonly depth: number;
}

class Verifier {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #schema: FlatSchema;
  readonly #tasks: Task[] = [];
  #tables = 0;
  #left: number;
  #failure: Mismatch | undefined;

  constructor(bytes: Uint8Array, schema: FlatSchema) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#schema = schema;
    this.#left = MAX_REREADING * (1_024 + bytes.length);
  }

  read(root: string): Verdict {
    const start = this.#target(0, '');
    if (start !== undefined) this.#tasks.push({ type: { kind: 'table', name: root }, at: start, path: '', depth: 1 });
    for (let task = this.#tasks.pop(); task !== undefined && this.#failure === undefined; task = this.#tasks.pop())
      this.#part(task);
    return this.#failure === undefined ? FITS : { kind: 'fails', mismatch: this.#failure };
  }

  #part({ type, at, path, depth }: Task): void {
    if (depth > MAX_DEPTH) this.#fail(at, path, `Tables nest more than ${MAX_DEPTH} deep.`);
    else if (type.kind === 'inline') this.#has(at, type.size, type.align, path);
    else if (type.kind === 'string') this.#string(at, path);
    else if (type.kind === 'table') this.#table(type.name, at, path, depth);
    else this.#vector(type.of, at, path, depth);
  }

  #table(name: string, at: number, path: string, depth: number): void {
    this.#tables += 1;
    if (this.#tables > MAX_TABLES) this.#fail(at, path, `There are more than ${formatCount(MAX_TABLES)} tables.`);
    if (!this.#has(at, 4, 4, path)) return;
    const vtable = at - this.#view.getInt32(at, true);
    if (vtable < 0 || vtable > this.#bytes.length)
      this.#fail(at, path, `Its vtable would be at byte ${vtable}, outside of the value.`);
    if (this.#failure !== undefined || !this.#has(vtable, 4, 2, path)) return;
    const size = this.#view.getUint16(vtable, true);
    if (size < 4 || size % 2 !== 0) this.#fail(vtable, path, `A vtable cannot have ${formatCounted(size, 'byte')}.`);
    if (this.#failure !== undefined || !this.#has(vtable, size, 2, path)) return;
    const placeOf = (id: number): number | undefined => {
      const slot = 4 + 2 * id;
      const distance = slot + 2 <= size ? this.#view.getUint16(vtable + slot, true) : 0;
      return distance === 0 ? undefined : at + distance;
    };
    const fields = this.#schema.tables.get(name) ?? [];
    const before = this.#tasks.length;
    for (const field of fields) this.#field(field, placeOf, at, path, depth);
    // The last task is done first.
    this.#tasks.push(...this.#tasks.splice(before).reverse());
  }

  #field(
    { name, id, type, required }: FlatField,
    placeOf: (id: number) => number | undefined,
    at: number,
    path: string,
    depth: number,
  ): void {
    const place = placeOf(id);
    const inner = `${path}.${name}`;
    if (place === undefined) {
      if (required) this.#fail(at, path, `The required field ${name} is missing.`);
      else if (type.kind === 'union' && this.#unionType(placeOf(id - 1)) > 0)
        this.#fail(at, path, `The value of ${name} is missing.`);
      return;
    }
    if (type.kind === 'inline') {
      this.#has(place, type.size, type.align, inner);
      return;
    }
    const start = this.#target(place, inner);
    if (start === undefined) return;
    if (type.kind === 'union') this.#union(type.name, this.#unionType(placeOf(id - 1)), start, place, inner, depth);
    else if (type.kind === 'vector' && type.of.kind === 'union') this.#unions(type.of.name, placeOf(id - 1), start, inner, depth);
    else this.#push(type, start, inner, depth);
  }

  #unionType(place: number | undefined): number {
    return place === undefined ? 0 : (this.#bytes[place] ?? 0);
  }

  #union(name: string, number: number, start: number, place: number, path: string, depth: number): void {
    const type = this.#schema.unions.get(name)?.get(number);
    if (number === 0) this.#fail(place, path, 'There is a value, but its type is NONE.');
    // Values of types that the schema does not have yet are not looked at.
    else if (type !== undefined) this.#push(type, start, path, depth);
  }

  /** Checks a vector of unions, and the one of their types. */
  #unions(name: string, typesPlace: number | undefined, start: number, path: string, depth: number): void {
    const types = typesPlace === undefined ? undefined : this.#target(typesPlace, path);
    const count = this.#length(start, 4, path);
    if (count === undefined) return;
    const typed = types === undefined ? undefined : this.#length(types, 1, path);
    if (types === undefined) this.#fail(start, path, 'The types of its elements are missing.');
    else if (typed !== count)
      this.#fail(start, path, `There are ${formatCounted(count, 'element')}, and types of ${formatCount(typed ?? 0)}.`);
    if (types === undefined) return;
    for (let index = count - 1; index >= 0 && this.#failure === undefined; index -= 1) {
      const place = start + 4 + 4 * index;
      const element = this.#target(place, `${path}[${index}]`);
      if (element !== undefined)
        this.#union(name, this.#bytes[types + 4 + index] ?? 0, element, place, `${path}[${index}]`, depth);
    }
  }

  #vector(of: FlatType, start: number, path: string, depth: number): void {
    const size = of.kind === 'inline' ? of.size : 4;
    const count = this.#length(start, size, path);
    if (count === undefined) return;
    if (of.kind === 'inline') {
      if (count > 0 && (start + 4) % of.align !== 0)
        this.#fail(start + 4, path, `Its elements are not aligned to ${of.align} bytes.`);
      return;
    }
    for (let index = count - 1; index >= 0 && this.#failure === undefined; index -= 1) {
      const inner = `${path}[${index}]`;
      const target = this.#target(start + 4 + 4 * index, inner);
      if (target !== undefined && of.kind !== 'union') this.#push(of, target, inner, depth);
    }
  }

  #string(start: number, path: string): void {
    const length = this.#length(start, 1, path);
    if (length === undefined) return;
    const bytes = this.#bytes.subarray(start + 4, start + 4 + length);
    if (decodeUtf8(bytes) === undefined) this.#fail(start + 4 + validUtf8Length(bytes), path, 'The text is not UTF-8.');
    else if (this.#bytes[start + 4 + length] !== 0) this.#fail(start + 4 + length, path, 'No 0 follows after the text.');
  }

  /** Returns the number of elements at a place, all of which are there. */
  #length(start: number, size: number, path: string): number | undefined {
    if (!this.#has(start, 4, 4, path)) return undefined;
    const count = this.#view.getUint32(start, true);
    const left = this.#bytes.length - start - 4;
    if (count * size <= left) return this.#has(start + 4, count * size, 1, path) ? count : undefined;
    this.#fail(start, path, `${formatCounted(count * size, 'byte')} should follow, but there are ${formatCount(left)}.`);
    return undefined;
  }

  /** Returns where the offset at a place leads to. */
  #target(place: number, path: string): number | undefined {
    if (!this.#has(place, 4, 4, path)) return undefined;
    const distance = this.#view.getUint32(place, true);
    if (place + distance < this.#bytes.length && distance > 0) return place + distance;
    this.#fail(place, path, `The offset leads to byte ${formatCount(place + distance)}, outside of the value.`);
    return undefined;
  }

  #push(type: Task['type'], at: number, path: string, depth: number): void {
    this.#tasks.push({
      type,
      at,
      path: path.length > MAX_PATH ? `…${path.slice(-MAX_PATH)}` : path,
      depth: type.kind === 'table' ? depth + 1 : depth,
    });
  }

  /** Returns whether bytes are there and aligned. */
  #has(at: number, length: number, align: number, path: string): boolean {
    this.#left -= length + 1;
    if (at + length > this.#bytes.length)
      this.#fail(
        Math.min(at, this.#bytes.length),
        path,
        `${formatCounted(length, 'byte')} should be at byte ${formatCount(at)}, but the value ends before that.`,
      );
    else if (at % align !== 0) this.#fail(at, path, `It is not aligned to ${align} bytes.`);
    else if (this.#left < 0) this.#fail(at, path, 'Too many parts share their bytes.');
    return this.#failure === undefined;
  }

  #fail(at: number, path: string, reason: string): void {
    this.#failure ??= { at, path, reason };
  }
}

const MAX_PATH = 200;
