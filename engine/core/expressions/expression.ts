import { UserError } from '../user-error.ts';
/**
 * Expressions, such as `size > 4096 && space == "region 17"` or `block(0x37d0).born` in the debugger, and `value.age > 30 && key
 * contains "bob"` in a table. They only read: they cannot change anything or run code.
 *
 *     or      = and { "||" and }
 *     and     = compare { "&&" compare }
 *     compare = sum [ ( "==" | "!=" | "<" | "<=" | ">" | ">=" | "contains" ) sum ]
 *     sum     = product { ( "+" | "-" ) product }
 *     product = prefix { ( "*" | "/" | "%" ) prefix }
 *     prefix  = [ "!" | "-" ] path
 *     path    = atom { "." name | "[" or "]" | "(" or ")" }
 *     atom    = number | text | name | "(" or ")"
 *
 * A number is decimal or 0x, may contain `_` and may have a unit after it (`16 KiB`); `#812` is a step.
 */

export type Operator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'contains' | '+' | '-' | '*' | '/' | '%';

export type Expression =
  | { readonly kind: 'number'; readonly value: number; readonly address: boolean }
  /** A whole number that a `number` cannot hold exactly. */
  | { readonly kind: 'big'; readonly value: bigint }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'field'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'item'; readonly of: Expression; readonly index: Expression }
  | { readonly kind: 'call'; readonly of: Expression; readonly argument: Expression }
  | { readonly kind: 'prefix'; readonly operator: '!' | '-'; readonly operand: Expression }
  | { readonly kind: 'infix'; readonly operator: Operator; readonly left: Expression; readonly right: Expression };

/** Operators by precedence, lowest first. */
const LEVELS: readonly (readonly Operator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', 'contains'],
  ['+', '-'],
  ['*', '/', '%'],
];

const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 };

/** Maximum nesting depth. It limits the parser's stack. */
const MAX_DEPTH = 64;

interface Token {
  readonly kind: 'number' | 'step' | 'text' | 'name' | 'sign' | 'end';
  readonly text: string;
  /** The unit after a number. */
  readonly unit: string;
  /** Start in the text. */
  readonly start: number;
}

/** A text that is not an expression. */
export class ExpressionError extends UserError {
  readonly #start: number;

  constructor(message: string, start: number) {
    super('input', message);
    this.#start = start;
  }

  /** The position in the text where it stops being one, from 0. */
  get start(): number {
    return this.#start;
  }
}

const TOKEN =
  /\s*(?:(?<number>0[xX][0-9a-fA-F_]+|\d[\d_]*(?:\.\d+)?)(?:\s*(?<unit>[KMGT]iB|B)\b)?|#(?<step>\d[\d_,]*)|"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<name>[A-Za-z_]\w*)|(?<sign>\|\||&&|[=!<>]=|[-<>+*/%!.[\]()]))/y;

/**
 * Parses an expression. Numbers that are not exact as a `number` are refused, unless `numbers` is `any`.
 * @throws ExpressionError if `text` is not an expression
 */
export function parseExpression(text: string, numbers: 'safe' | 'any' = 'safe'): Expression {
  const parser = new Parser(tokensOf(text), text.trimEnd().length, numbers);
  const expression = parser.level(0);
  parser.end();
  return expression;
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const rest = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < rest.length) {
    const from = TOKEN.lastIndex;
    const groups = TOKEN.exec(rest)?.groups;
    const start = from + (/^\s*/.exec(rest.slice(from))?.[0].length ?? 0);
    if (!groups) throw new ExpressionError(`“${rest.slice(start)}” cannot be read as an expression.`, start);
    const { number, unit = '', step, double, single, name, sign } = groups;
    if (number !== undefined) tokens.push({ kind: 'number', text: number, unit, start });
    else if (step !== undefined) tokens.push({ kind: 'step', text: step, unit, start });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, unit, start });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, unit, start });
    else tokens.push({ kind: 'text', text: double ?? single ?? '', unit, start });
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #end: Token;
  readonly #numbers: 'safe' | 'any';
  #at = 0;
  #depth = 0;

  /** `length` is that of the whole text. */
  constructor(tokens: readonly Token[], length: number, numbers: 'safe' | 'any') {
    this.#tokens = tokens;
    this.#end = { kind: 'end', text: '', unit: '', start: length };
    this.#numbers = numbers;
  }

  /** Parses an expression whose operators have at least the precedence of the level. */
  level(level: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return this.#prefix();
    let left = this.level(level + 1);
    for (;;) {
      const operator = operators.find((candidate) => this.#isOperator(candidate));
      if (!operator) return left;
      this.#at += 1;
      left = { kind: 'infix', operator, left, right: this.level(level + 1) };
    }
  }

  end(): void {
    if (this.#peek() !== this.#end) throw this.#error(`“${this.#peek().text}” is not expected there.`);
  }

  #prefix(): Expression {
    const operator = (['!', '-'] as const).find((candidate) => this.#is(candidate));
    if (!operator) return this.#path();
    this.#at += 1;
    return this.#deeper(() => ({ kind: 'prefix', operator, operand: this.#prefix() }));
  }

  #path(): Expression {
    let path = this.#atom();
    for (;;) {
      if (this.#take('.')) path = { kind: 'field', of: path, name: this.#name() };
      else if (this.#take('[')) path = { kind: 'item', of: path, index: this.#within(']') };
      else if (this.#take('(')) path = { kind: 'call', of: path, argument: this.#within(')') };
      else return path;
    }
  }

  #atom(): Expression {
    const token = this.#peek();
    this.#at += 1;
    switch (token.kind) {
      case 'number':
        return numberOf(token, this.#numbers);
      case 'step':
        return { kind: 'number', value: Number(token.text.replaceAll(/[_,]/g, '')), address: false };
      case 'text':
        return { kind: 'text', value: token.text };
      case 'name':
        return { kind: 'name', name: token.text };
      case 'end':
        throw new ExpressionError('The expression ends where a value is expected.', token.start);
      case 'sign':
        if (token.text === '(') return this.#within(')');
        throw new ExpressionError(`A value is expected instead of “${token.text}”.`, token.start);
    }
  }

  #within(closing: string): Expression {
    const inner = this.#deeper(() => this.level(0));
    if (!this.#take(closing)) throw this.#error(`A “${closing}” is missing.`);
    return inner;
  }

  #deeper(parse: () => Expression): Expression {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw this.#error('The expression is nested too deeply.');
    const expression = parse();
    this.#depth -= 1;
    return expression;
  }

  #name(): string {
    const token = this.#peek();
    if (token.kind !== 'name') throw this.#error('A name is expected after “.”.');
    this.#at += 1;
    return token.text;
  }

  #take(sign: string): boolean {
    const is = this.#is(sign);
    if (is) this.#at += 1;
    return is;
  }

  #is(sign: string): boolean {
    const token = this.#peek();
    return token.kind === 'sign' && token.text === sign;
  }

  /** Returns true if the current token is an operator. A name can be one, too. */
  #isOperator(operator: Operator): boolean {
    const token = this.#peek();
    return token.text === operator && (token.kind === 'sign' || token.kind === 'name');
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? this.#end;
  }

  #error(message: string): ExpressionError {
    return new ExpressionError(message, this.#peek().start);
  }
}

function numberOf(token: Token, numbers: 'safe' | 'any'): Expression {
  const digits = token.text.replaceAll('_', '');
  const value = Number(digits) * (UNITS[token.unit] ?? 1);
  const isWhole = !digits.includes('.');
  if (isWhole && !Number.isSafeInteger(value)) {
    if (numbers === 'safe') throw new ExpressionError(`The number ${token.text} is too large.`, token.start);
    return { kind: 'big', value: BigInt(digits) * BigInt(UNITS[token.unit] ?? 1) };
  }
  return { kind: 'number', value, address: /^0x/i.test(digits) };
}
