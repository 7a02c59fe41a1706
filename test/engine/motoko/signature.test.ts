import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { parseSignature } from '../../../engine/motoko/signature/parse.ts';
import { type BoundType, closed, resolve, type StableSignature, within } from '../../../engine/motoko/signature/types.ts';

function read(text: string): StableSignature {
  const signature = parseSignature(text);
  if (signature === undefined) throw new Error(`It is not read: ${text}`);
  return signature;
}

/** Returns a type as a short text, with names resolved for a few levels. */
function textOf(signature: StableSignature, bound: BoundType, depth = 0): string {
  const { type } = resolve(signature, bound);
  const resolved = resolve(signature, bound);
  const below = (inner: Parameters<typeof within>[1]) => textOf(signature, within(resolved, inner), depth + 1);
  if (depth > 4) return '…';
  switch (type.kind) {
    case 'primitive':
      return type.name;
    case 'option':
      return `?${below(type.of)}`;
    case 'weak':
      return `weak ${below(type.of)}`;
    case 'array':
      return `[${below(type.of)}]`;
    case 'tuple':
      return `(${type.items.map(below).join(', ')})`;
    case 'record':
    case 'variant': {
      const mark = type.kind === 'variant' ? '#' : '';
      return `{${type.fields.map((field) => `${field.mutable ? 'var ' : ''}${mark}${field.name} : ${below(field.type)}`).join('; ')}}`;
    }
    case 'joined':
      return type.parts.map(below).join(' and ');
    default:
      return type.kind;
  }
}

const typeOf = (text: string, before = ''): string => {
  const signature = read(`${before}actor {\n  stable x : ${text}\n};\n`);
  return signature.variables.map(({ type }) => textOf(signature, closed(type))).join();
};

test.each([
  ['Nat', 'Nat'],
  ['??Text', '??Text'],
  ['[var (Nat, Blob)]', '[(Nat, Blob)]'],
  ['()', '()'],
  ['(Nat,)', '(Nat)'],
  ['(Nat)', 'Nat'],
  ['(key : Nat, value : Text)', '(Nat, Text)'],
  ['{#}', '{}'],
  ['{#on_; #off : (Nat, Nat)}', '{#on_ : (); #off : (Nat, Nat)}'],
  ['{var a : Nat; b : {c : Bool}}', '{var a : Nat; b : {c : Bool}}'],
  ['shared (Nat, Text) -> async ()', 'function'],
  ['?(shared query () -> async [Nat])', '?function'],
  ['shared Nat -> ()', 'function'],
  ['actor {go : shared () -> async (); type T = Nat}', 'actor'],
  ['weak {a : Nat}', 'weak {a : Nat}'],
  ['Other', 'unknown'],
])('the type %s', (text, expected) => expect(typeOf(text)).toBe(expected));

test('defined types, with parameters and in themselves', () => {
  expect(typeOf('List__1<Nat>', 'type List__1<T> = ?(T, List__1<T>);\n')).toBe('?(Nat, ?(Nat, ?…))');
  expect(typeOf('Pair<Text, Bool>', 'type Pair<A, B> = {first : A; both : Couple<B>};\ntype Couple<C> = (C, C);\n')).toBe(
    '{first : Text; both : (Bool, Bool)}',
  );
  expect(typeOf('A', 'type A = B;\ntype B = A;\n')).toBe('unknown');
  expect(typeOf('Both', 'type Base = {a : Nat};\ntype Both = Base and {b : Text};\n')).toBe('{a : Nat} and {b : Text}');
});

test('names, mutability and the text of types', () => {
  const { variables } = read(
    '// Version: 1.0.0\nactor {\n  stable var a_ : Nat;\n  stable b :\n    {x : Nat;\n     y : Text}\n};\n',
  );
  expect(variables.map(({ name, mutable, text }) => [name, mutable, text])).toEqual([
    ['a_', true, 'Nat'],
    ['b', false, '{x : Nat; y : Text}'],
  ]);
});

test('of a migration, the variables after it count', () => {
  const { variables } = read(
    'actor ({\n  in var old : Nat;\n  stable kept : Text\n}, {\n  stable kept : Text;\n  stable new_ : Nat\n}) ;\n',
  );
  expect(variables.map(({ name }) => name)).toEqual(['kept', 'new_']);
});

test.each([
  '',
  'actor',
  'actor {',
  'actor { stable : Nat }',
  'type T = ; actor {}',
  `actor { stable x : ${'['.repeat(50_000)} }`,
])('not a signature: %.30s', (text) => expect(parseSignature(text)).toBeUndefined());

law.prop([fc.string(), fc.nat(200)])('damage does not throw', (noise, place) => {
  const text = 'type L<T> = ?(T, L<T>);\nactor {\n  stable var a : L<{#x : Nat; #y}>;\n  stable b : [var (Nat, Text)]\n};\n';
  expect(() => parseSignature(text.slice(0, place) + noise + text.slice(place))).not.toThrow();
});
