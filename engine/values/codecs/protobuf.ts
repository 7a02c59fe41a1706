/**
 * Protocol Buffers without the schema: the wire format (protobuf.dev, "Encoding"). A message is a run of fields; each begins with
 * a varint of field number * 8 + wire type: 0 varint, 1 eight bytes, 2 a length (varint) and as many bytes, 5 four bytes; fixed
 * ones little-endian. What bytes of a length are, nothing says: they are shown as text where they are printable, else as a
 * message where they are one, else in hex. Texts: `{1: 5, 2: "x", 3: {1: h'00ff'}}`; types 3 and 4 (groups) are long out of use,
 * and not read.
 */
import { toHex } from '../../core/format.ts';
import { viewOf } from '../../core/memory/memory.ts';
import { type Codec, type Decoded, quote } from '../codec.ts';
import { Composition, labelWithin } from '../composition.ts';
import { Cursor } from '../cursor.ts';
import { readCount, readUnsigned } from '../leb128.ts';
import { decodeUtf8 } from '../utf8.ts';
import { formatFloat } from './floats.ts';
import { decodeInteger } from './integers.ts';
import { isPrintable } from './text.ts';

const MAX_FIELD = 2 ** 29 - 1;
const MAX_VARINT = 2n ** 64n - 1n;
/** What nests deeper is shown in hex: each level is read once more to see whether it is a message. */
const MAX_DEPTH = 24;

/** What a field has: a varint; fixed bytes; bytes of a length. */
type Content =
  | { readonly kind: 'varint'; readonly value: bigint }
  | { readonly kind: 'fixed' | 'bytes'; readonly bytes: Uint8Array };

interface Field {
  readonly number: number;
  /** Where the field's tag begins, in the bytes read. */
  readonly start: number;
  /** Where its content ends. */
  readonly end: number;
  readonly content: Content;
}

/** A message that is being written, and where its fields are in the whole value. */
interface Open {
  readonly fields: readonly Field[];
  readonly base: number;
  readonly label: string;
  next: number;
}

export const PROTOBUF: Codec = {
  name: 'protobuf',
  description: 'Protocol Buffers, fields by their numbers',
  decode(bytes) {
    const fields = readFields(bytes);
    return fields && write(fields);
  },
};

/**
 * Returns the fields of a message that is all of `bytes`, or undefined if it is none. `length`: of the message, where the bytes
 * are its beginning.
 */
export function readFields(bytes: Uint8Array, length = bytes.length): readonly Field[] | undefined {
  const cursor = new Cursor(bytes, length);
  const fields: Field[] = [];
  while (cursor.left > 0 && cursor.problem === undefined) {
    const start = cursor.position;
    const tag = readCount(cursor);
    const number = Math.floor(tag / 8);
    if (cursor.cut) break;
    if (number === 0 || number > MAX_FIELD) return undefined;
    const content = readContent(cursor, tag % 8);
    if (cursor.cut) break;
    if (content === undefined || cursor.problem !== undefined) return undefined;
    fields.push({ number, start, end: cursor.position, content });
  }
  return fields.length === 0 ? undefined : fields;
}

function readContent(cursor: Cursor, wireType: number): Content | undefined {
  if (wireType === 0) {
    const value = readUnsigned(cursor);
    return value > MAX_VARINT ? undefined : { kind: 'varint', value };
  }
  if (wireType === 2) return { kind: 'bytes', bytes: cursor.take(readCount(cursor)) };
  const width = wireType === 1 ? 8 : wireType === 5 ? 4 : undefined;
  return width && { kind: 'fixed', bytes: cursor.take(width) };
}

function write(first: readonly Field[]): Decoded {
  const out = new Composition();
  const open: Open[] = [{ fields: first, base: 0, label: '', next: 0 }];
  out.write('{');
  for (let message = open.at(-1); message; message = open.at(-1)) {
    const field = message.fields[message.next];
    if (field === undefined) {
      out.write('}');
      open.pop();
      continue;
    }
    out.write(`${message.next > 0 ? ', ' : ''}${field.number}: `);
    message.next += 1;
    const label = labelWithin(message.label, `.${field.number}`);
    const start = message.base + field.start;
    const end = message.base + field.end;
    const { content } = field;
    const inner = content.kind !== 'bytes' || open.length === MAX_DEPTH ? undefined : readMessage(content.bytes);
    if (inner === undefined || content.kind !== 'bytes') {
      out.writePart(start, end, label, leaf(content));
      continue;
    }
    const base = end - content.bytes.length;
    out.name(start, base, label, `message of ${content.bytes.length} bytes`);
    out.write('{');
    open.push({ fields: inner, base, label, next: 0 });
  }
  return { text: out.text, parts: out.parts };
}

/** Returns the fields of bytes that are rather a message than text. */
function readMessage(bytes: Uint8Array): readonly Field[] | undefined {
  return isPrintable(decodeUtf8(bytes)) ? undefined : readFields(bytes);
}

function leaf(content: Content): string {
  if (content.kind === 'varint') return String(content.value);
  if (content.kind === 'fixed') return fixedText(content.bytes);
  const text = decodeUtf8(content.bytes);
  return text !== undefined && isPrintable(text) ? quote(text) : `h'${toHex(content.bytes)}'`;
}

/** Sizes that people give to numbers with a point. */
const MIDDLING = { 4: { min: 1e-4, max: 1e9 }, 8: { min: 1e-6, max: 1e12 } } as const;

/**
 * Returns a double or float where it is of a middling size: as an integer it would be huge, as every one whose top bits are an
 * exponent.
 */
function fixedText(bytes: Uint8Array): string {
  const view = viewOf(bytes);
  const width = bytes.length === 8 ? 8 : 4;
  const float = width === 8 ? view.getFloat64(0, true) : view.getFloat32(0, true);
  const size = Math.abs(float);
  if (size >= MIDDLING[width].min && size <= MIDDLING[width].max) return formatFloat(float, width);
  return String(decodeInteger(bytes, { signed: false, order: 'little' }));
}
