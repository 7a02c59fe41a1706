/**
 * The encodings of Rust values by bincode, postcard and borsh. None of them stores types: a label declares these.
 *
 * | encoding  | integers                 | lengths and counts | index of an enum's case  | source                                 |
 * |-----------|--------------------------|--------------------|--------------------------|----------------------------------------|
 * | borsh     | little-endian            | u32-le             | u8                       | borsh.io, "Specification"              |
 * | bincode   | little-endian            | u64-le             | u32-le                   | bincode 1, and 2 with `legacy()`       |
 * | bincode2  | as few bytes as they need | as u64            | as u32                   | bincode 2 with `standard()`, docs/spec.md |
 * | postcard  | as few bytes as they need | as u64            | as u32                   | postcard.jamesmunns.com, "Wire Format" |
 *
 * In all of them floats are little-endian, bytes are plain, an option is 0, or 1 and the value, and fields follow each other.
 */
import type { Codec } from '../codec.ts';
import { bincodeVarint, postcardVarint } from '../codecs/varints.ts';
import { codecOf } from '../codecs.ts';
import type { Form } from './form.ts';
import type { RustType } from './rust-types.ts';

export const RUST_ENCODINGS = ['borsh', 'bincode', 'bincode2', 'postcard'] as const;

export type RustEncoding = (typeof RUST_ENCODINGS)[number];

/** Codecs of the tags of options, the counts of lists, and the indexes of enum cases. */
export interface Numbers {
  readonly option: Codec;
  readonly count: Codec;
  readonly variant: Codec;
}

type Varint = typeof postcardVarint;

const VARINTS: Readonly<Record<RustEncoding, Varint | undefined>> = {
  borsh: undefined,
  bincode: undefined,
  bincode2: bincodeVarint,
  postcard: postcardVarint,
};

export function numbersOf(encoding: RustEncoding): Numbers {
  const varint = VARINTS[encoding];
  const option = known('u8');
  if (varint !== undefined) return { option, count: varint(64, false), variant: varint(32, false) };
  return encoding === 'borsh'
    ? { option, count: known('u32-le'), variant: known('u8') }
    : { option, count: known('u64-le'), variant: known('u32-le') };
}

/** Returns the form of values of a type, or undefined if it has a name that is not known, not even to `named`. */
export function formOfRust(type: RustType, encoding: RustEncoding, named: (name: string) => Form | undefined): Form | undefined {
  const { count } = numbersOf(encoding);
  const inner = (one: RustType) => formOfRust(one, encoding, named);
  switch (type.kind) {
    case 'named':
      return formOfName(type.name, encoding) ?? named(type.name);
    case 'option': {
      const of = inner(type.of);
      return of && optionForm(of, encoding);
    }
    case 'vec':
      return listForm(inner(type.of), count);
    case 'array':
      return listForm(inner(type.of), type.length);
    case 'map': {
      const [key, value] = [inner(type.key), inner(type.value)];
      return key && value && { kind: 'array', of: { kind: 'tuple', members: [key, value] }, count };
    }
    case 'tuple': {
      const members = type.members.flatMap((member) => inner(member) ?? []);
      return members.length < type.members.length ? undefined : { kind: 'tuple', members };
    }
  }
}

/** Returns the form of an option: 0, or 1 and the value. */
export function optionForm(of: Form, encoding: RustEncoding): Form {
  const cases = new Map([
    ['0', { name: 'None', form: undefined }],
    ['1', { name: 'Some', form: of }],
  ]);
  return { kind: 'variant', tag: numbersOf(encoding).option, cases };
}

/** Returns the form of a list. A list of `u8` becomes bytes. */
export function listForm(of: Form | undefined, count: number | Codec): Form | undefined {
  if (of?.kind === 'value' && of.codec.name === 'u8' && of.size === undefined)
    return { kind: 'value', codec: known('bytes'), size: count };
  return of && { kind: 'array', of, count };
}

function formOfName(name: string, encoding: RustEncoding): Form | undefined {
  const { count } = numbersOf(encoding);
  if (name === 'String' || name === 'str') return { kind: 'value', codec: known('text'), size: count };
  if (name === 'Principal') return { kind: 'value', codec: known('principal'), size: count };
  if (name === 'char' && encoding === 'postcard') return { kind: 'value', codec: known('text'), size: count };
  const codec = numberCodec(name, VARINTS[encoding]);
  return codec && { kind: 'value', codec, size: undefined };
}

function numberCodec(name: string, varint: Varint | undefined): Codec | undefined {
  if (name === 'bool' || name === 'u8' || name === 'i8') return codecOf(name);
  const [, letter, width] = /^([uif])(16|32|64|128|size)$/.exec(name) ?? [];
  if (letter === undefined) return undefined;
  const bits = width === 'size' ? 64 : Number(width);
  if (letter === 'f' || varint === undefined) return codecOf(`${letter}${bits}-le`);
  return bits === 16 || bits === 32 || bits === 64 || bits === 128 ? varint(bits, letter === 'i') : undefined;
}

function known(name: string): Codec {
  const codec = codecOf(name);
  if (codec === undefined) throw new Error(`The codec ${name} is missing.`);
  return codec;
}
