/**
 * Reads types in Candid's text (Candid specification, "Core grammar"): those that a `.did` file defines, and a single type such as
 * `record { id : nat64; email : opt text }`, alone or in parentheses.
 */
import { TokenReader } from '../../../core/token-reader.ts';
import { hashField } from '../../codecs/candid.ts';
import { type CandidType, primitiveNamed, type TypeReference } from '../../codecs/candid-types.ts';
import { encodeUtf8 } from '../../utf8.ts';
import type { CandidSchema } from './candid-schema.ts';

/** Maximum nesting of types in the text. */
const MAX_DEPTH = 200;
/** A token with the blanks and comments before it: a text in quotes, a name, a number, an arrow, or one symbol. */
const TOKEN = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*("(?:[^"\\]|\\.)*"|[A-Za-z_]\w*|0x[\da-fA-F_]+|\d[\d_]*|->|\S)/y;
const NAME = /^[A-Za-z_]\w*$/;
const MODES: Readonly<Record<string, number>> = { query: 1, oneway: 2, composite_query: 3 };
const MAX_HASH = 2 ** 32 - 1;

/** A reference to a type by its number, or by the name that it is defined under. */
type Reference = TypeReference | string;

type Field = { readonly id: number; readonly type: Reference };

type ParsedType =
  | { readonly kind: 'opt' | 'vec'; readonly of: Reference }
  | { readonly kind: 'record' | 'variant'; readonly fields: readonly Field[] }
  | {
      readonly kind: 'func';
      readonly args: readonly Reference[];
      readonly results: readonly Reference[];
      readonly modes: readonly number[];
    }
  | { readonly kind: 'service'; readonly methods: readonly { readonly name: string; readonly type: Reference }[] };

/** A `.did` file. */
interface DidFile {
  /** Names of the types that it defines, in order. */
  readonly defined: readonly string[];
  /** The paths that it imports, as it writes them. */
  readonly imports: readonly string[];
}

/** Types in Candid's text, from any number of files. */
export class DidTypes {
  readonly #types: ParsedType[] = [];
  readonly #definitions = new Map<string, Reference>();
  readonly #names = new Map<number, string>();

  /** Adds the definitions of a file. Returns what it defines and imports, or a sentence about what is wrong with it. */
  addFile(text: string): DidFile | { readonly problem: string } {
    const parser = new Parser(text, this.#types, this.#names);
    const defined: string[] = [];
    const imports: string[] = [];
    parser.definitions((name, type) => {
      defined.push(name);
      this.#definitions.set(name, type);
    }, imports);
    parser.service();
    return parser.problem === undefined ? { defined, imports } : { problem: parser.problem };
  }

  /** Returns the schema of a type, or of several in parentheses, or a sentence about what is wrong with it. */
  schemaOf(text: string): CandidSchema | { readonly problem: string } {
    const parser = new Parser(text, this.#types, this.#names);
    parser.definitions((name, type) => this.#definitions.set(name, type), []);
    const args = parser.whole();
    return parser.problem === undefined ? this.#resolved(args) : { problem: parser.problem };
  }

  #resolved(args: readonly Reference[]): CandidSchema | { readonly problem: string } {
    let problem: string | undefined;
    const resolve = (reference: Reference): TypeReference => {
      let current = reference;
      for (const seen = new Set<string>(); typeof current === 'string'; ) {
        const next: Reference | undefined = seen.has(current) ? undefined : this.#definitions.get(current);
        if (next === undefined) {
          const fault = seen.has(current) ? 'is defined by itself' : 'is not defined';
          problem ??= `The type "${current}" ${fault}.`;
          return 0;
        }
        seen.add(current);
        current = next;
      }
      return current;
    };
    const types = this.#types.map((type): CandidType => {
      switch (type.kind) {
        case 'opt':
        case 'vec':
          return { kind: type.kind, of: resolve(type.of) };
        case 'record':
        case 'variant':
          return { kind: type.kind, fields: type.fields.map((field) => ({ id: field.id, type: resolve(field.type) })) };
        case 'func':
          return { ...type, args: type.args.map(resolve), results: type.results.map(resolve) };
        default:
          return { kind: 'service', methods: type.methods.map(({ name, type: of }) => ({ name, type: resolve(of) })) };
      }
    });
    const schema = { types, args: args.map(resolve), names: this.#names };
    const defined = new Map<TypeReference, string>();
    for (const [name, reference] of this.#definitions)
      if (typeof reference === 'number' && reference >= 0) defined.set(reference, name);
    return problem === undefined ? { ...schema, defined } : { problem };
  }
}

class Parser {
  readonly #tokens: TokenReader;
  readonly #types: ParsedType[];
  readonly #names: Map<number, string>;
  #depth = 0;
  problem: string | undefined;

  constructor(text: string, types: ParsedType[], names: Map<number, string>) {
    this.#tokens = new TokenReader(text, TOKEN);
    this.#types = types;
    this.#names = names;
  }

  definitions(define: (name: string, type: Reference) => void, imports: string[]): void {
    const isNext = (): boolean => this.#tokens.token === 'type' || this.#tokens.token === 'import';
    while (this.problem === undefined && isNext()) {
      if (this.#tokens.takes('import')) {
        this.#tokens.takes('service');
        imports.push(unquoted(this.#tokens.token));
        this.#tokens.advance();
      } else {
        this.#tokens.advance();
        const name = this.#name();
        this.#expect('=');
        define(name, this.#type());
      }
      if (this.#tokens.token !== '') this.#expect(';');
    }
  }

  /** Reads the service at the end of a file, whose methods do not matter here. */
  service(): void {
    if (!this.#tokens.takes('service')) {
      if (this.#tokens.token !== '') this.#fail('a definition');
      return;
    }
    if (NAME.test(this.#tokens.token)) this.#tokens.advance();
    this.#expect(':');
    if (this.#tokens.token === '(') {
      this.#tuple();
      this.#expect('->');
    }
    if (this.#tokens.token === '{') this.#service();
    else this.#name();
    this.#tokens.takes(';');
    if (this.#tokens.token !== '') this.#fail('the end of the file');
  }

  whole(): readonly Reference[] {
    const args = this.#tokens.token === '(' ? this.#tuple() : [this.#type()];
    this.#tokens.takes(';');
    if (this.#tokens.token !== '') this.#fail('the end of the type');
    return args;
  }

  #type(): Reference {
    if (this.#depth === MAX_DEPTH) this.#fail('fewer types in each other');
    if (this.problem !== undefined) return 'null';
    this.#depth += 1;
    const type = this.#typeAtDepth();
    this.#depth -= 1;
    return type;
  }

  #typeAtDepth(): Reference {
    const { token } = this.#tokens;
    if (!NAME.test(token)) {
      this.#fail('a type');
      return 'null';
    }
    this.#tokens.advance();
    switch (token) {
      case 'opt':
      case 'vec':
        return this.#add({ kind: token, of: this.#type() });
      case 'blob':
        return this.#add({ kind: 'vec', of: primitiveNamed('nat8') ?? 0 });
      case 'record':
        return this.#add({ kind: 'record', fields: this.#fields(false) });
      case 'variant':
        return this.#add({ kind: 'variant', fields: this.#fields(true) });
      case 'func':
        return this.#function();
      case 'service':
        return this.#service();
      default:
        return primitiveNamed(token) ?? token;
    }
  }

  #function(): Reference {
    const args = this.#tuple();
    this.#expect('->');
    const results = this.#tuple();
    const modes: number[] = [];
    for (let mode = MODES[this.#tokens.token]; mode !== undefined; mode = MODES[this.#tokens.token]) {
      modes.push(mode);
      this.#tokens.advance();
    }
    return this.#add({ kind: 'func', args, results, modes });
  }

  #service(): Reference {
    this.#expect('{');
    const methods = this.#list('}', ';', () => {
      const name = this.#tokens.token.startsWith('"') ? unquoted(this.#tokens.token) : this.#tokens.token;
      this.#tokens.advance();
      this.#expect(':');
      return { name, type: this.#tokens.token === '(' ? this.#function() : this.#name() };
    });
    return this.#add({ kind: 'service', methods });
  }

  /** Reads the types between parentheses, each of which may have a name. */
  #tuple(): readonly Reference[] {
    this.#expect('(');
    return this.#list(')', ',', () => {
      const { token } = this.#tokens;
      if (NAME.test(token) && this.#isLabel()) this.#skipLabel();
      else if (token.startsWith('"')) this.#skipLabel();
      return this.#type();
    });
  }

  #fields(isVariant: boolean): readonly Field[] {
    this.#expect('{');
    let next = 0;
    const fields = this.#list('}', ';', (): Field => {
      const { token } = this.#tokens;
      const isNumber = /^\d/.test(token);
      const isNamed = token.startsWith('"') || NAME.test(token);
      const hasLabel = isNumber || token.startsWith('"') || this.#isLabel() || isVariant;
      if (!hasLabel) {
        next += 1;
        return { id: next - 1, type: this.#type() };
      }
      if (!isNumber && !isNamed) this.#fail('the name of a field');
      const id = isNumber ? Number(token.replaceAll('_', '')) : this.#hash(token.startsWith('"') ? unquoted(token) : token);
      if (id > MAX_HASH) this.#fail('a number below 2^32');
      next = id + 1;
      this.#tokens.advance();
      if (!isVariant) this.#expect(':');
      const type = !isVariant || this.#tokens.takes(':') ? this.#type() : (primitiveNamed('null') ?? 0);
      return { id, type };
    });
    const sorted = fields.toSorted((a, b) => a.id - b.id);
    const twice = sorted.find((field, index) => field.id === sorted[index - 1]?.id);
    if (twice !== undefined) this.problem ??= `Two fields have the name "${this.#names.get(twice.id) ?? twice.id}".`;
    return sorted;
  }

  /** Returns whether the current token is a label: whether a colon follows it. */
  #isLabel(): boolean {
    const { text, start, token } = this.#tokens;
    return /^(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*:/.test(text.slice(start + token.length, start + token.length + 1_000));
  }

  #skipLabel(): void {
    this.#tokens.advance();
    this.#expect(':');
  }

  #hash(name: string): number {
    const hash = hashField(encodeUtf8(name));
    this.#names.set(hash, name);
    return hash;
  }

  #list<Item>(end: string, separator: string, read: () => Item): Item[] {
    const items: Item[] = [];
    while (this.problem === undefined && !this.#tokens.takes(end)) {
      items.push(read());
      if (!this.#tokens.takes(separator) && this.#tokens.token !== end) this.#fail(`"${separator}" or "${end}"`);
    }
    return items;
  }

  #add(type: ParsedType): TypeReference {
    this.#types.push(type);
    return this.#types.length - 1;
  }

  #name(): string {
    const { token } = this.#tokens;
    if (NAME.test(token)) this.#tokens.advance();
    else this.#fail('a name');
    return token;
  }

  #expect(token: string): void {
    if (!this.#tokens.takes(token)) this.#fail(`"${token}"`);
  }

  #fail(expected: string): void {
    const { token, text, start } = this.#tokens;
    const before = text.slice(0, start).split('\n');
    const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
    const found = token === '' ? 'the text ends' : `there is ${token.startsWith('"') ? token : `"${token}"`}`;
    this.problem ??= `${found.replace(/^./, (letter) => letter.toUpperCase())} where ${expected} should be (${place}).`;
  }
}

/** Returns the text in quotes, without its escapes. */
function unquoted(token: string): string {
  const inner = token.replace(/^"|"$/g, '');
  return inner.replace(
    /\\(?:u\{([\da-fA-F_]+)\}|([\da-fA-F]{2})|(.))/g,
    (_, unicode: string | undefined, hex: string | undefined, letter = '') => {
      const code = unicode?.replaceAll('_', '') ?? hex;
      if (code !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff));
      return { n: '\n', r: '\r', t: '\t' }[String(letter)] ?? letter;
    },
  );
}
