/**
 * Protocol Buffers without the schema: the wire format (protobuf.dev, "Encoding"). A message is a sequence of fields. Each begins
 * with a varint of field number * 8 + wire type: 0 varint, 1 eight bytes, 2 a length (varint) and that many bytes, 5 four bytes;
 * fixed ones are little-endian. The content of type 2 is not described: it is shown as text if it is printable, otherwise as a
 * message if it is one, otherwise in hex. Texts look like `{1: 5, 2: "x", 3: {1: h'00ff'}}`. Types 3 and 4 (groups) are long out
 * of use and are not read.
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
/**
 * Maximum nesting of messages; deeper ones are shown in hex. Each level is read once more to find out whether it is a message.
 */
const MAX_DEPTH = 24;

/** The content of a field: a varint, fixed bytes, or bytes with a length. */
type Content =
  | { readonly kind: 'varint'; readonly value: bigint }
  | { readonly kind: 'fixed' | 'bytes'; readonly bytes: Uint8Array };

interface Field {
  readonly number: number;
  /** Start of the field's tag in the bytes. */
  readonly start: number;
  /** End of its content. */
  readonly end: number;
  readonly content: Content;
}

/** A message that is being written, and its position in the whole value. */
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
 * Returns the fields of a message that takes all of `bytes`, or undefined if they are not a message. `length` is the length of
 * the message, if the bytes are only its beginning.
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

/** Returns the fields of bytes that are more likely a message than text. */
function readMessage(bytes: Uint8Array): readonly Field[] | undefined {
  return isPrintable(decodeUtf8(bytes)) ? undefined : readFields(bytes);
}

function leaf(content: Content): string {
  if (content.kind === 'varint') return String(content.value);
  if (content.kind === 'fixed') return fixedText(content.bytes);
  const text = decodeUtf8(content.bytes);
  return text !== undefined && isPrintable(text) ? quote(text) : `h'${toHex(content.bytes)}'`;
}

/** Usual magnitudes of floating-point numbers. */
const MIDDLING = { 4: { min: 1e-4, max: 1e9 }, 8: { min: 1e-6, max: 1e12 } } as const;

/**
 * Returns the text of fixed bytes: as a double or float if its magnitude is usual, because as an integer it would be huge,
 * otherwise as an integer.
 */
function fixedText(bytes: Uint8Array): string {
  const view = viewOf(bytes);
  const width = bytes.length === 8 ? 8 : 4;
  const float = width === 8 ? view.getFloat64(0, true) : view.getFloat32(0, true);
  const size = Math.abs(float);
  if (size >= MIDDLING[width].min && size <= MIDDLING[width].max) return formatFloat(float, width);
  return String(decodeInteger(bytes, { signed: false, order: 'little' }));
}
