/**
 * Reads a program's signature, the text of the section `motoko:stable-types` (`pp_stab_sig` in src/mo_types/type.ml of moc):
 *
 * ```
 * // Version: 1.0.0
 * type List__264730482<T> = ?(T, List__264730482<T>);
 * actor {
 *   stable var list : ?(Nat, List__264730482<Nat>);
 *   stable blob : Blob
 * };
 * ```
 *
 * If a program migrates, `actor ({…}, {…})` has the variables before and after the migration. It keeps those after it.
 */
import { cut } from '../../core/format.ts';
import { TokenReader } from '../../core/token-reader.ts';
import type { MotokoType, StableSignature, TypeDefinition, TypedVariable, TypeField } from './types.ts';

/** Maximum nesting of types. Types nest in the source, not in the data, and nobody writes deeper ones. */
const MAX_DEPTH = 200;
const MAX_TYPE_TEXT = 200;
/** A token with the blanks and comments before it: a name with its path, an arrow, or one symbol. */
const TOKEN = /(?:\s|\/\/[^\n]*)*([A-Za-z_][\w.]*|\d+|->|<:|[^\s])/y;
const UNKNOWN: MotokoType = { kind: 'unknown' };

/** Parses a signature. Returns undefined if the text is not a signature. */
export function parseSignature(text: string): StableSignature | undefined {
  return new Parser(text).signature();
}

class Parser {
  readonly #tokens: TokenReader;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = new TokenReader(text, TOKEN);
  }

  signature(): StableSignature | undefined {
    const definitions = new Map<string, TypeDefinition>();
    while (this.#tokens.takes('type')) {
      const [name, definition] = this.#definition();
      definitions.set(name, definition);
      this.#tokens.expect(';');
    }
    this.#tokens.expect('actor');
    let variables: readonly TypedVariable[] = [];
    if (this.#tokens.takes('(')) {
      this.#variables();
      this.#tokens.expect(',');
      variables = this.#variables();
      this.#tokens.expect(')');
    } else variables = this.#variables();
    return this.#tokens.failed ? undefined : { definitions, variables };
  }

  #definition(): readonly [string, TypeDefinition] {
    const name = this.#name();
    const parameters = this.#tokens.takes('<') ? this.#parameters() : [];
    if (!this.#tokens.takes('=')) this.#tokens.expect('<:');
    return [name, { parameters, body: this.#type() }];
  }

  #parameters(): readonly string[] {
    return this.#list('>', ',', () => {
      const name = this.#name();
      if (this.#tokens.takes('<:')) this.#type();
      return name;
    });
  }

  #variables(): readonly TypedVariable[] {
    this.#tokens.expect('{');
    return this.#list('}', ';', () => {
      if (!this.#tokens.takes('stable')) this.#tokens.expect('in');
      const mutable = this.#tokens.takes('var');
      const name = this.#name();
      this.#tokens.expect(':');
      const start = this.#tokens.start;
      const type = this.#type();
      const text = this.#tokens.text.slice(start, Math.min(this.#tokens.end, start + 4 * MAX_TYPE_TEXT)).replace(/\s+/g, ' ');
      return { name, mutable, type, text: cut(text, MAX_TYPE_TEXT) };
    });
  }

  #type(): MotokoType {
    if (this.#depth >= MAX_DEPTH) this.#tokens.failed = true;
    if (this.#tokens.failed) return UNKNOWN;
    this.#depth += 1;
    const parts = [this.#part()];
    while (this.#tokens.takes('and')) parts.push(this.#part());
    const [first = UNKNOWN] = parts;
    const type: MotokoType = parts.length > 1 ? { kind: 'joined', parts } : first;
    const to = this.#tokens.takes('->') ? this.#type() : undefined;
    this.#depth -= 1;
    return to === undefined ? type : { kind: 'function', mode: 'local', from: type, to };
  }

  #part(): MotokoType {
    switch (this.#tokens.token) {
      case '?':
      case 'weak': {
        const kind = this.#tokens.token === '?' ? 'option' : 'weak';
        this.#tokens.advance();
        return { kind, of: this.#inner() };
      }
      case '[': {
        this.#tokens.advance();
        const mutable = this.#tokens.takes('var');
        const of = this.#type();
        this.#tokens.expect(']');
        return { kind: 'array', mutable, of };
      }
      case '(':
        this.#tokens.advance();
        return this.#tuple();
      case '{':
        this.#tokens.advance();
        return this.#fields();
      case 'shared':
      case 'query':
      case 'composite':
        return this.#function();
      case 'var':
        this.#tokens.advance();
        return this.#inner();
      case 'async':
        this.#tokens.advance();
        if (this.#tokens.takes('<')) this.#list('>', ',', () => this.#skip());
        return { kind: 'async', of: this.#inner() };
      case 'actor':
      case 'module':
      case 'object':
      case 'memory': {
        const isActor = this.#tokens.token === 'actor';
        this.#tokens.advance();
        this.#tokens.expect('{');
        const type = this.#fields();
        return isActor && type.kind === 'record' ? { kind: 'actor', fields: type.fields } : UNKNOWN;
      }
      default: {
        const name = this.#name();
        return { kind: 'named', name, args: this.#tokens.takes('<') ? this.#list('>', ',', () => this.#type()) : [] };
      }
    }
  }

  /** Reads the type after a symbol that binds tighter than an arrow. */
  #inner(): MotokoType {
    if (this.#depth >= MAX_DEPTH) this.#tokens.failed = true;
    if (this.#tokens.failed) return UNKNOWN;
    this.#depth += 1;
    const type = this.#part();
    this.#depth -= 1;
    return type;
  }

  #function(): MotokoType {
    this.#tokens.takes('shared');
    const isComposite = this.#tokens.takes('composite');
    const isQuery = this.#tokens.takes('query');
    if (this.#tokens.takes('<')) this.#list('>', ',', () => this.#skip());
    const from = this.#inner();
    const to: MotokoType = this.#tokens.takes('->') ? this.#type() : { kind: 'tuple', items: [] };
    return { kind: 'function', mode: isComposite ? 'composite query' : isQuery ? 'query' : 'shared', from, to };
  }

  /** Reads the items of a tuple, each of which may have a name. A single item without a comma is only a type in parentheses. */
  #tuple(): MotokoType {
    const items: MotokoType[] = [];
    let commas = 0;
    while (!this.#tokens.failed && !this.#tokens.takes(')')) {
      let type = this.#type();
      if (type.kind === 'named' && this.#tokens.takes(':')) type = this.#type();
      items.push(type);
      if (this.#tokens.takes(',')) commas += 1;
      else if (this.#tokens.token !== ')') this.#tokens.failed = true;
    }
    const [only] = items;
    return only !== undefined && items.length === 1 && commas === 0 ? only : { kind: 'tuple', items };
  }

  /** Reads the fields of a record, or the tags of a variant, which begin with `#`. */
  #fields(): MotokoType {
    let isVariant = false;
    const fields = this.#list('}', ';', (): TypeField | undefined => {
      if (this.#tokens.takes('type')) {
        this.#definition();
        return undefined;
      }
      if (this.#tokens.takes('#')) {
        isVariant = true;
        if (this.#tokens.token === '}') return undefined;
        const name = this.#name();
        return { name, mutable: false, type: this.#tokens.takes(':') ? this.#type() : { kind: 'tuple', items: [] } };
      }
      const mutable = this.#tokens.takes('var');
      const name = this.#name();
      this.#tokens.expect(':');
      return { name, mutable, type: this.#type() };
    });
    return { kind: isVariant ? 'variant' : 'record', fields: fields.filter((field) => field !== undefined) };
  }

  #list<Item>(end: string, separator: string, read: () => Item): Item[] {
    const items: Item[] = [];
    while (!this.#tokens.failed && !this.#tokens.takes(end)) {
      items.push(read());
      if (!this.#tokens.takes(separator) && this.#tokens.token !== end) this.#tokens.failed = true;
    }
    return items;
  }

  #name(): string {
    const name = this.#tokens.token;
    if (!/^[A-Za-z_]/.test(name)) this.#tokens.failed = true;
    this.#tokens.advance();
    return name;
  }

  #skip(): void {
    this.#tokens.advance();
  }
}
