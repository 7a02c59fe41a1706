import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { fromHex } from '../../../engine/core/format.ts';
import { codeSpan } from '../../../engine/core/markdown.ts';
import { codecOfBlobify, NO_CODECS, registerCodec } from '../../../engine/values/codec-table.ts';
import { describeBytes } from '../../../servers/language-server/describe-bytes.ts';

/** Returns the lines of the hover over bytes. */
function linesFor(hex: string): readonly string[] {
  return describeBytes(fromHex(hex) ?? new Uint8Array()).split('\n');
}

test.each([
  ['ea03', '`999`', 'blobify.nat'],
  ['48656c6c6f', '`"Hello"`', 'text'],
  ['4449444c00017de807', '`(1000 : nat)`', 'candid'],
  ['00000000000000070101', '`rdmx6-jaaaa-aaaaa-aaadq-cai`', 'principal'],
  ['81a56f776e6572a3616263', '`{"owner": "abc"}`', 'messagepack'],
])('the best guess for %s comes first: %s by %s', (hex, value, codec) => {
  const [, , best = ''] = linesFor(hex);
  expect(best.slice(0, value.length)).toBe(value);
  expect(best).toContain(`(\`${codec}\`)`);
});

test('the others are on one line after it, without their reasons', () => {
  const lines = linesFor('0501');
  expect(lines).toHaveLength(5);
  expect(lines[4]).toMatch(/^also: /);
  expect(lines[4]).toContain('`-5` (`blobify.int`)');
  expect(lines[4]).not.toMatch(/possible|likely/);
});

test('the user’s own codecs come first, if they decode all of the bytes', () => {
  const own = registerCodec(
    NO_CODECS,
    codecOfBlobify({ name: 'Pair', size: 2, fromBlob: ([a, b]) => [a, b], toText: (pair) => pair.join(' and ') }),
  );
  const lines = (bytes: Uint8Array) => describeBytes(bytes, own).split('\n').slice(2);
  expect(lines(Uint8Array.of(5, 1))[0]).toBe(
    '`5 and 1` possible: a Blobify of your own (`Pair`). Declared in the labels of an open snapshot.',
  );
  expect(lines(Uint8Array.of(5, 1, 2)).join()).not.toContain('Pair');
});

test('an empty value is the empty text, or zero', () => expect(linesFor('').join()).toContain('`0` '));
test('a remark says if the program itself reads another value', () =>
  expect(linesFor('0501').join('\n')).toContain('The program itself reads 1 here'));
test('a long blob is described by its size', () => expect(describeBytes(new Uint8Array(300 * 1024))).toContain('300 KiB'));

test.each([
  ['plain', '`plain`'],
  ['a`b', '``a`b``'],
  ['`', '`` ` ``'],
  ['', '`  `'],
  ['two\nlines', '`two lines`'],
])('%j is %j in Markdown', (text, span) => expect(codeSpan(text)).toBe(span));

law.prop([fc.uint8Array({ maxLength: 120 })])('any bytes are described, within a screen', (bytes) => {
  const text = describeBytes(bytes);
  expect(text.length).toBeLessThan(8000);
  expect(text).toMatch(/^\*\*/);
});
