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
  readonly #text: string;
  readonly #types = new Map<string, CandidType>();
  /** Methods of services that are defined as a type, by its name. */
  readonly #services = new Map<string, readonly CandidMethod[]>();
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

  interface(): CandidInterface | undefined {
    while (this.#token === 'type' || this.#token === 'import') this.#definition();
    this.#expect('service');
    if (this.#token !== ':') this.#advance();
    this.#expect(':');
    let installation: readonly CandidType[] = [];
    if (this.#token === '(') {
      installation = this.#tuple();
      this.#expect('->');
    }
    const methods = this.#token === '{' ? this.#methods() : (this.#services.get(this.#name()) ?? []);
    return this.#failed ? undefined : { types: this.#types, installation, methods };
  }

  wholeTuple(): readonly CandidType[] | undefined {
    const types = this.#tuple();
    return this.#failed || this.#token !== '' ? undefined : types;
  }

  #definition(): void {
    if (this.#takes('import')) {
      this.#takes('service');
      this.#name();
    } else {
      this.#expect('type');
      const name = this.#name();
      this.#expect('=');
      if (this.#takes('service')) {
        this.#services.set(name, this.#methods());
        this.#types.set(name, { kind: 'service' });
      } else this.#types.set(name, this.#type());
    }
    this.#takes(';');
  }

  #methods(): readonly CandidMethod[] {
    const methods: CandidMethod[] = [];
    this.#expect('{');
    while (!this.#failed && !this.#takes('}')) {
      const name = bare(this.#name());
      this.#expect(':');
      const start = this.#start;
      // A method can have the type of a defined function. What it takes is not known then.
      if (this.#token !== '(') this.#name();
      const types = this.#token === '(' ? this.#signature() : { arguments: [], kind: 'update' as const };
      const text = this.#text
        .slice(start, this.#end)
        .replace(/\/\/[^\n]*|\s+/g, ' ')
        .replace(/ +/g, ' ');
      methods.push({ name, ...types, text });
      if (!this.#takes(';') && this.#token !== '}') this.#failed = true;
    }
    return methods;
  }

  #signature(): Pick<CandidMethod, 'arguments' | 'kind'> {
    const types = this.#tuple();
    this.#expect('->');
    this.#tuple();
    let kind: CandidMethod['kind'] = 'update';
    for (;;) {
      if (this.#takes('query')) kind = 'query';
      else if (this.#takes('composite_query')) kind = 'composite-query';
      else if (!this.#takes('oneway')) return { arguments: types, kind };
    }
  }

  #tuple(): readonly CandidType[] {
    const types: CandidType[] = [];
    this.#expect('(');
    while (!this.#failed && !this.#takes(')')) {
      const { type } = this.#field();
      if (type) types.push(type);
      if (!this.#takes(',') && this.#token !== ')') this.#failed = true;
    }
    return types;
  }

  /** Reads a type with a name before it, or one of both. A name alone is a type. */
  #field(): CandidField {
    if (/^\d/.test(this.#token) || this.#token.startsWith('"')) {
      const name = this.#token;
      this.#advance();
      return { name, type: this.#takes(':') ? this.#type() : undefined };
    }
    const name = this.#token;
    const type = this.#type();
    return this.#takes(':') ? { name, type: this.#type() } : { name: undefined, type };
  }

  #type(): CandidType {
    if (this.#depth >= MAX_DEPTH) this.#failed = true;
    if (this.#failed) return { kind: 'name', name: 'null' };
    this.#depth += 1;
    const name = this.#name();
    const type = this.#token === ':' ? { kind: 'name' as const, name } : this.#rest(name);
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
        if (this.#takes(':')) this.#failed = true;
        this.#methods();
        return { kind: 'service' };
      default:
        return { kind: 'name', name: word };
    }
  }

  #fields(): readonly CandidField[] {
    const fields: CandidField[] = [];
    this.#expect('{');
    while (!this.#failed && !this.#takes('}')) {
      fields.push(this.#field());
      if (!this.#takes(';') && this.#token !== '}') this.#failed = true;
    }
    return fields;
  }

  #name(): string {
    const name = this.#token;
    if (!NAME.test(name)) this.#failed = true;
    else this.#advance();
    return name;
  }

  #takes(token: string): boolean {
    if (this.#token !== token) return false;
    this.#advance();
    return true;
  }

  #expect(token: string): void {
    if (!this.#takes(token)) this.#failed = true;
  }

  /** Goes to the next token. It is empty at the end of the text. */
  #advance(): void {
    this.#end = this.#next;
    TOKEN.lastIndex = this.#next;
    const [, token = ''] = TOKEN.exec(this.#text) ?? [];
    this.#next = token === '' ? this.#text.length : TOKEN.lastIndex;
    this.#token = token;
    this.#start = this.#next - token.length;
  }
}

/** Returns a name without quotation marks. */
function bare(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replace(/\\(.)/g, '$1') : name;
}
