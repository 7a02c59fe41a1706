/** All codecs by their names, including composed ones. */

import type { Codec } from './codec.ts';
import { BLOBIFY_ALIASES, BLOBIFY_CODECS } from './codecs/blobify.ts';
import { ORDERED_BLOBIFY_ALIASES, ORDERED_BLOBIFY_CODECS } from './codecs/blobify-ordered.ts';
import { candidCodec } from './codecs/candid.ts';
import { CBOR } from './codecs/cbor.ts';
import { FILE } from './codecs/file.ts';
import { FLOAT_CODECS } from './codecs/floats.ts';
import { INTEGER_CODECS } from './codecs/integers.ts';
import { MESSAGEPACK } from './codecs/messagepack.ts';
import { paddedCodec } from './codecs/padded.ts';
import { lengthPrefixedCodec, MAX_PREFIX, versionedCodec } from './codecs/prefixed.ts';
import { PRINCIPAL } from './codecs/principal.ts';
import { PROTOBUF } from './codecs/protobuf.ts';
import { arrayCodec, blobCodec, optionCodec, pairCodec, reverseCodec, tripleCodec } from './codecs/storable.ts';
import { BOOL, BYTES, JSON_TEXT, TEXT } from './codecs/text.ts';
import { UTF32_BE } from './codecs/utf32.ts';

const SIMPLE: readonly Codec[] = [
  TEXT,
  BYTES,
  PRINCIPAL,
  BOOL,
  JSON_TEXT,
  CBOR,
  candidCodec(),
  MESSAGEPACK,
  PROTOBUF,
  FILE,
  UTF32_BE,
  ...INTEGER_CODECS,
  ...FLOAT_CODECS,
  ...BLOBIFY_CODECS,
  ...ORDERED_BLOBIFY_CODECS,
];

const BY_NAME: ReadonlyMap<string, Codec> = new Map(SIMPLE.map((codec) => [codec.name, codec]));

/** Additional names that are accepted for an encoding. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ...Object.entries(BLOBIFY_ALIASES),
  ...Object.entries(ORDERED_BLOBIFY_ALIASES),
]);

/** A codec to choose: a name, or a pattern with `…` for other codecs. */
export interface CodecChoice {
  readonly name: string;
  readonly description: string;
}

/** The codecs to choose from. */
export const CODEC_CHOICES: readonly CodecChoice[] = [
  ...SIMPLE.map(({ name, description }) => ({ name, description })),
  { name: 'storable.option(…)', description: 'Option of another codec' },
  { name: 'storable.tuple(…, …)', description: 'tuple of two or three other codecs' },
  { name: 'storable.reverse(…)', description: 'another codec, in reversed order' },
  { name: 'storable.blob(…)', description: 'raw bytes, up to a maximum number' },
  { name: 'storable.array(…)', description: 'an exact number of raw bytes' },
  { name: 'padded(…)', description: 'another codec, then zeros' },
  { name: 'prefixed(…, …)', description: 'a number of bytes, or a length such as u32-le, then another codec' },
];

/** Maximum nesting of composed names. */
const MAX_DEPTH = 16;

/**
 * Returns the codec with a name, or undefined if there is none. The name can be a custom one, `text`, `storable.option(u32-be)`
 * or `storable.tuple(principal, storable.blob(12))`. The name of the result may differ: `blobify.text` is `text`.
 */
export function codecOf(name: string, own: ReadonlyMap<string, Codec> = NONE): Codec | undefined {
  return parse(name.trim(), own, 0);
}

const NONE: ReadonlyMap<string, Codec> = new Map();

function parse(name: string, own: ReadonlyMap<string, Codec>, depth: number): Codec | undefined {
  const open = name.indexOf('(');
  if (open < 0) return own.get(name) ?? BY_NAME.get(ALIASES.get(name) ?? name);
  if (!name.endsWith(')') || depth === MAX_DEPTH) return undefined;
  const inner = splitArguments(name.slice(open + 1, -1));
  const outer = name.slice(0, open).trim();
  const [first = ''] = inner;
  if (outer === 'storable.blob' || outer === 'storable.array') {
    if (inner.length !== 1 || !/^\d{1,9}$/.test(first)) return undefined;
    return outer === 'storable.blob' ? blobCodec(Number(first)) : arrayCodec(Number(first));
  }
  if (outer === 'prefixed' && /^\d{1,2}$/.test(first)) {
    const width = Number(first);
    const of = inner.length === 2 && width >= 1 && width <= MAX_PREFIX ? parse(inner[1] ?? '', own, depth + 1) : undefined;
    return of && versionedCodec(width, of);
  }
  const members: Codec[] = [];
  for (const argument of inner) {
    const member = parse(argument, own, depth + 1);
    if (member === undefined) return undefined;
    members.push(member);
  }
  return compose(outer, members);
}

function compose(outer: string, [a, b, c, ...more]: readonly Codec[]): Codec | undefined {
  if (a === undefined || more.length > 0) return undefined;
  if (outer === 'storable.option') return b ? undefined : optionCodec(a);
  if (outer === 'storable.reverse') return b ? undefined : reverseCodec(a);
  if (outer === 'padded') return b ? undefined : paddedCodec(a);
  if (outer === 'prefixed') return b && !c ? lengthPrefixedCodec(a, b) : undefined;
  if (outer !== 'storable.tuple' || b === undefined) return undefined;
  return c ? tripleCodec(a, b, c) : pairCodec(a, b);
}

/** Splits the text between two parentheses into arguments, without blanks around them. */
function splitArguments(text: string): readonly string[] {
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const letter = text[index];
    if (letter === '(') depth += 1;
    else if (letter === ')') depth -= 1;
    else if (letter === ',' && depth === 0) {
      found.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  found.push(text.slice(start).trim());
  return found;
}
