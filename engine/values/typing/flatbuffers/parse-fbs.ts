/** Reads schemas of FlatBuffers (flatbuffers.dev, "Schema Grammar"), as far as the bytes of values depend on them. */
import { TokenReader } from '../../../core/token-reader.ts';
import type { FlatField, FlatSchema, FlatType, FlatUnion } from './flatbuffers-schema.ts';

/** A token with the blanks and comments before it: a text in quotes, a name with its namespace, a number, or one symbol. */
const TOKEN = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*("(?:[^"\\]|\\.)*"|[A-Za-z_][\w.]*|[-+]?[\d.][\w.+-]*|\S)/y;
const NAME = /^[A-Za-z_][\w.]*$/;

const SCALARS: ReadonlyMap<string, number> = new Map([
  ...['bool', 'byte', 'ubyte', 'int8', 'uint8'].map((name) => [name, 1] as const),
  ...['short', 'ushort', 'int16', 'uint16'].map((name) => [name, 2] as const),
  ...['int', 'uint', 'float', 'int32', 'uint32', 'float32'].map((name) => [name, 4] as const),
  ...['long', 'ulong', 'double', 'int64', 'uint64', 'float64'].map((name) => [name, 8] as const),
]);

type TypeName = { readonly name: string; readonly isVector: boolean; readonly count: number | undefined };

interface ParsedField {
  readonly name: string;
  readonly type: TypeName;
  readonly attributes: ReadonlyMap<string, string>;
}

interface Definition {
  readonly kind: 'table' | 'struct' | 'enum' | 'union';
  readonly namespace: string;
  readonly fields: readonly ParsedField[];
  readonly attributes: ReadonlyMap<string, string>;
  /** Type of the values of an enum. */
  readonly base: string;
}

/** The tables and includes of a file. */
interface FbsFile {
  readonly tables: readonly string[];
  readonly includes: readonly string[];
}

/** A schema that is read from any number of files. */
export class FbsSchema {
  readonly #definitions = new Map<string, Definition>();
  #root: string | undefined;

  /** Adds a file. Returns its tables and includes, or a sentence about what is wrong with it. The first file says which table is the root. */
  addFile(text: string): FbsFile | { readonly problem: string } {
    const parser = new Parser(text, this.#definitions);
    parser.file();
    this.#root ??= parser.root;
    return parser.problem === undefined ? { tables: parser.tables, includes: parser.includes } : { problem: parser.problem };
  }

  /** Returns the types of all files, or a sentence about what they lack. */
  resolve(): FlatSchema | { readonly problem: string } {
    return new Resolver(this.#definitions).schema(this.#root);
  }
}

class Parser {
  readonly #tokens: TokenReader;
  readonly #definitions: Map<string, Definition>;
  readonly tables: string[] = [];
  readonly includes: string[] = [];
  #namespace = '';
  root: string | undefined;
  problem: string | undefined;

  constructor(text: string, definitions: Map<string, Definition>) {
    this.#tokens = new TokenReader(text, TOKEN);
    this.#definitions = definitions;
  }

  file(): void {
    while (this.problem === undefined && this.#tokens.token !== '') this.#declaration();
  }

  #declaration(): void {
    const { token } = this.#tokens;
    this.#tokens.advance();
    switch (token) {
      case 'include':
      case 'native_include':
        if (token === 'include') this.includes.push(this.#tokens.token.replace(/^"|"$/g, ''));
        this.#skipTo(';');
        break;
      case 'namespace':
        this.#namespace = this.#tokens.token === ';' ? '' : this.#name();
        this.#expect(';');
        break;
      case 'root_type':
        this.root = whole(this.#namespace, this.#name());
        this.#expect(';');
        break;
      case 'attribute':
      case 'file_identifier':
      case 'file_extension':
        this.#skipTo(';');
        break;
      case 'rpc_service':
        this.#skipTo('}');
        break;
      case 'table':
      case 'struct':
        this.#fields(token);
        break;
      case 'enum':
      case 'union':
        this.#values(token);
        break;
      default:
        this.#fail('a declaration', token);
    }
  }

  #fields(kind: 'table' | 'struct'): void {
    const name = this.#name();
    const attributes = this.#attributes();
    this.#expect('{');
    const fields: ParsedField[] = [];
    while (this.problem === undefined && !this.#tokens.takes('}')) {
      const field = this.#name();
      this.#expect(':');
      const type = this.#type();
      if (this.#tokens.takes('=')) this.#tokens.advance();
      fields.push({ name: field, type, attributes: this.#attributes() });
      this.#expect(';');
    }
    this.#define(name, { kind, namespace: this.#namespace, fields, attributes, base: '' });
    if (kind === 'table') this.tables.push(whole(this.#namespace, name));
  }

  #values(kind: 'enum' | 'union'): void {
    const name = this.#name();
    const base = this.#tokens.takes(':') ? this.#name() : 'ubyte';
    const attributes = this.#attributes();
    this.#expect('{');
    const fields: ParsedField[] = [];
    let next = 1;
    while (this.problem === undefined && !this.#tokens.takes('}')) {
      const value = this.#name();
      // In a union, a name may come before the type.
      const type = this.#tokens.takes(':') ? this.#name() : value;
      if (this.#tokens.takes('=')) {
        next = Number(this.#tokens.token);
        this.#tokens.advance();
      }
      this.#attributes();
      const number = new Map([['number', String(next)]]);
      fields.push({ name: value, type: { name: type, isVector: false, count: undefined }, attributes: number });
      next += 1;
      if (!this.#tokens.takes(',') && this.#tokens.token !== '}') this.#fail('"," or "}"');
    }
    this.#define(name, { kind, namespace: this.#namespace, fields, attributes, base });
  }

  #type(): TypeName {
    if (!this.#tokens.takes('[')) return { name: this.#name(), isVector: false, count: undefined };
    const name = this.#name();
    let count: number | undefined;
    if (this.#tokens.takes(':')) {
      count = Number(this.#tokens.token);
      this.#tokens.advance();
    }
    this.#expect(']');
    return { name, isVector: count === undefined, count };
  }

  #attributes(): ReadonlyMap<string, string> {
    const attributes = new Map<string, string>();
    if (!this.#tokens.takes('(')) return attributes;
    while (this.problem === undefined && !this.#tokens.takes(')')) {
      const name = this.#tokens.token.replace(/^"|"$/g, '');
      this.#tokens.advance();
      let value = '';
      if (this.#tokens.takes(':')) {
        value = this.#tokens.token.replace(/^"|"$/g, '');
        this.#tokens.advance();
      }
      attributes.set(name, value);
      if (!this.#tokens.takes(',') && this.#tokens.token !== ')') this.#fail('"," or ")"');
    }
    return attributes;
  }

  #define(name: string, definition: Definition): void {
    this.#definitions.set(whole(this.#namespace, name), definition);
  }

  #name(): string {
    const { token } = this.#tokens;
    if (NAME.test(token)) this.#tokens.advance();
    else this.#fail('a name');
    return token;
  }

  #skipTo(end: string): void {
    while (this.#tokens.token !== '' && this.#tokens.token !== end) this.#tokens.advance();
    this.#expect(end);
  }

  #expect(token: string): void {
    if (!this.#tokens.takes(token)) this.#fail(`"${token}"`);
  }

  #fail(expected: string, found = this.#tokens.token): void {
    const line = this.#tokens.text.slice(0, this.#tokens.start).split('\n').length;
    this.problem ??= `${found === '' ? 'The text ends' : `There is "${found}"`} where ${expected} should be (line ${line}).`;
  }
}

class Resolver {
  readonly #definitions: ReadonlyMap<string, Definition>;
  readonly #sizes = new Map<Definition, { readonly size: number; readonly align: number } | undefined>();
  #problem: string | undefined;

  constructor(definitions: ReadonlyMap<string, Definition>) {
    this.#definitions = definitions;
  }

  schema(root: string | undefined): FlatSchema | { readonly problem: string } {
    const tables = new Map<string, readonly FlatField[]>();
    const unions = new Map<string, FlatUnion>();
    for (const [name, definition] of this.#definitions) {
      if (definition.kind === 'table') tables.set(name, this.#fieldsOf(name, definition));
      else if (definition.kind === 'union') unions.set(name, this.#unionOf(definition));
    }
    return this.#problem === undefined ? { tables, unions, root } : { problem: this.#problem };
  }

  #fieldsOf(table: string, { namespace, fields }: Definition): readonly FlatField[] {
    let next = 0;
    return fields.flatMap(({ name, type, attributes }): readonly FlatField[] => {
      const resolved = this.#typeOf(type, namespace);
      if (resolved === undefined) this.#problem ??= `The type ${type.name} of ${table}.${name} is not defined.`;
      // The types of unions have a field of their own, before that of the values.
      const isUnion = resolved?.kind === 'union' || (resolved?.kind === 'vector' && resolved.of.kind === 'union');
      const given = attributes.get('id');
      const id = given === undefined ? next + (isUnion ? 1 : 0) : Number(given);
      next = id + 1;
      if (resolved === undefined || attributes.has('deprecated')) return [];
      return [{ name, id, type: resolved, required: attributes.has('required') }];
    });
  }

  #unionOf({ namespace, fields }: Definition): FlatUnion {
    const types = fields.flatMap(({ type, attributes }) => {
      const resolved = this.#typeOf(type, namespace);
      const isFollowed = resolved?.kind === 'table' || resolved?.kind === 'inline' || resolved?.kind === 'string';
      return isFollowed ? [[Number(attributes.get('number')), resolved] as const] : [];
    });
    return new Map(types);
  }

  #typeOf({ name, isVector, count }: TypeName, namespace: string): FlatType | undefined {
    const one = this.#oneOf(name, namespace);
    if (one === undefined) return undefined;
    if (isVector) return { kind: 'vector', of: one };
    return count === undefined || one.kind !== 'inline' ? one : { ...one, size: count * one.size };
  }

  #oneOf(name: string, namespace: string): FlatType | undefined {
    const size = SCALARS.get(name);
    if (size !== undefined) return { kind: 'inline', size, align: size };
    if (name === 'string') return { kind: 'string' };
    const found = this.#find(name, namespace);
    const definition = found === undefined ? undefined : this.#definitions.get(found);
    if (found === undefined || definition === undefined) return undefined;
    if (definition.kind === 'enum') return this.#oneOf(definition.base, '');
    if (definition.kind !== 'struct') return { kind: definition.kind, name: found };
    const layout = this.#layoutOf(definition);
    return layout && { kind: 'inline', ...layout };
  }

  /** Returns the size of a struct. Its fields are aligned to their sizes, and it to its largest field. */
  #layoutOf(definition: Definition): { readonly size: number; readonly align: number } | undefined {
    if (this.#sizes.has(definition)) return this.#sizes.get(definition);
    // A struct cannot be in itself.
    this.#sizes.set(definition, undefined);
    let [size, align] = [0, Number(definition.attributes.get('force_align') ?? 1)];
    for (const { type } of definition.fields) {
      const field = this.#typeOf(type, definition.namespace);
      if (field?.kind !== 'inline') return undefined;
      size = roundUp(size, field.align) + field.size;
      align = Math.max(align, field.align);
    }
    const layout = { size: roundUp(size, align), align };
    this.#sizes.set(definition, layout);
    return layout;
  }

  /** Returns the whole name of a definition, which is looked for in the namespace and those around it. */
  #find(name: string, namespace: string): string | undefined {
    const steps = namespace === '' ? [] : namespace.split('.');
    for (let count = steps.length; count >= 0; count -= 1) {
      const candidate = whole(steps.slice(0, count).join('.'), name);
      if (this.#definitions.has(candidate)) return candidate;
    }
    return undefined;
  }
}

function whole(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}.${name}`;
}

function roundUp(size: number, align: number): number {
  return Math.ceil(size / align) * align;
}
