import { type TokenRange, TokenTree } from './brackets.ts';
import { compiledTokens } from './conditions.ts';
import { tokensOf } from './tokens.ts';

/** Text of a Rust file, and its path for people: `src/storage.rs`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A constant or a static. */
export interface Value {
  readonly kind: 'const' | 'static';
  readonly name: string;
  readonly file: RustFile;
  /** Index of its name. */
  readonly at: number;
  readonly type: TokenRange;
  readonly value: TokenRange;
}

interface Parameter {
  readonly name: string;
  readonly type: TokenRange;
}

export interface RustFunction {
  readonly name: string;
  readonly file: RustFile;
  readonly at: number;
  readonly parameters: readonly Parameter[];
  readonly result: TokenRange;
  readonly body: TokenRange;
}

/** A type alias. */
export interface Alias {
  readonly name: string;
  readonly file: RustFile;
  readonly type: TokenRange;
}

/** A field of a struct. */
export interface Field {
  readonly name: string;
  readonly struct: string;
  readonly file: RustFile;
  readonly type: TokenRange;
}

/** A file, and the items in it, at any depth. */
export interface RustFile {
  readonly path: string;
  readonly tree: TokenTree;
  readonly values: readonly Value[];
  readonly functions: readonly RustFunction[];
  readonly aliases: readonly Alias[];
  readonly fields: readonly Field[];
  /** Numbers of the cases of enums, by enum and case: `MemoryIndex::Users`. */
  readonly cases: ReadonlyMap<string, number>;
  /** Names of the variables that `let` declares. */
  readonly variables: ReadonlySet<string>;
  /** Names of the structs, enums and unions that it declares. */
  readonly types: ReadonlySet<string>;
}

/** Finds the items of a file that may say what is in a memory. */
export function readItems({ path, text }: SourceFile): RustFile {
  const tree = new TokenTree(compiledTokens(tokensOf(text)));
  const values: Value[] = [];
  const functions: RustFunction[] = [];
  const aliases: Alias[] = [];
  const fields: Field[] = [];
  const cases = new Map<string, number>();
  const variables = new Set<string>();
  const types = new Set<string>();
  const file: RustFile = { path, tree, values, functions, aliases, fields, cases, variables, types };
  for (const [index, { kind, text: keyword }] of tree.tokens.entries()) {
    if (kind !== 'word') continue;
    if (keyword === 'const' || keyword === 'static') values.push(...valueAt(file, index, keyword));
    else if (keyword === 'let') variables.add(tree.word(tree.word(index + 1) === 'mut' ? index + 2 : index + 1) ?? '');
    else if (keyword === 'fn') functions.push(...functionAt(file, index));
    else if (keyword === 'type') aliases.push(...aliasAt(file, index));
    else if (keyword === 'struct' || keyword === 'enum' || keyword === 'union') {
      const name = tree.word(index + 1);
      if (name !== undefined) types.add(name);
      if (keyword === 'struct') fields.push(...fieldsAt(file, index));
      else if (keyword === 'enum') for (const [each, number] of casesAt(tree, index)) cases.set(each, number);
    }
  }
  return file;
}

function valueAt(file: RustFile, index: number, kind: Value['kind']): readonly Value[] {
  const { tree } = file;
  const { length } = tree.tokens;
  const at = tree.word(index + 1) === 'mut' ? index + 2 : index + 1;
  const name = tree.word(at);
  // `<const N: usize>` declares a parameter.
  const isParameter = tree.at(index - 1) === '<' || tree.at(index - 1) === ',';
  if (name === undefined || isParameter || tree.at(at + 1) !== ':') return [];
  const equals = tree.next(at + 2, length, ['=', ';']);
  if (tree.at(equals) !== '=') return [];
  const type = { from: at + 2, to: equals };
  return [{ kind, name, file, at, type, value: { from: equals + 1, to: tree.next(equals + 1, length, [';']) } }];
}

function functionAt(file: RustFile, index: number): readonly RustFunction[] {
  const { tree } = file;
  const { length } = tree.tokens;
  const at = index + 1;
  const name = tree.word(at);
  const open = tree.at(at + 1) === '<' ? tree.afterAngles(at + 1, length) : at + 1;
  if (name === undefined || tree.at(open) !== '(') return [];
  const after = tree.end(open) + 1;
  const body = tree.next(after, length, ['{', ';']);
  if (tree.at(body) !== '{') return [];
  const from = tree.at(after) === '->' ? after + 1 : body;
  const where = tree.next(from, body, ['where']);
  const parameters = tree.split(tree.inside(open)).flatMap((range): readonly Parameter[] => {
    const colon = tree.next(range.from, range.to, [':']);
    const parameter = tree.word(colon - 1);
    return parameter === undefined || colon === range.to ? [] : [{ name: parameter, type: { from: colon + 1, to: range.to } }];
  });
  return [{ name, file, at, parameters, result: { from, to: where }, body: tree.inside(body) }];
}

function aliasAt(file: RustFile, index: number): readonly Alias[] {
  const { tree } = file;
  const name = tree.word(index + 1);
  const { length } = tree.tokens;
  const equals = tree.at(index + 2) === '<' ? tree.afterAngles(index + 2, length) : index + 2;
  if (name === undefined || tree.at(equals) !== '=') return [];
  return [{ name, file, type: { from: equals + 1, to: tree.next(equals + 1, length, [';']) } }];
}

function fieldsAt(file: RustFile, index: number): readonly Field[] {
  const { tree } = file;
  const struct = tree.word(index + 1);
  const open = tree.next(index + 2, tree.tokens.length, ['{', '(', ';']);
  if (struct === undefined || tree.at(open) !== '{') return [];
  return tree.split(tree.inside(open)).flatMap((range) => {
    const colon = tree.next(range.from, range.to, [':']);
    const name = tree.word(colon - 1);
    return name === undefined || colon === range.to ? [] : [{ name, struct, file, type: { from: colon + 1, to: range.to } }];
  });
}

/** Returns the numbers of an enum's cases. An enum with data in a case, or with a computed number, has none. */
function casesAt(tree: TokenTree, index: number): ReadonlyMap<string, number> {
  const cases = new Map<string, number>();
  const name = tree.word(index + 1);
  const open = tree.next(index + 2, tree.tokens.length, ['{', ';']);
  if (name === undefined || tree.at(open) !== '{') return cases;
  let next = 0;
  for (const { from, to } of tree.split(tree.inside(open))) {
    const label = tree.word(from);
    const declared = tree.at(from + 1) === '=' && to === from + 3 ? numberIn(tree.at(from + 2)) : undefined;
    if (label === undefined || (to > from + 1 && declared === undefined)) return new Map();
    next = declared ?? next;
    cases.set(`${name}::${label}`, next);
    next += 1;
  }
  return cases;
}

/** Parses a whole number as Rust writes it: `3`, `0x1f`, `3u8`, `1_000`. */
export function numberIn(text: string): number | undefined {
  const [, digits] = /^(0x[0-9a-f_]+?|0b[01_]+?|0o[0-7_]+?|[0-9][0-9_]*?)_?(?:[ui](?:8|16|32|64|128|size))?$/i.exec(text) ?? [];
  const number = digits === undefined ? Number.NaN : Number(digits.replaceAll('_', ''));
  return Number.isSafeInteger(number) ? number : undefined;
}
