import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { TokenTree } from '../../../../engine/project/sources/brackets.ts';
import { compiledTokens } from '../../../../engine/project/sources/conditions.ts';
import { tokensOf } from '../../../../engine/project/sources/tokens.ts';

const texts = (source: string): string =>
  tokensOf(source)
    .map(({ text }) => text)
    .join(' ');
const compiled = (source: string): string =>
  compiledTokens(tokensOf(source))
    .map(({ text }) => text)
    .join(' ');

describe('tokens', () => {
  test.each([
    ['let a = 0x1F_u8;', 'let a = 0x1F_u8 ;'],
    ['a // b\nc', 'a c'],
    ['a /* b /* c */ d */ e', 'a e'],
    ['/* never closed', ''],
    ['"a // b" c', 'a // b c'],
    [String.raw`"a \" b" c`, String.raw`a \" b c`],
    ['r#"a " b"# c', 'a " b c'],
    ['br##"a "# b"## c', 'a "# b c'],
    ['"never closed', 'never closed'],
    ["'a' b'\\n' '\\u{1F600}' '\\'' c", 'c'],
    ["&'static str", '& str'],
    ['r#type raw', 'type raw'],
    ['a::b->c=>0..3', 'a :: b -> c => 0 .. 3'],
    ['größe 値 x', 'größe 値 x'],
  ])('of %s', (source, expected) => expect(texts(source)).toBe(expected));

  test('have the lines that they are in', () =>
    expect(tokensOf('a\n/* \n */ "x\ny" b\r\n\nc').map(({ line }) => line)).toEqual([1, 3, 4, 6]));

  property.prop([fc.string({ unit: 'binary' })])('no text makes it throw', (source) => {
    const tokens = tokensOf(source);
    expect(tokens.every(({ kind, text }) => kind === 'text' || text !== '')).toBe(true);
    new TokenTree(compiledTokens(tokens));
  });

  const piece = fc.constantFrom(
    '"',
    "'",
    '/*',
    '*/',
    '//',
    '\n',
    'r#"',
    '"#',
    '{',
    '}',
    '(',
    ')',
    '#[cfg(',
    'test)]',
    'static A: B = ',
    ';',
  );
  property.prop([fc.array(piece, { maxLength: 60 })])('brackets end after they begin, whatever is missing', (pieces) => {
    const tree = new TokenTree(compiledTokens(tokensOf(pieces.join(' '))));
    for (const [index, { text }] of tree.tokens.entries()) {
      const opens = ['(', '[', '{'].includes(text) && tree.tokens[index]?.kind === 'mark';
      expect(tree.end(index) > index).toBe(opens);
      expect(tree.around(index)).toBeLessThan(index);
    }
  });
});

describe('what is in a canister', () => {
  test.each([
    ['#[derive(Clone)] struct A;', 'struct A ;'],
    ['#[cfg(test)] mod tests { a } b', 'b'],
    ['#[cfg(test)] #[allow(x)] static A: B = C { d }; b', 'b'],
    ['#[cfg(not(test))] a', 'a'],
    ['#[cfg(any(test, feature = "x"))] a; b', 'a ; b'],
    ['#[cfg(all(test, feature = "x"))] a; b', 'b'],
    ['#[cfg(target_arch = "wasm32")] a; b', 'a ; b'],
    ['#[cfg(not(target_arch = "wasm32"))] a; b', 'b'],
    ['#[test] fn a() { b } c', 'c'],
    ['#[tokio::test] async fn a() { b } c', 'c'],
    ['#![cfg(test)] a b', ''],
    ['mod a { #![cfg(test)] b } c', 'mod a { } c'],
    ['macro_rules! a { ($x:expr) => { static B: C = $x; } } d', 'd'],
  ])('%s', (source, expected) => expect(compiled(source)).toBe(expected));
});
