import { fc, test as law } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../../../engine/core/format.ts';
import {
  BLOB,
  type Blobify,
  BOOL,
  blobifyTexts,
  INT,
  NAT,
  NAT_WITH_ZERO,
  TEXT,
} from '../../../../engine/motoko/memory-buffer/blobify.ts';
import { codecOf } from '../../../../engine/values/codecs.ts';
import { sidecar } from '../../../fixtures.ts';

interface Vectors {
  readonly vectors: readonly { readonly type: string; readonly value: string; readonly hex: string }[];
}

const FIRST = sidecar<Vectors>('blobify-vectors').vectors;
const MEMORY_BUFFER = sidecar<Vectors>('blobify-vectors-mb010').vectors;
const integer = (text: string) => BigInt(text.replace(/[+_]/g, ''));

/** Tests both directions for all values of a type that the library has encoded. */
function bothWays<A>(name: string, vectors: Vectors['vectors'], type: string, blobify: Blobify<A>, parse: (text: string) => A) {
  test.each(vectors.filter((each) => each.type === type))(`${name}: ${type} $value`, ({ value, hex }) => {
    expect(toHex(blobify.toBlob(parse(value)))).toBe(hex);
    expect(blobify.fromBlob(fromHex(hex) ?? new Uint8Array())).toEqual(parse(value));
  });
}

describe('the blobs are those of the library', () => {
  bothWays('memory-collection', FIRST, 'Nat', NAT, integer);
  bothWays('memory-collection', FIRST, 'Int', INT, integer);
  bothWays('memory-collection', FIRST, 'Bool', BOOL, (text) => text === 'true');
  bothWays('memory-collection', FIRST, 'Text', TEXT, (text) => String(JSON.parse(text)));
  bothWays('memory-buffer', MEMORY_BUFFER, 'Nat', NAT_WITH_ZERO, integer);
});

test('any codec that encodes can be used, and raw bytes', () => {
  const codec = codecOf('u16-be');
  if (!codec) throw new Error('The codec is gone.');
  const texts = blobifyTexts(codec);
  expect([texts.fromBlob(Uint8Array.of(1, 2)), toHex(texts.toBlob('258'))]).toEqual(['258', '0102']);
  expect(BLOB.toBlob(Uint8Array.of(1, 2))).toEqual(Uint8Array.of(1, 2));
});

test('a value without an encoding is refused with a sentence', () => {
  expect(() => NAT.toBlob(-1n)).toThrow('"-1" cannot be written as blobify.nat.');
});

law.prop([fc.bigInt({ min: 0n, max: 1n << 300n })])('a Nat comes back', (value) => {
  expect(NAT.fromBlob(NAT.toBlob(value))).toBe(value);
});

law.prop([fc.uint8Array()])('no bytes make it throw', (bytes) => {
  for (const blobify of [NAT, NAT_WITH_ZERO, INT, TEXT, BOOL, BLOB]) expect(() => blobify.fromBlob(bytes)).not.toThrow();
});
