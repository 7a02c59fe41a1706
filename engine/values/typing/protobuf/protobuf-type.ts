/**
 * Protocol Buffers messages whose schema is known (protobuf.dev, "Encoding"), read as prost does, the library of Rust canisters: unknown
 * fields are skipped, but a known one with another wire type than its own is an error.
 */
import { formatCount, formatCounted } from '../../../core/format.ts';
import { Cursor } from '../../cursor.ts';
import { FITS, fails, type ValueType, type Verdict } from '../value-type.ts';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const START_GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;

/** Wire types of scalars. */
const WIRE_TYPES = {
  int32: VARINT,
  int64: VARINT,
  uint32: VARINT,
  uint64: VARINT,
  sint32: VARINT,
  sint64: VARINT,
  bool: VARINT,
  enum: VARINT,
  double: FIXED64,
  fixed64: FIXED64,
  sfixed64: FIXED64,
  float: FIXED32,
  fixed32: FIXED32,
  sfixed32: FIXED32,
  string: BYTES,
  bytes: BYTES,
} as const;

export type ProtobufScalar = keyof typeof WIRE_TYPES;

export interface ProtobufField {
  readonly name: string;
  readonly repeated: boolean;
  readonly required: boolean;
  /** The name of a message, in `messages`, if it is not a scalar. */
  readonly type: ProtobufScalar | { readonly message: string };
}

/** Fields of a message by their numbers. */
export type ProtobufMessage = ReadonlyMap<number, ProtobufField>;

const WIRE_NAMES = ['a varint', '8 bytes', 'bytes with a length', 'a group', 'the end of a group', '4 bytes'] as const;

/** Maximum nesting of messages, as in prost and in Google's libraries. */
const MAX_DEPTH = 100;
/** Maximum length of a varint, in bytes. */
const MAX_VARINT = 10;
const MAX_FIELD = 2 ** 29 - 1;

/** Makes the type of messages with a name. `messages` has the schema, with the messages that it refers to. */
export function protobufType(name: string, root: string, messages: ReadonlyMap<string, ProtobufMessage>): ValueType {
  return { name, check: (bytes) => new Reader(bytes, messages).read(root) };
}

/** A message whose end is not yet reached. */
interface Open {
  readonly fields: ProtobufMessage;
  readonly start: number;
  /** Position after its last byte. */
  readonly end: number;
  readonly path: string;
  /** Numbers of elements that were read, by the field. */
  readonly counts: Map<number, number>;
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #cursor: Cursor;
  readonly #messages: ReadonlyMap<string, ProtobufMessage>;
  readonly #open: Open[] = [];
  #path = '';

  constructor(bytes: Uint8Array, messages: ReadonlyMap<string, ProtobufMessage>) {
    this.#bytes = bytes;
    this.#cursor = new Cursor(bytes);
    this.#messages = messages;
  }

  read(root: string): Verdict {
    this.#begin(root, this.#bytes.length, '');
    for (let open = this.#open.at(-1); open !== undefined && this.#cursor.problem === undefined; open = this.#open.at(-1)) {
      this.#path = open.path;
      if (this.#cursor.position < open.end) this.#field(open);
      else this.#finish(open);
    }
    const { reason, failedAt = 0 } = this.#cursor;
    return reason === undefined ? FITS : fails(failedAt, this.#path, reason);
  }

  #begin(message: string, end: number, path: string): void {
    const start = this.#cursor.position;
    if (this.#open.length === MAX_DEPTH) this.#cursor.fail(`Messages nest more than ${formatCount(MAX_DEPTH)} deep.`, start);
    this.#open.push({ fields: this.#messages.get(message) ?? new Map(), start, end, path, counts: new Map() });
  }

  #finish({ fields, start, counts }: Open): void {
    for (const [number, { name, required }] of fields)
      if (required && !counts.has(number)) this.#cursor.fail(`The required field ${name} is missing.`, start);
    this.#open.pop();
  }

  #field(open: Open): void {
    const start = this.#cursor.position;
    const tag = this.#varint();
    const [number, wireType] = [Number(tag >> 3n), Number(tag & 7n)];
    if (this.#cursor.problem !== undefined) return;
    const field = open.fields.get(number);
    if (number === 0 || number > MAX_FIELD) this.#cursor.fail(`${formatCount(number)} is not the number of a field.`, start);
    else if (field === undefined) this.#skip(wireType, number, start);
    else this.#known(open, number, field, wireType, start);
    if (this.#cursor.position > open.end) this.#cursor.fail('The field goes beyond the end of its message.', start);
  }

  #known({ path, counts }: Open, number: number, field: ProtobufField, wireType: number, start: number): void {
    const { type, repeated, name } = field;
    const count = counts.get(number) ?? 0;
    counts.set(number, count + 1);
    this.#path = `${path}.${name}${repeated ? `[${count}]` : ''}`;
    const wanted = typeof type === 'string' ? WIRE_TYPES[type] : BYTES;
    if (wireType === BYTES && wanted !== BYTES && repeated) this.#packed(wanted);
    else if (wireType !== wanted) {
      const text = typeof type === 'string' ? type : 'a message';
      this.#cursor.fail(`There is ${WIRE_NAMES[wireType] ?? `wire type ${wireType}`} where ${name} is ${text}.`, start);
    } else if (wanted !== BYTES) this.#scalar(wanted);
    else {
      const length = this.#length();
      if (type === 'string') this.#cursor.text(length);
      else if (typeof type === 'string') this.#cursor.take(length);
      else this.#begin(type.message, this.#cursor.position + length, this.#path);
    }
  }

  /** Reads numbers one after the other, as many as their length has room for. */
  #packed(wireType: number): void {
    const length = this.#length();
    const end = this.#cursor.position + length;
    while (this.#cursor.position < end && this.#cursor.problem === undefined) this.#scalar(wireType);
    if (this.#cursor.position > end) this.#cursor.fail('A number goes beyond the end of its list.', end);
  }

  #scalar(wireType: number): void {
    if (wireType === VARINT) this.#varint();
    else this.#cursor.take(wireType === FIXED64 ? 8 : 4);
  }

  #skip(wireType: number, number: number, start: number): void {
    // Groups are deprecated. They may contain others, which end in the reverse order.
    const groups: number[] = [];
    let [type, group] = [wireType, number];
    do {
      if (type === VARINT || type === FIXED64 || type === FIXED32) this.#scalar(type);
      else if (type === BYTES) this.#cursor.take(this.#length());
      else if (type === START_GROUP && groups.length < MAX_DEPTH) groups.push(group);
      else if (type !== END_GROUP || groups.pop() !== group) this.#cursor.fail(`Wire type ${type} cannot be here.`, start);
      if (groups.length === 0) return;
      const tag = this.#varint();
      [type, group] = [Number(tag & 7n), Number(tag >> 3n)];
    } while (this.#cursor.problem === undefined);
  }

  /** Reads the number of the bytes that follow, which must be there. */
  #length(): number {
    const start = this.#cursor.position;
    const length = Number(this.#varint());
    const end = this.#open.at(-1)?.end ?? this.#bytes.length;
    const left = end - this.#cursor.position;
    if (length <= left) return length;
    const { position } = this.#cursor;
    const text = `${formatCounted(length, 'byte')} should follow, but the message has ${formatCount(Math.max(0, left))} more.`;
    this.#cursor.fail(text, position > end ? start : position);
    return 0;
  }

  #varint(): bigint {
    const start = this.#cursor.position;
    let low = 0;
    for (let index = 0; index < 4; index++) {
      const byte = this.#cursor.byte();
      low += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let index = 4; index < MAX_VARINT; index++) {
      const byte = this.#cursor.byte();
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) {
        if (index === MAX_VARINT - 1 && byte > 1) this.#cursor.fail('The number has more than 64 bits.', start);
        return value;
      }
    }
    this.#cursor.fail(`A number has at most ${MAX_VARINT} bytes.`, start);
    return 0n;
  }
}
