/**
 * Reads the interface of a canister, the text of the section `candid:service`, as far as writing its calls needs it (Candid
 * specification, "Concrete syntax"):
 *
 * ```
 * type Note = record { id : nat64; text : text };
 * service : (text) -> {
 *   add : (Note) -> (nat64);
 *   get : (nat64) -> (opt Note) query;
 * }
 * ```
 */
import { TokenReader } from '../../engine/core/token-reader.ts';

/** A type. Names of fields, and of types, are as the interface writes them, with their quotation marks. */
export type CandidType =
  /** A primitive type, or a defined one. */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'option' | 'vector'; readonly of: CandidType }
  | { readonly kind: 'record' | 'variant'; readonly fields: readonly CandidField[] }
  | { readonly kind: 'function' | 'service' };

export interface CandidField {
  /** Undefined for a field of a tuple. */
  readonly name: string | undefined;
  /** Undefined for a case without a value. */
  readonly type: CandidType | undefined;
}

interface CandidMethod {
  /** The bare name. */
  readonly name: string;
  readonly kind: 'update' | 'query' | 'composite-query';
  readonly arguments: readonly CandidType[];
  /** The signature as the interface writes it, on one line. */
  readonly text: string;
}

export interface CandidInterface {
  readonly types: ReadonlyMap<string, CandidType>;
  /** The types of the argument that the canister is installed with. */
  readonly installation: readonly CandidType[];
  readonly methods: readonly CandidMethod[];
}

/** Maximum nesting of types. Nobody writes deeper ones. */
const MAX_DEPTH = 100;
/** A token with the blanks and comments before it. */
const TOKEN = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*("(?:[^"\\]|\\.)*"|->|[A-Za-z_]\w*|[\d_]+|[^\s])/y;
const NAME = /^(?:"|[A-Za-z_])/;

/** Parses an interface. Returns undefined if the text is not one. */
export function parseInterface(text: string): CandidInterface | undefined {
  return new Parser(text).interface();
}

/** Parses the types of an argument in brackets, such as `(text, opt nat)`. Returns undefined if the text is not that. */
export function parseArguments(text: string): readonly CandidType[] | undefined {
  return new Parser(text).wholeTuple();
}

class Parser {
  readonly #tokens: TokenReader;
  readonly #types = new Map<string, CandidType>();
  /** Methods of services that are defined as a type, by its name. */
  readonly #services = new Map<string, readonly CandidMethod[]>();
  #depth = 0;

  constructor(text: string) {
    this.#tokens = new TokenReader(text, TOKEN);
  }

  interface(): CandidInterface | undefined {
    while (this.#tokens.token === 'type' || this.#tokens.token === 'import') this.#definition();
    this.#tokens.expect('service');
    if (this.#tokens.token !== ':') this.#tokens.advance();
    this.#tokens.expect(':');
    let installation: readonly CandidType[] = [];
    if (this.#tokens.token === '(') {
      installation = this.#tuple();
      this.#tokens.expect('->');
    }
    const methods = this.#tokens.token === '{' ? this.#methods() : (this.#services.get(this.#name()) ?? []);
    return this.#tokens.failed ? undefined : { types: this.#types, installation, methods };
  }

  wholeTuple(): readonly CandidType[] | undefined {
    const types = this.#tuple();
    return this.#tokens.failed || this.#tokens.token !== '' ? undefined : types;
  }

  #definition(): void {
    if (this.#tokens.takes('import')) {
      this.#tokens.takes('service');
      this.#name();
    } else {
      this.#tokens.expect('type');
      const name = this.#name();
      this.#tokens.expect('=');
      if (this.#tokens.takes('service')) {
        this.#services.set(name, this.#methods());
        this.#types.set(name, { kind: 'service' });
      } else this.#types.set(name, this.#type());
    }
    this.#tokens.takes(';');
  }

  #methods(): readonly CandidMethod[] {
    const methods: CandidMethod[] = [];
    this.#tokens.expect('{');
    while (!this.#tokens.failed && !this.#tokens.takes('}')) {
      const name = bare(this.#name());
      this.#tokens.expect(':');
      const start = this.#tokens.start;
      // A method can have the type of a defined function. What it takes is not known then.
      if (this.#tokens.token !== '(') this.#name();
      const types = this.#tokens.token === '(' ? this.#signature() : { arguments: [], kind: 'update' as const };
      const text = this.#tokens.text
        .slice(start, this.#tokens.end)
        .replace(/\/\/[^\n]*|\s+/g, ' ')
        .replace(/ +/g, ' ');
      methods.push({ name, ...types, text });
      if (!this.#tokens.takes(';') && this.#tokens.token !== '}') this.#tokens.failed = true;
    }
    return methods;
  }

  #signature(): Pick<CandidMethod, 'arguments' | 'kind'> {
    const types = this.#tuple();
    this.#tokens.expect('->');
    this.#tuple();
    let kind: CandidMethod['kind'] = 'update';
    for (;;) {
      if (this.#tokens.takes('query')) kind = 'query';
      else if (this.#tokens.takes('composite_query')) kind = 'composite-query';
      else if (!this.#tokens.takes('oneway')) return { arguments: types, kind };
    }
  }

  #tuple(): readonly CandidType[] {
    const types: CandidType[] = [];
    this.#tokens.expect('(');
    while (!this.#tokens.failed && !this.#tokens.takes(')')) {
      const { type } = this.#field();
      if (type) types.push(type);
      if (!this.#tokens.takes(',') && this.#tokens.token !== ')') this.#tokens.failed = true;
    }
    return types;
  }

  /** Reads a type with a name before it, or one of both. A name alone is a type. */
  #field(): CandidField {
    if (/^\d/.test(this.#tokens.token) || this.#tokens.token.startsWith('"')) {
      const name = this.#tokens.token;
      this.#tokens.advance();
      return { name, type: this.#tokens.takes(':') ? this.#type() : undefined };
    }
    const name = this.#tokens.token;
    const type = this.#type();
    return this.#tokens.takes(':') ? { name, type: this.#type() } : { name: undefined, type };
  }

  #type(): CandidType {
    if (this.#depth >= MAX_DEPTH) this.#tokens.failed = true;
    if (this.#tokens.failed) return { kind: 'name', name: 'null' };
    this.#depth += 1;
    const name = this.#name();
    const type = this.#tokens.token === ':' ? { kind: 'name' as const, name } : this.#rest(name);
    this.#depth -= 1;
    return type;
  }

  /** Reads the rest of a type after its first word. */
  #rest(word: string): CandidType {
    switch (word) {
      case 'opt':
        return { kind: 'option', of: this.#type() };
      case 'vec':
        return { kind: 'vector', of: this.#type() };
      case 'record':
        return { kind: 'record', fields: this.#fields() };
      case 'variant':
        // A case is a name, with or without a type.
        return {
          kind: 'variant',
          fields: this.#fields().map((field) =>
            field.name === undefined && field.type?.kind === 'name' ? { name: field.type.name, type: undefined } : field,
          ),
        };
      case 'func':
        this.#signature();
        return { kind: 'function' };
      case 'service':
        if (this.#tokens.takes(':')) this.#tokens.failed = true;
        this.#methods();
        return { kind: 'service' };
      default:
        return { kind: 'name', name: word };
    }
  }

  #fields(): readonly CandidField[] {
    const fields: CandidField[] = [];
    this.#tokens.expect('{');
    while (!this.#tokens.failed && !this.#tokens.takes('}')) {
      fields.push(this.#field());
      if (!this.#tokens.takes(';') && this.#tokens.token !== '}') this.#tokens.failed = true;
    }
    return fields;
  }

  #name(): string {
    const name = this.#tokens.token;
    if (!NAME.test(name)) this.#tokens.failed = true;
    else this.#tokens.advance();
    return name;
  }
}

/** Returns a name without quotation marks. */
function bare(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replace(/\\(.)/g, '$1') : name;
}
