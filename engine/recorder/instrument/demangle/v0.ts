/**
 * Rust's newer mangling, "v0" (RFC 2603, "Rust Symbol Mangling"). Prints what the crate `rustc-demangle` prints in its short form:
 * without the hashes of crates and the types of constants.
 */

import { booleanLiteral, characterLiteral, integerLiteral, stringLiteral, tuple } from './v0-literals.ts';
import { NotV0, V0Parser } from './v0-parser.ts';
import { BASIC_TYPES } from './v0-types.ts';

const SYMBOL = /^_{1,2}R(?<path>[A-Z]\w*)(?<suffix>\..*)?$/s;

/** Maximum depth of one thing in another. */
const MAX_DEPTH = 500;

/** Names of the namespaces that a path shows in braces. */
const NAMESPACES: Readonly<Record<string, string>> = { C: 'closure', S: 'shim' };

/** Returns the path, or undefined if the symbol is something else. */
export function demangleV0(symbol: string): string | undefined {
  const match = SYMBOL.exec(symbol)?.groups;
  if (match === undefined) return undefined;
  const printer = new Printer(match['path'] ?? '');
  try {
    return printer.symbol() + (match['suffix'] ?? '');
  } catch (error) {
    if (error instanceof NotV0) return undefined;
    throw error;
  }
}

/**
 * Prints each part of the grammar as a text.
 *
 * @throws {NotV0} from every method, if the symbol does not follow the grammar.
 */
class Printer {
  readonly #parser: V0Parser;
  #depth = 0;
  /** The number of lifetimes that `for<…>` around here has named. */
  #lifetimes = 0;

  constructor(mangled: string) {
    this.#parser = new V0Parser(mangled);
  }

  symbol(): string {
    const path = this.#path(true);
    // The crate in which a generic function is instantiated is not part of its name.
    if (!this.#parser.isAtEnd) this.#path(false);
    if (!this.#parser.isAtEnd) throw new NotV0();
    return path;
  }

  /** `isValue`: the path names a value and not a type, so its generic arguments come after `::`. */
  #path(isValue: boolean): string {
    return this.#nested(() => {
      const parser = this.#parser;
      const tag = parser.next();
      switch (tag) {
        case 'C':
          parser.disambiguator();
          return parser.identifier();
        case 'N':
          return this.#nestedPath(isValue);
        case 'M':
        case 'X':
        case 'Y':
          // The path of the block itself says less than the type and the trait.
          if (tag !== 'Y') {
            parser.disambiguator();
            this.#path(false);
          }
          return `<${this.#type()}${tag === 'M' ? '' : ` as ${this.#path(false)}`}>`;
        case 'I':
          return `${this.#path(isValue)}${isValue ? '::' : ''}<${this.#list(() => this.#genericArgument()).join(', ')}>`;
        case 'B':
          return this.#backReference(() => this.#path(isValue));
        default:
          throw new NotV0();
      }
    });
  }

  #nestedPath(isValue: boolean): string {
    const parser = this.#parser;
    const namespace = parser.next();
    if (!/^[A-Za-z]$/.test(namespace)) throw new NotV0();
    const path = this.#path(isValue);
    const number = parser.disambiguator();
    const name = parser.identifier();
    if (namespace >= 'a') return name === '' ? path : `${path}::${name}`;
    return `${path}::{${NAMESPACES[namespace] ?? namespace}${name === '' ? '' : `:${name}`}#${number}}`;
  }

  #genericArgument(): string {
    if (this.#parser.eat('L')) return this.#lifetime(this.#parser.integer62());
    return this.#parser.eat('K') ? this.#constant(false) : this.#type();
  }

  #type(): string {
    return this.#nested(() => {
      const parser = this.#parser;
      const tag = parser.next();
      const basic = BASIC_TYPES[tag];
      if (basic !== undefined) return basic;
      switch (tag) {
        case 'R':
        case 'Q': {
          const lifetime = parser.eat('L') ? parser.integer62() : 0;
          const named = lifetime === 0 ? '' : `${this.#lifetime(lifetime)} `;
          return `&${named}${tag === 'Q' ? 'mut ' : ''}${this.#type()}`;
        }
        case 'P':
          return `*const ${this.#type()}`;
        case 'O':
          return `*mut ${this.#type()}`;
        case 'A':
          return `[${this.#type()}; ${this.#constant(true)}]`;
        case 'S':
          return `[${this.#type()}]`;
        case 'T':
          return tuple(this.#list(() => this.#type()));
        case 'F':
          return this.#binder(() => this.#functionPointer());
        case 'D':
          return this.#dynamic();
        case 'B':
          return this.#backReference(() => this.#type());
        default:
          parser.position -= 1;
          return this.#path(false);
      }
    });
  }

  #functionPointer(): string {
    const parser = this.#parser;
    const isUnsafe = parser.eat('U');
    const abi = !parser.eat('K') ? '' : parser.eat('C') ? 'C' : parser.identifier().replaceAll('_', '-');
    const parameters = this.#list(() => this.#type()).join(', ');
    const result = parser.eat('u') ? '' : ` -> ${this.#type()}`;
    return `${isUnsafe ? 'unsafe ' : ''}${abi === '' ? '' : `extern "${abi}" `}fn(${parameters})${result}`;
  }

  #dynamic(): string {
    const traits = this.#binder(() => this.#list(() => this.#dynamicTrait()).join(' + '));
    if (!this.#parser.eat('L')) throw new NotV0();
    const lifetime = this.#parser.integer62();
    return `dyn ${traits}${lifetime === 0 ? '' : ` + ${this.#lifetime(lifetime)}`}`;
  }

  /** Prints a trait. Its associated types join its generic arguments. */
  #dynamicTrait(): string {
    const parser = this.#parser;
    const { path, parameters } = this.#openPath();
    const all = [...parameters];
    while (parser.eat('p')) {
      const name = parser.identifier();
      all.push(`${name} = ${this.#type()}`);
    }
    return all.length === 0 ? path : `${path}<${all.join(', ')}>`;
  }

  #openPath(): { readonly path: string; readonly parameters: readonly string[] } {
    return this.#nested(() => {
      if (this.#parser.eat('B')) return this.#backReference(() => this.#openPath());
      if (!this.#parser.eat('I')) return { path: this.#path(false), parameters: [] };
      const path = this.#path(false);
      return { path, parameters: this.#list(() => this.#genericArgument()) };
    });
  }

  /** `isInside`: the constant is a part of another one, or the length of an array, so that it needs no braces. */
  #constant(isInside: boolean): string {
    return this.#nested(() => {
      const parser = this.#parser;
      const tag = parser.next();
      switch (tag) {
        case 'B':
          return this.#backReference(() => this.#constant(isInside));
        case 'p':
          return '_';
        case 'a':
        case 's':
        case 'l':
        case 'x':
        case 'n':
        case 'i':
          return `${parser.eat('n') ? '-' : ''}${integerLiteral(parser.hexDigits())}`;
        case 'h':
        case 't':
        case 'm':
        case 'y':
        case 'o':
        case 'j':
          return integerLiteral(parser.hexDigits());
        case 'b':
          return booleanLiteral(parser.hexDigits());
        case 'c':
          return characterLiteral(parser.hexDigits());
      }
      // A reference to a text is a plain literal.
      if (tag === 'R' && parser.eat('e')) return stringLiteral(parser.hexDigits());
      const compound = this.#compound(tag);
      return isInside ? compound : `{${compound}}`;
    });
  }

  #compound(tag: string): string {
    const part = () => this.#constant(true);
    switch (tag) {
      case 'e':
        return `*${stringLiteral(this.#parser.hexDigits())}`;
      case 'R':
        return `&${part()}`;
      case 'Q':
        return `&mut ${part()}`;
      case 'A':
        return `[${this.#list(part).join(', ')}]`;
      case 'T':
        return tuple(this.#list(part));
      case 'V':
        return this.#path(true) + this.#fields();
      default:
        throw new NotV0();
    }
  }

  #fields(): string {
    const parser = this.#parser;
    switch (parser.next()) {
      case 'U':
        return '';
      case 'T':
        return `(${this.#list(() => this.#constant(true)).join(', ')})`;
      case 'S':
        return ` { ${this.#list(() => this.#field()).join(', ')} }`;
      default:
        throw new NotV0();
    }
  }

  #field(): string {
    this.#parser.disambiguator();
    const name = this.#parser.identifier();
    return `${name}: ${this.#constant(true)}`;
  }

  /** Prints items up to `E`. */
  #list(item: () => string): readonly string[] {
    const items: string[] = [];
    while (!this.#parser.eat('E')) items.push(item());
    return items;
  }

  /** Prints a part of which another part says that it begins earlier. */
  #backReference<Result>(print: () => Result): Result {
    const parser = this.#parser;
    const tag = parser.position - 1;
    const target = parser.integer62();
    if (target >= tag) throw new NotV0();
    const after = parser.position;
    parser.position = target;
    const result = print();
    parser.position = after;
    return result;
  }

  /** Prints what may be inside of `for<…>`. */
  #binder(print: () => string): string {
    const count = this.#parser.optionalInteger62('G');
    this.#parser.spend(count);
    const names = Array.from({ length: count }, () => {
      this.#lifetimes += 1;
      return this.#lifetime(1);
    });
    const inside = print();
    this.#lifetimes -= count;
    return count === 0 ? inside : `for<${names.join(', ')}> ${inside}`;
  }

  /** `index`: how many binders of lifetimes are between this place and the one that names it. 0 is a lifetime without a name. */
  #lifetime(index: number): string {
    if (index === 0) return "'_";
    const depth = this.#lifetimes - index;
    if (depth < 0) throw new NotV0();
    return depth < 26 ? `'${String.fromCharCode(0x61 + depth)}` : `'_${depth}`;
  }

  #nested<Result>(print: () => Result): Result {
    this.#parser.spend(1);
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new NotV0();
    const result = print();
    this.#depth -= 1;
    return result;
  }
}
