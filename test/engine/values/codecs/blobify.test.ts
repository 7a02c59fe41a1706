import { describe, expect, test } from 'vitest';
import { sidecar } from '../../../fixtures.ts';
import { codec, expectBoth, hex, hexOf, textOf } from '../decoding.ts';

/** The library's own encodings, with the results of its own decoder. Numbers are as Motoko prints them. */
interface Vectors {
  readonly vectors: readonly { readonly type: string; readonly value: string; readonly hex: string; readonly decoded: string }[];
}

function codecName(type: string): string {
  if (type.startsWith('Candid.')) return 'candid';
  const bigEndian = type.startsWith('BigEndian.');
  return `blobify.${type.replace('BigEndian.', '').toLowerCase()}${bigEndian ? '-be' : ''}`;
}

function isNumber(type: string): boolean {
  return /^(BigEndian\.)?(Nat|Int|Time)\d*$/.test(type);
}

function plain(motokoNumber: string): string {
  return motokoNumber.replace(/[_+]/g, '');
}

for (const name of ['blobify-vectors', 'blobify-vectors-mb010']) {
  const { vectors } = sidecar<Vectors>(name);
  const numbers = vectors.filter(({ type }) => isNumber(type));
  describe(name, () => {
    test('has numbers of every kind', () => expect(new Set(numbers.map(({ type }) => type)).size).toBeGreaterThan(8));

    test.each(numbers)('$type $value', ({ type, value, hex: digits, decoded }) => {
      const read = codec(codecName(type)).decode(hex(digits));
      expect(read?.text).toBe(plain(value));
      if (plain(decoded) === plain(value)) expect(read?.remark).toBeUndefined();
      else expect(read?.remark).toContain(`reads ${plain(decoded)} here`);
    });

    test.each(numbers.filter(({ value }) => plain(value) !== '0'))(
      '$type $value is encoded like this',
      ({ type, value, hex: digits }) => {
        expect(hexOf(codecName(type), plain(value))).toBe(digits);
      },
    );

    test.each(vectors.filter(({ type }) => type === 'Char'))('Char $value', ({ value, hex: digits }) => {
      expect(`'${textOf('blobify.char', digits)}'`).toBe(value);
    });

    test.each(vectors.filter(({ type }) => type === 'Principal'))('Principal $value', ({ value, hex: digits }) => {
      expectBoth('blobify.principal', digits, value);
    });

    test.each(vectors.filter(({ type }) => type === 'Bool' || type === 'Blob'))(
      '$type $value',
      ({ type, value, hex: digits }) => {
        expect(textOf(codecName(type), digits)).toBe(type === 'Bool' ? value : digits);
      },
    );

    test.each(vectors.filter(({ type }) => type.startsWith('Candid.')))('$type $value', ({ type, value, hex: digits }) => {
      const number = /^(Nat|Int)/.test(type.slice(7)) ? `(${plain(value)} : ${type.slice(7).toLowerCase()})` : undefined;
      const text = textOf('candid', digits);
      if (number === undefined) expect(text).toMatch(/^\(.+\)$/s);
      else expect(text).toBe(number);
    });
  });
}

test.each([
  ['blobify@0.2.nat', '00000000000003e8', '1000'],
  ['blobify@0.2.int', '80000000000003e8', '1000'],
  ['blobify@0.2.int', '7fffffffffffffff', '-1'],
  ['blobify@0.2.int8', '81', '1'],
  ['blobify@0.2.int16', '7ffe', '-2'],
  ['blobify@0.2.int32', '80000007', '7'],
  ['blobify@0.2.float', 'c04e300000000000', '60.375'],
  ['blobify@0.2.float', '3fb1cfffffffffff', '-60.375'],
])('%s: %s is %s', (name, digits, text) => expectBoth(name, digits, text));

test('numbers of later encodings are in the order of their bytes', () => {
  const inOrder = ['-1e300', '-2', '-0.5', '0', '0.25', '7', '1e300'].map((text) => hexOf('blobify@0.2.float', text));
  expect(inOrder.toSorted()).toEqual(inOrder);
});

test.each([
  ['blobify.nat', '00ff'],
  ['blobify.int', ''],
  ['blobify.int', '0502'],
  ['blobify.int', '0001'],
  ['blobify.char', '6161'],
  ['blobify.char', ''],
  ['blobify.nat32', '0000'],
  ['blobify@0.2.nat', '00'],
])('%s: %j is none', (name, digits) => expect(textOf(name, digits)).toBeUndefined());

test('both zeros of Nat', () => expect([textOf('blobify.nat', ''), textOf('blobify.nat', '00')]).toEqual(['0', '0']));

test('an Int has digits and a sign', () => {
  expect(codec('blobify.int').decode(hex('91600f01'))?.parts).toEqual([
    { start: 0, length: 3, label: 'digits', text: '1000000' },
    { start: 3, length: 1, label: 'sign', text: '-' },
  ]);
});
