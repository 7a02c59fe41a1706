import { fromHex, toHex } from '../../engine/core/format.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { Codec } from '../../engine/values/codec.ts';
import { readTypeTable } from '../../engine/values/codecs/candid-types.ts';
import { Cursor } from '../../engine/values/cursor.ts';
import { CBOR_FORMS, encodeCbor } from '../../engine/values/notation/cbor-encode.ts';
import { reasonOfDidc } from '../recorder/candid-text.ts';
import { interfaceOf } from './candid-types-text.ts';

/** A text that stands for a key or value, and what it is encoded as. */
export interface TypedText {
  readonly text: string;
  readonly codec: Codec;
  /** A value of the same structure, whose types and form are kept. */
  readonly like: Uint8Array | undefined;
  /** The option that it comes from, for messages: `--value`. */
  readonly option: string;
}

/**
 * Returns the bytes that a text stands for: hex after `0x`, or a value in the form in which the codec's values are listed.
 * @throws UserError if it is neither
 */
export async function bytesOfText(typed: TypedText): Promise<Uint8Array> {
  const { text, codec, option } = typed;
  const bytes = /^0x/i.test(text) ? fromHex(text.slice(2).replace(/[\s_]/g, '')) : await encoded(typed);
  if (bytes === undefined) throw new UserError('input', `${option}: "${text}" is not a value in ${codec.name}. ${hint(codec)}`);
  assertReadable(bytes, codec, option, `${option}: ${text}`);
  return bytes;
}

/** @throws UserError if bytes are not a value of a codec. `given` says where they come from. */
export function assertReadable(bytes: Uint8Array, codec: Codec, option: string, given: string): void {
  if (codec.decode(bytes) !== undefined) return;
  throw new UserError(
    'input',
    `${given} cannot be read as ${codec.name}, as the others can, so the program could not read it either. To write it all the same, choose the codec bytes: ${option}-codec bytes.`,
  );
}

function hint({ name, encode }: Codec): string {
  if (name === 'candid') return 'Write it as "entries" lists it, or its bytes in hex after 0x.';
  return encode === undefined
    ? 'Values in this encoding can only be given as their bytes: in hex after 0x, or from a file.'
    : 'Write it as "entries" lists it, or its bytes in hex after 0x.';
}

async function encoded({ text, codec, like, option }: TypedText): Promise<Uint8Array | undefined> {
  if (codec.name === 'candid') return await candidBytes(text, like, option);
  if (codec.name === 'cbor') return cborBytes(text, like, codec);
  return codec.encode?.(text);
}

/** Encodes CBOR in the form of another value, so that the program finds the widths of numbers that it wrote itself. */
function cborBytes(text: string, like: Uint8Array | undefined, codec: Codec): Uint8Array | undefined {
  const known = like && codec.decode(like)?.text;
  const isSame = (bytes: Uint8Array | undefined): boolean =>
    bytes !== undefined && like !== undefined && toHex(bytes) === toHex(like);
  const form = known === undefined ? undefined : CBOR_FORMS.find((each) => isSame(encodeCbor(known, each)));
  return encodeCbor(text, form);
}

async function candidBytes(text: string, like: Uint8Array | undefined, option: string): Promise<Uint8Array | undefined> {
  const input = text.trim().startsWith('(') ? text : `(${text})`;
  const cursor = new Cursor(like ?? new Uint8Array());
  const table = readTypeTable(cursor);
  const idl = like === undefined || cursor.problem !== undefined ? undefined : interfaceOf(table);
  try {
    const { encode } = await import('@dfinity/didc');
    const whole = { input, targetFormat: 'hex' } as const;
    return fromHex(
      idl === undefined
        ? encode({ ...whole, idl: 'service : {}' })
        : encode({ ...whole, idl, withType: { kind: 'methodParams', name: 'value' } }),
    );
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
      throw new UserError(
        'input',
        `Reading Candid needs the package @dfinity/didc. Install it with npm, or give the bytes in hex after 0x.`,
      );
    throw new UserError('input', `${option} is not a value of the type of the others: ${reasonOfDidc(error)}.`);
  }
}
