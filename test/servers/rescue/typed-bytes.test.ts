import { Encoder } from 'cbor-x/encode';
import { describe, expect, test } from 'vitest';
import { fromHex } from '../../../engine/core/format.ts';
import { codecOf } from '../../../engine/values/codecs.ts';
import { bytesOfText } from '../../../servers/rescue/typed-bytes.ts';
import { listed } from '../../engine/edit/edited.ts';
import { opened } from '../../engine/snapshot/opened.ts';

const codec = (name: string) => codecOf(name) ?? raise(name);
const raise = (name: string): never => {
  throw new Error(`There is no codec ${name}.`);
};
const bytesOf = (name: string, text: string, like?: Uint8Array) =>
  bytesOfText({ text, codec: codec(name), like, option: '--value' });

test.each([
  ['u64-be', '7', '0000000000000007'],
  ['i16-le', '-2', 'feff'],
  ['text', 'ä', 'c3a4'],
  ['bytes', '00ff', '00ff'],
  ['bytes', '0x00 ff', '00ff'],
  ['text', '0x41', '41'],
  ['bool', 'true', '01'],
  ['principal', 'aaaaa-aa', ''],
  ['json', '{"a":1}', '7b2261223a317d'],
  ['storable.option(u8)', 'Some(3)', '0301'],
  ['storable.tuple(u8, text)', '(1, "b")', undefined],
  ['cbor', '{"a": 1}', 'a1616101'],
  ['blobify.nat', '255', '0001'],
])('%s: %s', async (name, text, hex) => {
  if (hex === undefined) await expect(Promise.resolve().then(() => bytesOf(name, text))).rejects.toThrow();
  else expect(await bytesOf(name, text)).toEqual(fromHex(hex));
});

test.each([
  ['u64-be', 'x', 'is not a value in u64-be'],
  ['u64-be', '0x01', 'cannot be read as u64-be'],
  ['messagepack', '{"a": 1}', 'only be given as their bytes'],
  ['cbor', '{', 'is not a value in cbor'],
])('%s: %j is refused', async (name, text, reason) => {
  await expect(bytesOf(name, text)).rejects.toThrow(reason);
});

describe('CBOR', () => {
  test('numbers have the widths that the program wrote', async () => {
    const single = fromHex('a16161fa3dcccccd');
    expect(await bytesOf('cbor', '{"a": 0.2}', single)).toEqual(fromHex('a16161fa3e4ccccd'));
    const like = Uint8Array.from(new Encoder({ useRecords: false, variableMapSize: true }).encode({ a: 0.1 }));
    expect(await bytesOf('cbor', '{"a": 0.2}', like)).toEqual(
      Uint8Array.from(new Encoder({ useRecords: false, variableMapSize: true }).encode({ a: 0.2 })),
    );
  });
});

describe('Candid', () => {
  const like = fromHex(listed(opened('k3-great-candid-cell'), 'memory/0')[0]?.[1] ?? '') ?? new Uint8Array();

  test('a value that is written as it is listed is the same, and has the same types', async () => {
    const text = codec('candid').decode(like)?.text ?? '';
    const again = await bytesOf('candid', text, like);
    expect(codec('candid').decode(again)?.text).toBe(text);
  });

  test('numbers and nulls have the types of the value that was there', async () => {
    const wide = fromHex('4449444c016c01001a'.replace('1a', '78')) ?? new Uint8Array();
    const typed = Uint8Array.of(...wide, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0);
    expect(codec('candid').decode(typed)?.text).toBe('(record { 5 : nat64 })');
    expect(await bytesOf('candid', 'record { 0 = 7 }', typed)).toEqual(Uint8Array.of(...wide, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0));
  });

  test('another type is refused', async () => {
    await expect(bytesOf('candid', '("text")', like)).rejects.toThrow('is not a value of the type of the others');
  });
});
