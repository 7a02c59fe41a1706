/** Types of stable variables before and after an upgrade. Motoko's own compiler is the judge of which are compatible. */
import motoko from 'motoko';
import { expect, test } from 'vitest';
import { parseSignature } from '../../../engine/motoko/signature/parse.ts';
import { printType } from '../../../engine/motoko/signature/print.ts';
import { type TypeBreak, typeBreak } from '../../../engine/motoko/signature/subtype.ts';
import type { StableSignature } from '../../../engine/motoko/signature/types.ts';

type Verdict = TypeBreak['kind'] | 'compatible';

/** Definitions before the types of each case. */
const DEFINITIONS = `type List<T> = ?(T, List<T>);
type Tree = {#leaf; #node : (Tree, Nat, Tree)};
type Forest = {#leaf; #node : (Forest, Nat, Forest); #more : [Forest]};
type Base = {a : Nat};
type Both = Base and {b : Text};
`;

function signatureOf(type: string): StableSignature {
  const signature = parseSignature(`// Version: 1.0.0\n${DEFINITIONS}actor {\n  stable var x : ${type}\n};\n`);
  if (signature === undefined) throw new Error(`It is not read: ${type}`);
  return signature;
}

function ours(before: string, after: string): TypeBreak | undefined {
  const [from, to] = [before, after].map((text) => {
    const signature = signatureOf(text);
    return { signature, type: signature.variables[0]?.type ?? { kind: 'unknown' as const } };
  });
  return from && to && typeBreak(from, to);
}

/** Returns what the compiler says: it refuses loss with a code of its own. */
function compilers(before: string, after: string): Verdict {
  for (const [file, type] of [
    ['before.most', before],
    ['after.most', after],
  ] as const)
    motoko.write(file, `// Version: 1.0.0\n${DEFINITIONS}actor {\n  stable var x : ${type}\n};\n`);
  const { diagnostics } = motoko.compiler.stableCompatible('before.most', 'after.most');
  const errors = diagnostics.filter(({ severity }: { severity: number }) => severity === 1);
  if (errors.length === 0) return 'compatible';
  return errors.some(({ code }: { code: string }) => code !== 'M0216') ? 'incompatible' : 'loss';
}

const CASES: readonly (readonly [before: string, after: string, expected: Verdict])[] = [
  ['Nat', 'Nat', 'compatible'],
  ['Nat', 'Int', 'compatible'],
  ['Int', 'Nat', 'incompatible'],
  ['Nat8', 'Nat', 'incompatible'],
  ['Text', 'Blob', 'incompatible'],
  ['Nat', '?Nat', 'incompatible'],
  ['Null', '?Nat', 'compatible'],
  ['?Nat', '?Int', 'compatible'],
  ['?Int', '?Nat', 'incompatible'],
  ['Nat', 'Any', 'loss'],
  ['None', 'Text', 'compatible'],
  ['[Nat]', '[Int]', 'compatible'],
  ['[var Nat]', '[var Int]', 'incompatible'],
  ['[var Nat]', '[Nat]', 'incompatible'],
  ['(Nat, Text)', '(Int, Text)', 'compatible'],
  ['(Nat, Text)', '(Nat, Text, Bool)', 'incompatible'],
  ['{a : Nat}', '{a : Int}', 'compatible'],
  ['{a : Nat}', '{a : Nat; b : ?Text}', 'incompatible'],
  ['{a : Nat; b : Text}', '{a : Nat}', 'loss'],
  ['{a : Nat; b : Text}', '{}', 'loss'],
  ['{var a : Nat}', '{var a : Int}', 'incompatible'],
  ['{var a : Nat}', '{a : Nat}', 'incompatible'],
  ['{var a : {b : Nat; c : Nat}}', '{var a : {b : Nat}}', 'incompatible'],
  ['{#a; #b : Nat}', '{#a; #b : Int; #c}', 'compatible'],
  ['{#a; #b : Nat}', '{#a}', 'incompatible'],
  ['{#a}', '{#a : Nat}', 'incompatible'],
  ['List<Nat>', 'List<Int>', 'compatible'],
  ['List<Int>', 'List<Nat>', 'incompatible'],
  ['List<Nat>', '?(Nat, List<Nat>)', 'compatible'],
  ['Tree', 'Forest', 'compatible'],
  ['Forest', 'Tree', 'incompatible'],
  ['[Tree]', '[Tree]', 'compatible'],
  ['Both', '{a : Nat; b : Text}', 'compatible'],
  ['Both', 'Base', 'loss'],
  ['Base', 'Both', 'incompatible'],
  ['shared Int -> async Nat', 'shared Nat -> async Int', 'compatible'],
  ['shared Nat -> async ()', 'shared Int -> async ()', 'incompatible'],
  ['shared () -> async {a : Nat; b : Nat}', 'shared () -> async {a : Nat}', 'loss'],
  ['shared {a : Nat} -> async ()', 'shared {a : Nat; b : Nat} -> async ()', 'loss'],
  ['shared {a : Nat; b : Nat} -> async ()', 'shared {a : Nat} -> async ()', 'incompatible'],
  ['shared query () -> async ()', 'shared () -> async ()', 'incompatible'],
  ['actor {go : shared () -> async (); stop : shared () -> async ()}', 'actor {go : shared () -> async ()}', 'loss'],
  ['actor {go : shared () -> async ()}', 'actor {stop : shared () -> async ()}', 'incompatible'],
  ['Region', 'Region', 'compatible'],
  ['Region', 'Nat', 'incompatible'],
];

test.each(CASES)('%s, then %s: %s', (before, after, expected) => {
  expect(ours(before, after)?.kind ?? 'compatible').toBe(expected);
  expect(compilers(before, after)).toBe(expected);
});

test('the place of a difference', () => {
  expect(ours('{users : [{name : Text; age : Int}]}', '{users : [{name : Text; age : Nat}]}')).toEqual({
    kind: 'incompatible',
    path: '.users[].age',
    before: 'Int',
    after: 'Nat',
  });
  expect(ours('?{#on; #off : Nat}', '?{#on}')).toEqual({
    kind: 'incompatible',
    path: '?#off',
    before: 'Nat',
    after: undefined,
  });
});

const TYPES = [...CASES.map(([before]) => before), ...CASES.map(([, after]) => after)];

test.each([...new Set(TYPES)])('%s is printed as it is read', (text) => {
  const printed = (type: string): string =>
    signatureOf(type)
      .variables.map((variable) => printType(variable.type))
      .join();
  expect(printed(printed(text))).toBe(printed(text));
  expect(ours(text, printed(text))).toBeUndefined();
});

test('types that grow forever, and long chains of types, end', () => {
  const grows = 'type Grow<T> = ?(T, Grow<[T]>);\nactor { stable x : Grow<Nat> };';
  const chain = `${Array.from({ length: 20_000 }, (_, index) => `type T${index} = ?T${index + 1};\n`).join('')}type T20000 = Nat;\nactor { stable x : T0 };`;
  for (const text of [grows, chain]) {
    const signature = parseSignature(text);
    if (signature === undefined) throw new Error('It is not read.');
    const side = { signature, type: signature.variables[0]?.type ?? { kind: 'unknown' as const } };
    expect(typeBreak(side, side)).toBeUndefined();
  }
});
