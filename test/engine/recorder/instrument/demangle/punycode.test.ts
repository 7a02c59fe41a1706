import { expect, test } from 'vitest';
import { decodePunycode } from '../../../../../engine/recorder/instrument/demangle/punycode.ts';

/** Samples of RFC 3492, with an underscore for the separator. */
test.each([
  ['ihqwcrb4cv8a8dqg056pqjye', '他们为什么不说中文'],
  ['Proprostnemluvesky_uyb24dma41a', 'Pročprostěnemluvíčesky'],
  ['gre_6ka8i', 'größe'],
  ['mxacd', 'αβγ'],
])('%s', (encoded, decoded) => expect(decodePunycode(encoded)).toBe(decoded));

test.each(['', 'abc_', 'a_B', '99999999999', 'a_9999999999999999999999'])('%s is not valid', (encoded) =>
  expect(decodePunycode(encoded)).toBeUndefined(),
);
