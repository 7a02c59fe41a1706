import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../../engine/core/format.ts';
import { literalAt } from '../../../servers/language-server/motoko-literal.ts';

/** Returns the bytes of the literal at the caret, in hex. The caret is `^` in the line and not part of it. */
function below(marked: string): string | undefined {
  const literal = literalAt(marked.replace('^', ''), marked.indexOf('^'));
  return literal && toHex(literal.bytes);
}

test.each([
  ['let b : Blob = "\\00^\\ff";', '00ff'],
  ['let b : Blob = ^"\\00\\ff";', '00ff'],
  ['let b : Blob = "\\00\\ff^";', '00ff'],
  ['let b : Blob = "\\00\\ff"^;', undefined],
  ['let ^b : Blob = "\\00\\ff";', undefined],
  ['f("a\\01", "b^\\02")', '6202'],
  ['"^DIDL\\00\\01\\7d\\E8\\07"', '4449444c00017de807'],
  ['"\\n\\r\\t\\\\\\\'\\"^"', '0a0d095c2722'],
  ['"\\u{e9}^\\u{1_F600}"', 'c3a9f09f9880'],
  ['"é^"', 'c3a9'],
  ['"😀^"', 'f09f9880'],
  ['"\\q^"', undefined],
  ['"\\u{110000}^"', undefined],
  ['"open ^', undefined],
  ['// "\\00^\\ff"', undefined],
  ['if (c == \'"\') "\\00^"', '00'],
  ['if (c == \'\\"\') "\\00^"', '00'],
  ['"" ^', undefined],
])('%s has the bytes %s', (marked, hex) => expect(below(marked)).toBe(hex));

test('raw bytes make it a blob', () => {
  expect(literalAt('"\\41"', 2)).toMatchObject({ raw: true, start: 0, end: 5 });
  expect(literalAt('"A"', 2)).toMatchObject({ raw: false });
});

law.prop([fc.uint8Array({ maxLength: 40 })])('escaped bytes decode to the same bytes', (bytes) => {
  const escaped = Array.from(bytes, (byte) => `\\${toHex(Uint8Array.of(byte))}`).join('');
  expect(literalAt(`  "${escaped}"`, 2)?.bytes).toEqual(bytes);
  expect(fromHex(escaped.replaceAll('\\', ''))).toEqual(bytes);
});

law.prop([fc.string({ maxLength: 60, unit: 'binary' }), fc.nat(70)])('any line is accepted', (line, column) => {
  const literal = literalAt(line, column);
  if (literal) expect(line[literal.start]).toBe('"');
});
