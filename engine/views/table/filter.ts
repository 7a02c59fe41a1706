import { type Expression, ExpressionError, parseExpression } from '../../core/expressions/expression.ts';
import type { Element } from '../../core/structure.ts';
import type { Role } from '../../snapshot/decoding.ts';
import { composedOf, type Scalar, scalarOf } from '../../values/text-fields.ts';
import type { ElementSide } from './element-side.ts';
import { infix, isTrue } from './operators.ts';
import { accessorOf, OWN_NAMES } from './side-columns.ts';

/** Maximum characters of an expression. It also limits how deep one nests. */
const MAX_LENGTH = 1_000;

/** An element whose sides are decoded when an expression needs them. */
export interface FilteredElement {
  readonly element: Element;
  side(role: Role): ElementSide | undefined;
}

/** A filter that is ready to be applied to elements. */
export interface Filter {
  matches(row: FilteredElement): boolean;
  /** Returns the fields that no element had so far. */
  missing(): readonly string[];
}

type Term = (row: FilteredElement) => Scalar;

/**
 * Makes a filter of an expression such as `value.age > 30 && key contains "bob"`. The names are those of the columns; a field of the
 * value also goes by its own name.
 * @throws ExpressionError if it is not an expression over elements
 */
export function parseFilter(text: string, fieldNames: readonly string[]): Filter {
  if (text.length > MAX_LENGTH)
    throw new ExpressionError(`An expression has at most ${MAX_LENGTH} characters, but this one has ${text.length}.`, MAX_LENGTH);
  const compiler = new Compiler(text, fieldNames);
  const term = compiler.term(parseExpression(text, 'any'));
  return { matches: (row) => isTrue(term(row)), missing: () => compiler.missing() };
}

class Compiler {
  readonly #text: string;
  readonly #fieldNames: readonly string[];
  /** The paths to fields that were looked for, and whether an element had one. */
  readonly #paths = new Map<string, boolean>();

  constructor(text: string, fieldNames: readonly string[]) {
    this.#text = text;
    this.#fieldNames = fieldNames;
  }

  missing(): readonly string[] {
    return [...this.#paths].filter(([, isThere]) => !isThere).map(([path]) => path);
  }

  term(expression: Expression): Term {
    switch (expression.kind) {
      case 'number':
      case 'big':
      case 'text': {
        const { value } = expression;
        return () => value;
      }
      case 'name':
        return this.#named(expression.name);
      case 'field':
      case 'item':
        return this.#path(expression);
      case 'call':
        throw new ExpressionError('Nothing can be called here: “(” follows a name.', Math.max(0, this.#text.indexOf('(')));
      case 'prefix': {
        const operand = this.term(expression.operand);
        return expression.operator === '!' ? (row) => !isTrue(operand(row)) : (row) => infix('-', 0, () => operand(row));
      }
      case 'infix': {
        const { operator, left, right } = expression;
        const isNothing = operator === '==' || operator === '!=' ? this.#comparedWithNull(left, right) : undefined;
        if (isNothing !== undefined) return (row) => (isNothing(row) === undefined) === (operator === '==');
        const [a, b] = [this.term(left), this.term(right)];
        return (row) => infix(operator, a(row), () => b(row));
      }
    }
  }

  /** Returns the other side of a comparison with `null`. */
  #comparedWithNull(left: Expression, right: Expression): Term | undefined {
    const isNull = (each: Expression): boolean => each.kind === 'name' && each.name === 'null';
    if (isNull(right)) return this.term(left);
    return isNull(left) ? this.term(right) : undefined;
  }

  #named(name: string): Term {
    switch (name) {
      case 'true':
        return () => true;
      case 'false':
        return () => false;
      case 'null':
        return () => undefined;
      case 'index':
        return ({ element }) => element.index;
      case 'path':
        return ({ element }) => element.described?.path;
      case 'key':
      case 'value':
        return (row) => row.side(name)?.scalar;
      case 'keySize':
        return ({ element }) => element.key?.size;
      case 'valueSize':
        return ({ element }) => element.value?.size;
      case 'address':
        return ({ element }) => (element.value ?? element.key)?.spans[0]?.start;
      default:
        return this.#fields('value', [this.#fieldName(name)]);
    }
  }

  /** Returns the name of a field of the value that is written without `value` before it. */
  #fieldName(name: string): string {
    if (this.#fieldNames.includes(name)) return name;
    const known = this.#fieldNames.filter((each) => /^[A-Za-z_]\w*$/.test(each)).map((each) => `value.${each}`);
    const names = [...OWN_NAMES.filter((each) => each !== 'path'), ...known].join(', ');
    throw new ExpressionError(`“${name}” is not a name here. The names are ${names}.`, placeOf(this.#text, name));
  }

  #path(expression: Expression): Term {
    const names: string[] = [];
    let of = expression;
    while (of.kind === 'field' || of.kind === 'item') {
      if (of.kind === 'field') names.unshift(of.name);
      else names.unshift(this.#itemName(of.index));
      of = of.of;
    }
    if (of.kind !== 'name') throw new ExpressionError('Only a key or a value has fields.', 0);
    if (of.name === 'key' || of.name === 'value') return this.#fields(of.name, names);
    return this.#fields('value', [this.#fieldName(of.name), ...names]);
  }

  #itemName(index: Expression): string {
    if (index.kind === 'number' || index.kind === 'text') return String(index.value);
    throw new ExpressionError('In “[ ]” is a position, or a name in quotes.', Math.max(0, this.#text.indexOf('[')));
  }

  #fields(role: Role, names: readonly string[]): Term {
    const path = `${role}${names.map(accessorOf).join('')}`;
    let isThere: boolean | undefined;
    return (row) => {
      const text = textAt(row.side(role), names);
      if (isThere !== true && isThere !== (text !== undefined)) {
        isThere = text !== undefined;
        this.#paths.set(path, isThere);
      }
      return text === undefined ? undefined : scalarOf(text);
    };
  }
}

function textAt(side: ElementSide | undefined, names: readonly string[]): string | undefined {
  let composed = side?.composed;
  let text: string | undefined;
  for (const [depth, name] of names.entries()) {
    if (depth > 0) composed = composedOf(text ?? '');
    text = composed?.fields.find((field) => field.name === name)?.text;
    if (text === undefined) return undefined;
  }
  return text;
}

/** Returns the place of a name that is not in quotes. */
function placeOf(text: string, name: string): number {
  const bare = text.replace(/"[^"]*"|'[^']*'/g, (quoted) => ' '.repeat(quoted.length));
  return Math.max(0, bare.search(new RegExp(`\\b${name}\\b`)));
}
