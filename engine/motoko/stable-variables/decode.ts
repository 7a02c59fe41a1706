import type { Budget } from '../../core/budget.ts';
import { type Address, type AddressRange, at, viewOf } from '../../core/memory/memory.ts';
import type { CandidField, Primitive, TypeReference } from '../../values/codecs/candid-types.ts';
import { decodeInteger } from '../../values/codecs/integers.ts';
import { formatPrincipal, MAX_PRINCIPAL_BYTES } from '../../values/codecs/principal.ts';
import { Cursor } from '../../values/cursor.ts';
import { readCount, readSigned, readUnsigned } from '../../values/leb128.ts';
import { readStableTypes, SCRATCH, type StableTypeTable, typeOf } from './layout.ts';
import type { ArrayValue, MutableValue, OptValue, RecordValue, RegionValue, StableValue, VariantValue } from './value.ts';

/** The result of reading bytes in extended Candid. */
export interface Decoding {
  /** The argument, or the part of it that was read. */
  readonly value: StableValue | undefined;
  /** A sentence that says why the bytes are not such a message. */
  readonly problem: string | undefined;
}

/** A value that holds others, while these are read. */
type Unfinished<Value> = { -readonly [Key in keyof Value]: Key extends 'items' ? StableValue[] : Value[Key] };

type Composite = OptValue | ArrayValue | RecordValue | VariantValue | MutableValue;

interface Open {
  readonly value: Unfinished<Composite>;
  /** The type of each item, or one type for all. */
  readonly types: readonly TypeReference[] | TypeReference;
  readonly count: number;
}

/**
 * Reads one argument. `start` is the address of the bytes. Keeps the nesting in a list instead of recursing, because the input
 * decides how deep it goes.
 */
export function decodeStable(bytes: Uint8Array, start: Address, budget: Budget): Decoding {
  return new Decoder(bytes, start, budget).decode();
}

class Decoder {
  readonly #cursor: Cursor;
  readonly #start: Address;
  readonly #budget: Budget;
  readonly #open: Open[] = [];
  /** Shared values by the position of their first scratch byte. */
  readonly #shared = new Map<number, MutableValue | RegionValue>();
  #table: StableTypeTable = { types: [], args: [] };
  /** Limit of the number of values: values without bytes could otherwise go on for ever. */
  #left: number;
  #root: StableValue | undefined;

  constructor(bytes: Uint8Array, start: Address, budget: Budget) {
    this.#cursor = new Cursor(bytes);
    this.#start = start;
    this.#budget = budget;
    this.#left = 1024 + 4 * bytes.length;
  }

  decode(): Decoding {
    const cursor = this.#cursor;
    this.#table = readStableTypes(cursor);
    const [argument] = this.#table.args;
    if (argument === undefined || this.#table.args.length > 1) cursor.fail('There must be exactly one argument.');
    else this.#value(argument);
    while (cursor.problem === undefined && this.#next());
    if (this.#open.length === 0 && cursor.left > 0) cursor.fail(`${cursor.left} bytes are left over.`);
    for (const { value } of this.#open) value.length = this.#here - value.start;
    return { value: this.#root, problem: cursor.problem };
  }

  /** Reads the next item of the innermost open value, or closes the value. Returns false at the end. */
  #next(): boolean {
    const open = this.#open.at(-1);
    if (!open) return false;
    const index = open.value.items.length;
    if (index === open.count) {
      open.value.length = this.#here - open.value.start;
      this.#open.pop();
      return true;
    }
    if (!this.#budget.spend()) return false;
    this.#left -= 1;
    if (this.#left < 0) this.#cursor.fail('There are too many values for so few bytes.');
    const type = typeof open.types === 'number' ? open.types : open.types[index];
    if (type !== undefined) this.#value(type);
    return true;
  }

  get #here(): Address {
    return at(this.#start, this.#cursor.position);
  }

  #value(reference: TypeReference): void {
    const type = typeOf(this.#table, reference);
    const start = this.#here;
    if (!type || this.#cursor.problem !== undefined) return;
    switch (type.kind) {
      case 'primitive':
        this.#put({ kind: 'plain', type: type.primitive, value: this.#primitive(type.primitive), ...this.#since(start) });
        break;
      case 'func':
      case 'service':
        this.#put({ kind: 'plain', type: type.kind, value: this.#reference(type.kind), ...this.#since(start) });
        break;
      case 'opt':
        this.#opt(type.of, start);
        break;
      case 'vec':
        this.#vec(type.of, start);
        break;
      case 'record':
        this.#enter(
          { kind: 'record', fields: type.fields, items: [], start, length: 0 },
          typesOf(type.fields),
          type.fields.length,
        );
        break;
      case 'variant':
        this.#variant(type.fields, start);
        break;
      case 'mutable':
        this.#mutable(type.of, start);
        break;
      case 'region':
        this.#region(start);
    }
  }

  #opt(of: TypeReference, start: Address): void {
    const tag = this.#cursor.byte();
    if (tag > 1) this.#cursor.fail(`An opt begins with 0 or 1, not with ${tag}.`);
    this.#enter({ kind: 'opt', items: [], start, length: 0 }, of, tag);
  }

  #vec(of: TypeReference, start: Address): void {
    const count = readCount(this.#cursor);
    const type = typeOf(this.#table, of);
    if (type?.kind === 'primitive' && type.primitive === 'nat8') {
      this.#put({ kind: 'blob', bytes: this.#cursor.take(count), ...this.#since(start) });
    } else this.#enter({ kind: 'array', items: [], start, length: 0 }, of, count);
  }

  #variant(fields: readonly CandidField[], start: Address): void {
    const index = readCount(this.#cursor);
    const tag = fields[index];
    if (tag) this.#enter({ kind: 'variant', tag, items: [], start, length: 0 }, tag.type, 1);
    else this.#cursor.fail(`The variant has ${fields.length} cases, but the index of this one is ${index}.`);
  }

  #mutable(of: TypeReference, start: Address): void {
    const place = this.#placeOfNew(start);
    if (place === undefined) return;
    const value: Unfinished<MutableValue> = { kind: 'mutable', items: [], start, length: 0 };
    this.#shared.set(place, value);
    this.#enter(value, of, 1);
  }

  #region(start: Address): void {
    const place = this.#placeOfNew(start);
    if (place === undefined) return;
    const id = this.#integer(8, false);
    const pages = Number(this.#integer(4, false));
    const bytes = this.#cursor.take(readCount(this.#cursor));
    const blocks = Array.from({ length: bytes.length >>> 1 }, (_, index) => viewOf(bytes).getUint16(2 * index, true));
    const region: RegionValue = { kind: 'region', id, pages, blocks, ...this.#since(start) };
    this.#shared.set(place, region);
    this.#put(region);
  }

  /**
   * Reads the part before a value that can be shared. Returns the position that later references use, or undefined if this is
   * such a reference.
   */
  #placeOfNew(start: Address): number | undefined {
    const cursor = this.#cursor;
    const tag = cursor.byte();
    const place = cursor.position;
    if (tag === 0) {
      cursor.take(SCRATCH);
      return place;
    }
    if (tag > 1) cursor.fail(`A mutable value begins with 0 or 1, not with ${tag}.`);
    const target = this.#shared.get(place + Number(this.#integer(4, true)));
    if (target) this.#put({ kind: 'shared', target, ...this.#since(start) });
    else cursor.fail('A reference points to an earlier value, but there is none.');
    return undefined;
  }

  #enter(value: Unfinished<Composite>, types: readonly TypeReference[] | TypeReference, count: number): void {
    this.#put(value);
    this.#open.push({ value, types, count });
  }

  #put(value: StableValue): void {
    const open = this.#open.at(-1);
    if (this.#cursor.problem !== undefined) return;
    if (open) open.value.items.push(value);
    else this.#root = value;
  }

  #since(start: Address): AddressRange {
    return { start, length: this.#here - start };
  }

  #primitive(type: Primitive): bigint | number | boolean | string | undefined {
    const cursor = this.#cursor;
    switch (type) {
      case 'null':
      case 'reserved':
        return undefined;
      case 'empty':
        cursor.fail('There cannot be a value of the type empty.');
        return undefined;
      case 'bool': {
        const byte = cursor.byte();
        if (byte > 1) cursor.fail(`A bool is 0 or 1, not ${byte}.`);
        return byte === 1;
      }
      case 'nat':
        return readUnsigned(cursor);
      case 'int':
        return readSigned(cursor);
      case 'text':
        return cursor.text(readCount(cursor));
      case 'principal':
        return this.#principal();
      case 'float32':
      case 'float64': {
        const bytes = cursor.take(type === 'float32' ? 4 : 8);
        if (bytes.length === 0) return undefined;
        return bytes.length === 4 ? viewOf(bytes).getFloat32(0, true) : viewOf(bytes).getFloat64(0, true);
      }
      default:
        return this.#integer(Number(type.replace(/^\D+/, '')) / 8, type.startsWith('int'));
    }
  }

  #integer(bytes: number, signed: boolean): bigint {
    return decodeInteger(this.#cursor.take(bytes), { signed, order: 'little' });
  }

  #principal(): string {
    if (this.#cursor.byte() !== 1) this.#cursor.fail('A principal does not begin with 1.');
    const length = readCount(this.#cursor);
    if (length > MAX_PRINCIPAL_BYTES) this.#cursor.fail(`A principal has at most ${MAX_PRINCIPAL_BYTES} bytes, not ${length}.`);
    return formatPrincipal(this.#cursor.take(length));
  }

  #reference(kind: 'func' | 'service'): string {
    if (kind === 'func' && this.#cursor.byte() !== 1) this.#cursor.fail('A function does not begin with 1.');
    const principal = this.#principal();
    return kind === 'service' ? principal : `${principal}.${this.#cursor.text(readCount(this.#cursor))}`;
  }
}

function typesOf(fields: readonly CandidField[]): readonly TypeReference[] {
  return fields.map((field) => field.type);
}
