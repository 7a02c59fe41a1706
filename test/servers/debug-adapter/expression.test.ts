import { fc, test as law } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { ExpressionError, parseExpression } from '../../../engine/core/expressions/expression.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { evaluate, holdsFor, namesIn } from '../../../servers/debug-adapter/expressions/evaluate.ts';
import { NOTHING, type Value } from '../../../servers/debug-adapter/values/value.ts';

const number = (plain: number): Value => ({ text: String(plain), plain });
const blocks = [number(64), number(32)];
const root: Value = {
  text: 'the step',
  fields: () => [
    { name: 'size', value: number(128) },
    { name: 'step', value: number(812) },
    { name: 'operation', value: { text: 'allocate', plain: 'allocate' } },
    { name: 'requested', value: NOTHING },
    {
      name: 'free',
      value: {
        text: '2 blocks',
        fields: () => [{ name: 'largest', value: number(64) }],
        items: { count: 2, read: (from, count) => blocks.slice(from, from + count).map((value) => ({ value })) },
      },
    },
    { name: 'block', value: { text: 'block(address)', call: ({ plain }) => number(Number(plain) + 1) } },
  ],
};

test.each([
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['10 - 3 - 2', 5],
  ['7 % 4 / 3', 1],
  ['-size', -128],
  ['0x10 + 1_000', 1016],
  ['16 KiB', 16_384],
  ['2MiB', 2_097_152],
  ['size', 128],
  ['size-4', 124],
  ['free.largest', 64],
  ['free[1]', 32],
  ['free[2]', undefined],
  ['block(0x10)', 17],
  ['block(free[0])', 65],
  ['#812', 812],
  ['#1,812 - 1', 1811],
  ['size > 100', true],
  ['size > 64 && free.largest >= 64', true],
  ['size > 200 || step == 812', true],
  ['!(size > 200)', true],
  ['operation == "allocate"', true],
  ["operation != 'grow'", true],
  ['operation == "grow"', false],
  ['operation contains "loc" && size > 2.5', true],
  ['operation contains "grow"', false],
  ['requested contains "5"', false],
  ['requested > 5', false],
  ['requested <= 5', false],
  ['requested == 0', false],
  ['requested + 1', undefined],
  ['requested.deep', undefined],
])('%s is %s', (text, plain) => expect(evaluate(parseExpression(text), root).plain).toBe(plain));

test.each([
  ['', 'The expression ends where a value is expected.'],
  ['size >', 'The expression ends where a value is expected.'],
  ['size size', '“size” is not expected there.'],
  ['(size', 'A “)” is missing.'],
  ['free[0', 'A “]” is missing.'],
  ['free.1', 'A name is expected after “.”.'],
  ['> 4', 'A value is expected instead of “>”.'],
  ['size = 4', '“= 4” cannot be read as an expression.'],
  ['size; 4', '“; 4” cannot be read as an expression.'],
  ['"open', '“"open” cannot be read as an expression.'],
  ['99999999999999999999', 'The number 99999999999999999999 is too large.'],
  ['sise', '“sise” is not a name here. The names are size, step, operation, requested, free, block.'],
  ['free.big', 'It has no “big”. The names are largest.'],
  ['size(1)', 'It cannot be called with “( )”.'],
  ['size[1]', 'Only lists have items.'],
  ['operation > 4', '“>” needs a number on both sides.'],
  ['1 / 0', 'A division by zero has no value.'],
])('%j is refused: %s', (text, message) => {
  expect(() => evaluate(parseExpression(text), root)).toThrow(new UserError('input', message));
});

test('a refused expression has the place where it stops being one', () => {
  const startOf = (text: string): number | undefined => {
    try {
      parseExpression(text);
    } catch (error) {
      if (error instanceof ExpressionError) return error.start;
    }
    return undefined;
  };
  expect(['size >', 'size  size', '(size', 'a && ; 4', '1 > 99999999999999999999'].map(startOf)).toEqual([6, 6, 5, 5, 4]);
});

test('a number of any size is exact where that is wanted', () => {
  expect(parseExpression('18_446_744_073_709_551_615', 'any')).toEqual({ kind: 'big', value: 18446744073709551615n });
});

test('a long sequence of brackets is refused with a message', () =>
  expect(() => parseExpression('('.repeat(100_000))).toThrow(new UserError('input', 'The expression is nested too deeply.')));
test('a long sequence of signs is refused with a message', () =>
  expect(() => parseExpression('!'.repeat(100_000))).toThrow(new UserError('input', 'The expression is nested too deeply.')));

test('the names of an expression', () =>
  expect(namesIn(parseExpression('size > free[step].deep && block(size) == "x"'))).toEqual([
    'size',
    'free',
    'step',
    'block',
    'size',
  ]));

test('the right side of && is evaluated only if necessary', () =>
  expect(holdsFor(parseExpression('size > 1000 && 1 / 0 > 0'), root)).toBe(false));

law.prop([fc.string({ maxLength: 40 })])('any text is an expression or is refused with a message', (text) => {
  try {
    evaluate(parseExpression(text), root);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
  }
});

const signs = fc.array(
  fc.constantFrom('size', 'free', '[', ']', '(', ')', '.', '&&', '||', '<', '0x1', '#2', '"a"', '-', '!', ' '),
  {
    maxLength: 12,
  },
);
law.prop([signs])('any sequence of signs is an expression or is refused with a message', (parts) => {
  try {
    evaluate(parseExpression(parts.join('')), root);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    expect(error).toHaveProperty('message', expect.stringMatching(/\.$/));
  }
});

law.prop([fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 1, max: 1000 })])(
  'arithmetic is that of numbers',
  (a, b, c) => {
    expect(evaluate(parseExpression(`${a} + ${b} * (${a} - ${b}) % ${c}`), root).plain).toBe(a + ((b * (a - b)) % c));
  },
);
