import type { Codec, ValuePart } from '../values/codec.ts';
import { candidCodec } from '../values/codecs/candid.ts';
import { CBOR } from '../values/codecs/cbor.ts';
import { MESSAGEPACK } from '../values/codecs/messagepack.ts';
import { PROTOBUF } from '../values/codecs/protobuf.ts';
import { isPrintable } from '../values/codecs/text.ts';
import { decodeUtf8 } from '../values/utf8.ts';

/** A value inside an encoded key: a number, a text, or something else that is compared by its bytes or as a word. */
export type Scalar =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'word'; readonly value: string }
  | { readonly kind: 'number'; readonly value: bigint | number }
  | { readonly kind: 'bytes'; readonly value: string }
  | { readonly kind: 'text'; readonly value: string };

/** The values inside a key by their paths, `.owner`, `[0]`, in the order in which they are encoded. */
export type Members = ReadonlyMap<string, Scalar>;

/** Splits keys of a self-describing encoding into their members. */
export interface MemberReader {
  readonly name: string;
  /**
   * True if the encoding sorts the members, so that the sequence of the type is lost. Candid sorts them by the hashes of their
   * names.
   */
  readonly sorted?: true;
  /** Returns undefined if the bytes are not in this encoding. */
  readonly read: (key: Uint8Array) => Members | undefined;
}

/** Minimum length of a key in bytes. For shorter keys the encoding gives no information about their order. */
const MIN_LENGTH = 2;

export const MEMBER_READERS: readonly MemberReader[] = [
  { name: 'JSON', read: jsonMembers },
  { name: 'CBOR', read: (key) => membersOf(CBOR, key, isHeaderOfItems) },
  { name: 'MessagePack', read: (key) => membersOf(MESSAGEPACK, key, isHeaderOfItems) },
  {
    name: 'Candid',
    sorted: true,
    read: (key) => membersOf(CANDID, key, ({ label, text }) => label === 'magic' || label === 'types' || isContainer(text)),
  },
  { name: 'Protocol Buffers', read: (key) => membersOf(PROTOBUF, key, ({ text }) => isContainer(text)) },
];

const CANDID = candidCodec();
/** The text of codecs for the header of a container. */
const CONTAINER = /^(array|map|vec|record|message)( of [\d,]+)?$/;
const NUMBER = /^(-?\d[\d_,]*)(\.\d+(?:e[+-]?\d+)?|\.?e[+-]?\d+)?(?: : \w+)?$/i;

function isContainer(text: string): boolean {
  return CONTAINER.test(text);
}

/** Returns whether a part is a header. Field names of a map count as headers, because they are the same in all keys. */
function isHeaderOfItems({ label, text }: ValuePart): boolean {
  return isContainer(text) || label === 'key' || label.endsWith(' key') || label === 'tag';
}

function membersOf(codec: Codec, key: Uint8Array, isHeader: (part: ValuePart) => boolean): Members | undefined {
  if (key.length < MIN_LENGTH) return undefined;
  const decoded = codec.decode(key);
  if (decoded === undefined) return undefined;
  const members = new Map<string, Scalar>();
  for (const part of decoded.parts) {
    if (!isHeader(part)) add(members, part.label, scalarOf(part.text, key.subarray(part.start, part.start + part.length)));
  }
  return members;
}

/** Adds a member. Members with the same path are numbered. */
function add(members: Map<string, Scalar>, path: string, scalar: Scalar): void {
  let name = path;
  for (let turn = 2; members.has(name); turn += 1) name = `${path} #${turn}`;
  members.set(name, scalar);
}

function scalarOf(text: string, bytes: Uint8Array): Scalar {
  if (text.startsWith('"')) return { kind: 'text', value: unquote(text) };
  if (text.startsWith("h'")) return { kind: 'bytes', value: text };
  const number = NUMBER.exec(text);
  if (number) return { kind: 'number', value: numberOf(number[1] ?? '', number[2]) };
  if (text === 'null' || text === 'undefined' || text.startsWith('null :')) return { kind: 'nothing' };
  if (/^[a-z]+$/.test(text)) return { kind: 'word', value: text };
  // The bytes of a principal start with their length, so the shorter one comes first, as in the order of principals.
  return { kind: 'bytes', value: String.fromCharCode(...bytes) };
}

function numberOf(whole: string, rest: string | undefined): bigint | number {
  const digits = whole.replaceAll(/[_,]/g, '');
  return rest === undefined ? BigInt(digits) : Number(digits + rest);
}

function unquote(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/g;

/** Reads the members of JSON text. It does not use the parsed values, because a parsed number has at most 53 bits. */
function jsonMembers(key: Uint8Array): Members | undefined {
  const text = decodeUtf8(key);
  // Plain texts and numbers have their own orders.
  if (!isPrintable(text) || !/^\s*[[{]/.test(text) || !isJson(text)) return undefined;
  const members = new Map<string, Scalar>();
  const open: { path: string; index: number | undefined; name: string }[] = [];
  const tokens = text.match(JSON_TOKEN) ?? [];
  for (const [position, token] of tokens.entries()) {
    const inner = open.at(-1);
    const path = inner === undefined ? '' : inner.path + (inner.index === undefined ? `.${inner.name}` : `[${inner.index}]`);
    if (token === '{') open.push({ path, index: undefined, name: '' });
    else if (token === '[') open.push({ path, index: 0, name: '' });
    else if (token === '}' || token === ']') open.pop();
    else if (token === ',') {
      if (inner?.index !== undefined) inner.index += 1;
    } else if (token === ':') continue;
    else if (inner && inner.index === undefined && tokens[position + 1] === ':') inner.name = unquote(token);
    else add(members, path, scalarOf(token, new Uint8Array()));
  }
  return members;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
