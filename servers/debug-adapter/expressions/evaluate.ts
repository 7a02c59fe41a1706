import type { Expression, Operator } from '../../../engine/core/expressions/expression.ts';
import { formatCount } from '../../../engine/core/format.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { addressValue, countValue, type Field, isNothing, NOTHING, type Plain, type Value } from '../values/value.ts';

/**
 * Evaluates an expression. The fields of `root` are the names that it may use. @throws UserError if it does not fit the values.
 */
export function evaluate(expression: Expression, root: Value): Value {
  switch (expression.kind) {
    case 'number':
      return plainValue(expression.value, expression.address);
    case 'big':
      throw new UserError('input', `The number ${expression.value} is too large.`);
    case 'text':
      return plainValue(expression.value);
    case 'name':
      return fieldOf(root, expression.name, `“${expression.name}” is not a name here`);
    case 'field': {
      const of = evaluate(expression.of, root);
      return isNothing(of) ? NOTHING : fieldOf(of, expression.name, `It has no “${expression.name}”`);
    }
    case 'item': {
      const of = evaluate(expression.of, root);
      const index = evaluate(expression.index, root).plain;
      if (!of.items) throw new UserError('input', 'Only lists have items.');
      if (typeof index !== 'number') throw new UserError('input', 'The index of an item must be a number.');
      return of.items.read(index, 1)[0]?.value ?? NOTHING;
    }
    case 'call': {
      const of = evaluate(expression.of, root);
      if (!of.call) throw new UserError('input', 'It cannot be called with “( )”.');
      return of.call(evaluate(expression.argument, root));
    }
    case 'prefix': {
      return resultOf(prefix(expression.operator, evaluate(expression.operand, root).plain));
    }
    case 'infix': {
      const left = evaluate(expression.left, root).plain;
      return resultOf(infix(expression.operator, left, () => evaluate(expression.right, root).plain));
    }
  }
}

/** Returns true if a condition holds. */
export function holdsFor(expression: Expression, root: Value): boolean {
  return isTrue(evaluate(expression, root).plain);
}

/** Returns the first names of all paths in an expression, so that an unknown name is reported before anything runs. */
export function namesIn(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'number':
    case 'big':
    case 'text':
      return [];
    case 'name':
      return [expression.name];
    case 'field':
      return namesIn(expression.of);
    case 'item':
      return [...namesIn(expression.of), ...namesIn(expression.index)];
    case 'call':
      return [...namesIn(expression.of), ...namesIn(expression.argument)];
    case 'prefix':
      return namesIn(expression.operand);
    case 'infix':
      return [...namesIn(expression.left), ...namesIn(expression.right)];
  }
}

function fieldOf(value: Value, name: string, missing: string): Value {
  const fields: readonly Field[] = value.fields?.() ?? [];
  const field = fields.find((candidate) => candidate.name === name);
  if (field) return field.value;
  const known = fields.map((candidate) => candidate.name).join(', ');
  throw new UserError('input', known === '' ? `${missing}.` : `${missing}. The names are ${known}.`);
}

export function prefix(operator: '!' | '-', operand: Plain | undefined): Plain | undefined {
  if (operator === '!') return !isTrue(operand);
  return typeof operand === 'number' ? -operand : undefined;
}

/** @throws UserError if an operator that needs numbers has something else. */
export function infix(operator: Operator, a: Plain | undefined, right: () => Plain | undefined): Plain | undefined {
  if (operator === '&&') return isTrue(a) && isTrue(right());
  if (operator === '||') return isTrue(a) || isTrue(right());
  const b = right();
  if (operator === '==' || operator === '!=') {
    if (a === undefined || b === undefined) return false;
    return (a === b) === (operator === '==');
  }
  if (operator === 'contains') return a !== undefined && b !== undefined && String(a).includes(String(b));
  if (typeof a !== 'number' || typeof b !== 'number') {
    if (a === undefined || b === undefined) return isComparison(operator) ? false : undefined;
    throw new UserError('input', `“${operator}” needs a number on both sides.`);
  }
  return compute(operator, a, b);
}

function isComparison(operator: Operator): boolean {
  return operator === '<' || operator === '<=' || operator === '>' || operator === '>=';
}

function compute(operator: Exclude<Operator, '&&' | '||' | '==' | '!=' | 'contains'>, a: number, b: number): Plain {
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      if (b === 0) throw new UserError('input', 'A division by zero has no value.');
      return a / b;
    case '%':
      if (b === 0) throw new UserError('input', 'A division by zero has no value.');
      return a % b;
  }
}

/** Returns true if a condition with this result holds. */
export function isTrue(plain: Plain | undefined): boolean {
  return plain !== undefined && plain !== false && plain !== 0 && plain !== '';
}

function resultOf(plain: Plain | undefined): Value {
  return plain === undefined ? NOTHING : plainValue(plain);
}

function plainValue(plain: Plain, address = false): Value {
  if (typeof plain !== 'number') return { text: String(plain), plain };
  if (address) return addressValue(plain);
  return Number.isSafeInteger(plain) && plain >= 0 ? countValue(plain) : { text: numberText(plain), plain };
}

function numberText(number: number): string {
  return Number.isInteger(number) ? formatCount(number) : String(number);
}
