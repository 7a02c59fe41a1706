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
  readonly #text: string;
  #token = '';
  /** Start of the token, and end of the one before it. */
  #start = 0;
  #end = 0;
  #next = 0;
  #depth = 0;
  #failed = false;

  constructor(text: string) {
    this.#text = text;
    this.#advance();
  }

  signature(): StableSignature | undefined {
    const definitions = new Map<string, TypeDefinition>();
    while (this.#takes('type')) {
      const [name, definition] = this.#definition();
      definitions.set(name, definition);
      this.#expect(';');
    }
    this.#expect('actor');
    let variables: readonly TypedVariable[] = [];
    if (this.#takes('(')) {
      this.#variables();
      this.#expect(',');
      variables = this.#variables();
      this.#expect(')');
    } else variables = this.#variables();
    return this.#failed ? undefined : { definitions, variables };
  }

  #definition(): readonly [string, TypeDefinition] {
    const name = this.#name();
    const parameters = this.#takes('<') ? this.#parameters() : [];
    if (!this.#takes('=')) this.#expect('<:');
    return [name, { parameters, body: this.#type() }];
  }

  #parameters(): readonly string[] {
    return this.#list('>', ',', () => {
      const name = this.#name();
      if (this.#takes('<:')) this.#type();
      return name;
    });
  }

  #variables(): readonly TypedVariable[] {
    this.#expect('{');
    return this.#list('}', ';', () => {
      if (!this.#takes('stable')) this.#expect('in');
      const mutable = this.#takes('var');
      const name = this.#name();
      this.#expect(':');
      const start = this.#start;
      const type = this.#type();
      const text = this.#text.slice(start, Math.min(this.#end, start + 4 * MAX_TYPE_TEXT)).replace(/\s+/g, ' ');
      return { name, mutable, type, text: text.length > MAX_TYPE_TEXT ? `${text.slice(0, MAX_TYPE_TEXT)}…` : text };
    });
  }

  #type(): MotokoType {
    if (this.#depth >= MAX_DEPTH) this.#failed = true;
    if (this.#failed) return UNKNOWN;
    this.#depth += 1;
    const parts = [this.#part()];
    while (this.#takes('and')) parts.push(this.#part());
    const isFunction = this.#takes('->');
    if (isFunction) this.#type();
    this.#depth -= 1;
    const [first = UNKNOWN] = parts;
    if (isFunction) return { kind: 'function' };
    return parts.length > 1 ? { kind: 'joined', parts } : first;
  }

  #part(): MotokoType {
    switch (this.#token) {
      case '?':
      case 'weak': {
        const kind = this.#token === '?' ? 'option' : 'weak';
        this.#advance();
        return { kind, of: this.#inner() };
      }
      case '[': {
        this.#advance();
        this.#takes('var');
        const of = this.#type();
        this.#expect(']');
        return { kind: 'array', of };
      }
      case '(':
        this.#advance();
        return this.#tuple();
      case '{':
        this.#advance();
        return this.#fields();
      case 'shared':
      case 'query':
      case 'composite':
        return this.#function();
      case 'var':
        this.#advance();
        return this.#inner();
      case 'async':
        this.#advance();
        if (this.#takes('<')) this.#list('>', ',', () => this.#skip());
        this.#inner();
        return UNKNOWN;
      case 'actor':
      case 'module':
      case 'object':
      case 'memory': {
        const kind = this.#token === 'actor' ? 'actor' : 'unknown';
        this.#advance();
        this.#expect('{');
        this.#fields();
        return { kind };
      }
      default: {
        const name = this.#name();
        return { kind: 'named', name, args: this.#takes('<') ? this.#list('>', ',', () => this.#type()) : [] };
      }
    }
  }

  /** Reads the type after a symbol that binds tighter than an arrow. */
  #inner(): MotokoType {
    if (this.#depth >= MAX_DEPTH) this.#failed = true;
    if (this.#failed) return UNKNOWN;
    this.#depth += 1;
    const type = this.#part();
    this.#depth -= 1;
    return type;
  }

  #function(): MotokoType {
    while (this.#takes('shared') || this.#takes('query') || this.#takes('composite'));
    if (this.#takes('<')) this.#list('>', ',', () => this.#skip());
    this.#inner();
    if (this.#takes('->')) this.#type();
    return { kind: 'function' };
  }

  /** Reads the items of a tuple, each of which may have a name. A single item without a comma is only a type in parentheses. */
  #tuple(): MotokoType {
    const items: MotokoType[] = [];
    let commas = 0;
    while (!this.#failed && !this.#takes(')')) {
      let type = this.#type();
      if (type.kind === 'named' && this.#takes(':')) type = this.#type();
      items.push(type);
      if (this.#takes(',')) commas += 1;
      else if (this.#token !== ')') this.#failed = true;
    }
    const [only] = items;
    return only !== undefined && items.length === 1 && commas === 0 ? only : { kind: 'tuple', items };
  }

  /** Reads the fields of a record, or the tags of a variant, which begin with `#`. */
  #fields(): MotokoType {
    let isVariant = false;
    const fields = this.#list('}', ';', (): TypeField | undefined => {
      if (this.#takes('type')) {
        this.#definition();
        return undefined;
      }
      if (this.#takes('#')) {
        isVariant = true;
        if (this.#token === '}') return undefined;
        const name = this.#name();
        return { name, mutable: false, type: this.#takes(':') ? this.#type() : { kind: 'tuple', items: [] } };
      }
      const mutable = this.#takes('var');
      const name = this.#name();
      this.#expect(':');
      return { name, mutable, type: this.#type() };
    });
    return { kind: isVariant ? 'variant' : 'record', fields: fields.filter((field) => field !== undefined) };
  }

  #list<Item>(end: string, separator: string, read: () => Item): Item[] {
    const items: Item[] = [];
    while (!this.#failed && !this.#takes(end)) {
      items.push(read());
      if (!this.#takes(separator) && this.#token !== end) this.#failed = true;
    }
    return items;
  }

  #name(): string {
    const name = this.#token;
    if (!/^[A-Za-z_]/.test(name)) this.#failed = true;
    this.#advance();
    return name;
  }

  #skip(): void {
    this.#advance();
  }

  #takes(token: string): boolean {
    if (this.#token !== token) return false;
    this.#advance();
    return true;
  }

  #expect(token: string): void {
    if (!this.#takes(token)) this.#failed = true;
  }

  #advance(): void {
    this.#end = this.#next;
    TOKEN.lastIndex = this.#next;
    const match = TOKEN.exec(this.#text);
    const token = match?.[1] ?? '';
    this.#next = match === null ? this.#text.length : TOKEN.lastIndex;
    this.#start = this.#next - token.length;
    this.#token = token;
  }
}
