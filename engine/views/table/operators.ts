import type { Operator } from '../../core/expressions/expression.ts';
import type { Scalar } from '../../values/text-fields.ts';

/** Returns true if a row with this result is one that is looked for. */
export function isTrue(value: Scalar): boolean {
  return value !== undefined && value !== false && value !== 0 && value !== 0n && value !== '';
}

/**
 * Applies an operator to the values of a row. Rows differ, so a value of another kind is no error: nothing compares with a value
 * that is not there, and only numbers have sums.
 */
export function infix(operator: Operator, a: Scalar, right: () => Scalar): Scalar {
  if (operator === '&&') return isTrue(a) && isTrue(right());
  if (operator === '||') return isTrue(a) || isTrue(right());
  const b = right();
  if (a === undefined || b === undefined) return isArithmetic(operator) ? undefined : false;
  switch (operator) {
    case '==':
      return isEqual(a, b);
    case '!=':
      return !isEqual(a, b);
    case 'contains':
      return String(a).includes(String(b));
    case '<':
      return isOrdered(a, b) && a < b;
    case '<=':
      return isOrdered(a, b) && a <= b;
    case '>':
      return isOrdered(a, b) && a > b;
    case '>=':
      return isOrdered(a, b) && a >= b;
    default:
      return isNumber(a) && isNumber(b) ? compute(operator, a, b) : undefined;
  }
}

function isNumber(value: Scalar): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** Numbers compare with numbers, texts with texts. */
function isOrdered(a: Scalar, b: Scalar): boolean {
  return isNumber(a) ? isNumber(b) : typeof a === 'string' && typeof b === 'string';
}

/** A number also equals the text of its digits: keys are often numbers that were written as texts. */
function isEqual(a: Exclude<Scalar, undefined>, b: Exclude<Scalar, undefined>): boolean {
  return isNumber(a) && isNumber(b) ? !(a < b) && !(a > b) : String(a) === String(b);
}

type Arithmetic = '+' | '-' | '*' | '/' | '%';

function isArithmetic(operator: Operator): boolean {
  return operator === '+' || operator === '-' || operator === '*' || operator === '/' || operator === '%';
}

const ROUNDED = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '%': (a: number, b: number) => a % b,
} as const;
const EXACT = {
  '+': (a: bigint, b: bigint) => a + b,
  '-': (a: bigint, b: bigint) => a - b,
  '*': (a: bigint, b: bigint) => a * b,
  '%': (a: bigint, b: bigint) => a % b,
} as const;

/** Computes exactly with whole numbers of any size, unless they are divided. */
function compute(operator: Arithmetic, a: number | bigint, b: number | bigint): number | bigint | undefined {
  if ((operator === '/' || operator === '%') && Number(b) === 0) return undefined;
  if (operator === '/') return Number(a) / Number(b);
  if (!isWhole(a) || !isWhole(b)) return ROUNDED[operator](Number(a), Number(b));
  const exact = EXACT[operator](BigInt(a), BigInt(b));
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
}

function isWhole(value: number | bigint): boolean {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}
