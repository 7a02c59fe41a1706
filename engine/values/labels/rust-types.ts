/** Types of Rust values, as text in Rust's syntax: `Vec<(u32, Option<String>)>`, `[u8; 32]`, `BTreeMap<String, u64>`. */

export type RustType =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'option' | 'vec'; readonly of: RustType }
  | { readonly kind: 'array'; readonly of: RustType; readonly length: number }
  | { readonly kind: 'map'; readonly key: RustType; readonly value: RustType }
  | { readonly kind: 'tuple'; readonly members: readonly RustType[] };

/** Maximum nesting of types. */
const MAX_DEPTH = 16;
const MAX_ARRAY = 1_000_000;
const TOKEN = /\s*([A-Za-z_][\w.:-]*|\d+|[<>()[\];,])/y;

const LISTS: ReadonlySet<string> = new Set(['Vec', 'VecDeque', 'BTreeSet', 'HashSet', 'BinaryHeap']);
const MAPS: ReadonlySet<string> = new Set(['BTreeMap', 'HashMap']);
const TRANSPARENT: ReadonlySet<string> = new Set(['Box', 'Rc', 'Arc', 'Reverse', 'Cow']);

/** Parses a type. Returns undefined if the text is not a type. */
export function parseRustType(text: string): RustType | undefined {
  const tokens: string[] = [];
  let end = 0;
  for (TOKEN.lastIndex = 0; ; end = TOKEN.lastIndex) {
    TOKEN.lastIndex = end;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) break;
    tokens.push(token);
  }
  if (text.slice(end).trim() !== '') return undefined;
  const parser = new Parser(tokens);
  const type = parser.type(0);
  return parser.isDone ? type : undefined;
}

class Parser {
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get isDone(): boolean {
    return this.#next === this.#tokens.length;
  }

  type(depth: number): RustType | undefined {
    if (depth > MAX_DEPTH) return undefined;
    if (this.#take('(')) return this.#tuple(depth);
    if (this.#take('[')) return this.#array(depth);
    const name = this.#word();
    if (name === undefined) return undefined;
    const types = this.#take('<') ? this.#list('>', depth) : [];
    return types && generic(name.slice(name.lastIndexOf(':') + 1), types);
  }

  #tuple(depth: number): RustType | undefined {
    const members = this.#list(')', depth);
    return members && { kind: 'tuple', members };
  }

  #array(depth: number): RustType | undefined {
    const of = this.type(depth + 1);
    const length = of && this.#take(';') ? Number(this.#tokens[this.#next++] ?? Number.NaN) : Number.NaN;
    return of && length <= MAX_ARRAY && this.#take(']') ? { kind: 'array', of, length } : undefined;
  }

  /** Parses types separated by commas, up to the end of the list. */
  #list(close: string, depth: number): readonly RustType[] | undefined {
    const types: RustType[] = [];
    while (!this.#take(close)) {
      const type = this.type(depth + 1);
      if (type === undefined) return undefined;
      types.push(type);
      if (!this.#take(',') && this.#tokens[this.#next] !== close) return undefined;
    }
    return types;
  }

  #word(): string | undefined {
    const token = this.#tokens[this.#next];
    if (token === undefined || !/^[A-Za-z_]/.test(token)) return undefined;
    this.#next += 1;
    return token;
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#next] !== token) return false;
    this.#next += 1;
    return true;
  }
}

function generic(name: string, [first, second, ...more]: readonly RustType[]): RustType | undefined {
  if (first === undefined) return { kind: 'named', name };
  if (more.length > 0) return undefined;
  if (MAPS.has(name)) return second && { kind: 'map', key: first, value: second };
  if (second !== undefined) return undefined;
  if (name === 'Option') return { kind: 'option', of: first };
  if (LISTS.has(name)) return { kind: 'vec', of: first };
  return TRANSPARENT.has(name) ? first : undefined;
}
