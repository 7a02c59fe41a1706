import type { TokenRange } from './brackets.ts';
import { type Alias, type Field, numberIn, type RustFile, type RustFunction, type Value } from './items.ts';

/** Maximum calls and constants that lead to a number. */
const MAX_DEPTH = 8;
/** Maximum tokens in which a memory is looked for. A longer function does more than return a memory. */
const MAX_TOKENS = 2_000;

/** Maximum tokens that are read to find the memories of one program. Then nothing more is certain. */
const MAX_READ = 5_000_000;

/** A range of a file. */
export interface Place extends TokenRange {
  readonly file: RustFile;
}

/** The source of one program: what its names mean, where that is certain. */
export class RustProgram {
  readonly files: readonly RustFile[];
  readonly #constants = new Map<string, Value[]>();
  readonly #functions = new Map<string, RustFunction[]>();
  readonly #aliases = new Map<string, Alias[]>();
  readonly #fields = new Map<string, Field[]>();
  readonly #cases = new Map<string, Set<number>>();
  readonly #types: ReadonlySet<string>;
  readonly #memoriesOfFunctions = new Map<RustFunction, readonly number[] | undefined>();
  #read = 0;

  constructor(files: readonly RustFile[]) {
    this.files = files;
    for (const { values, functions, aliases, fields, cases } of this.files) {
      for (const each of values) if (each.kind === 'const') push(this.#constants, each.name, each);
      for (const each of functions) push(this.#functions, each.name, each);
      for (const each of aliases) push(this.#aliases, each.name, each);
      for (const each of fields) push(this.#fields, each.name, each);
      for (const [name, number] of cases) this.#cases.set(name, (this.#cases.get(name) ?? new Set()).add(number));
    }
    this.#types = new Set(this.files.flatMap(({ types }) => [...types]));
  }

  /** Returns whether the program declares a type of this name, which may hide the usual one. */
  declares(type: string): boolean {
    return this.#types.has(type);
  }

  /** Returns the type alias of a name, if it has only one meaning. */
  alias(name: string, from: RustFile): Alias | undefined {
    return onlyOne(this.#aliases.get(name), from);
  }

  /** Returns the field of a name, if only one struct has it, or the struct is known. */
  field(name: string, struct: string | undefined): Field | undefined {
    const fields = this.#fields.get(name) ?? [];
    const own = fields.filter((field) => field.struct === struct);
    const [field, ...more] = own.length > 0 ? own : fields;
    return more.length === 0 ? field : undefined;
  }

  /**
   * Returns the ids of the memories that an expression takes from a manager, each once. Undefined if one of them is not certain.
   */
  memoriesIn({ file, from, to }: Place, depth = 0): readonly number[] | undefined {
    this.#read += to - from;
    if (depth > MAX_DEPTH || to - from > MAX_TOKENS || this.#read > MAX_READ) return undefined;
    const { tree } = file;
    const found = new Set<number>();
    for (let index = from; index < to; index++) {
      const word = tree.word(index);
      if (word === undefined) continue;
      const ids = this.#memoriesAt(word, index, { file, from, to }, depth);
      if (ids === undefined) return undefined;
      for (const id of ids.found) found.add(id);
      index = Math.max(index, ids.end);
    }
    return [...found];
  }

  /** Returns the memories that a word in an expression leads to, and the index of the last token that was read. */
  #memoriesAt(
    word: string,
    index: number,
    place: Place,
    depth: number,
  ): { readonly found: readonly number[]; readonly end: number } | undefined {
    const { file } = place;
    const { tree } = file;
    if (word === 'MemoryId' && tree.at(index + 1) === '::' && tree.word(index + 2) === 'new' && tree.at(index + 3) === '(') {
      const id = this.numberOf({ file, ...tree.inside(index + 3) }, depth + 1);
      return id === undefined ? undefined : { found: [id], end: tree.end(index + 3) };
    }
    const before = tree.at(index - 1);
    if (tree.at(index + 1) === '(' && before !== '.') {
      const inner = this.#memoriesOfCall(word, index + 1, place, depth);
      return inner === 'not' ? { found: [], end: index } : inner && { found: inner, end: tree.end(index + 1) };
    }
    const value = before === '.' ? undefined : this.#constant(word, file);
    if (value !== undefined && value.file.tree.words(value.type).at(-1) === 'MemoryId') {
      const ids = this.memoriesIn({ file: value.file, ...value.value }, depth + 1);
      return ids && { found: ids, end: index };
    }
    const isVariable = before !== '.' && before !== '::' && file.variables.has(word);
    const local = isVariable ? this.#local(word, index, file) : undefined;
    if (local !== undefined) {
      const ids = this.memoriesIn(local, depth + 1);
      return ids && { found: ids, end: index };
    }
    return { found: [], end: index };
  }

  /** Returns the memories that a call leads to; `not` if it is of no function of the program that has to do with memories. */
  #memoriesOfCall(name: string, open: number, { file }: Place, depth: number): readonly number[] | undefined | 'not' {
    const called = onlyOne(this.#functions.get(name), file);
    if (called === undefined || isOfType(file, open - 1)) return 'not';
    const [parameter, ...more] = called.parameters;
    if (parameter === undefined) return this.memoriesOf(called, depth) ?? 'not';
    if (more.length > 0 || !choosesMemory(called, parameter.name)) return 'not';
    const argument = { file, ...file.tree.inside(open) };
    const ids = this.memoriesIn(argument, depth + 1);
    if (ids?.length === 1) return ids;
    const id = this.numberOf(argument, depth + 1);
    return id === undefined ? undefined : [id];
  }

  /** Returns the memories that a function without parameters takes from a manager. */
  memoriesOf(called: RustFunction, depth = 0): readonly number[] | undefined {
    if (!this.#memoriesOfFunctions.has(called)) {
      // A function that calls itself finds that nothing is certain.
      this.#memoriesOfFunctions.set(called, undefined);
      this.#memoriesOfFunctions.set(called, this.memoriesIn({ file: called.file, ...called.body }, depth + 1));
    }
    return this.#memoriesOfFunctions.get(called);
  }

  /** Returns the value of a `let` of this name in the same block, or in one around it. */
  #local(name: string, index: number, file: RustFile): Place | undefined {
    const { tree } = file;
    for (let open = tree.around(index), steps = 0; open >= 0 && steps < MAX_DEPTH; open = tree.around(open), steps++) {
      if (tree.at(open) !== '{' || index - open > MAX_TOKENS) continue;
      this.#read += index - open;
      for (let at = index - 1; at > open; at--) {
        const declared = tree.word(at - 1) === 'let' || (tree.word(at - 1) === 'mut' && tree.word(at - 2) === 'let');
        if (tree.word(at) !== name || !declared || tree.around(at) !== open) continue;
        const equals = tree.next(at + 1, tree.end(open), ['=', ';']);
        if (tree.at(equals) !== '=') return undefined;
        const to = tree.next(equals + 1, tree.end(open), [';']);
        return to <= index ? { file, from: equals + 1, to } : undefined;
      }
    }
    return undefined;
  }

  /** Returns the memory id that an expression is, or undefined if that is not certain. */
  numberOf({ file, from, to }: Place, depth = 0): number | undefined {
    if (depth > MAX_DEPTH) return undefined;
    const { tree } = file;
    const [first] = tree.tokens.slice(from, from + 1);
    // `X as u8` is X, and `(X)` too.
    const cast = tree.next(from, to, ['as']);
    if (cast < to && cast + 2 === to) return this.numberOf({ file, from, to: cast }, depth + 1);
    if (first?.text === '(' && tree.end(from) === to - 1) return this.numberOf({ file, ...tree.inside(from) }, depth + 1);
    if (first?.kind === 'number') return from + 1 === to ? memoryId(numberIn(first.text)) : undefined;
    if (first?.kind !== 'word' || !isPath(tree.tokens.slice(from, to).map(({ text }) => text))) return undefined;
    const name = tree.word(to - 1) ?? '';
    const numbers = this.#cases.get(`${tree.word(to - 3)}::${name}`);
    if (numbers !== undefined) return numbers.size === 1 ? memoryId([...numbers][0]) : undefined;
    const value = this.#constant(name, file);
    return value && this.numberOf({ file: value.file, ...value.value }, depth + 1);
  }

  #constant(name: string, from: RustFile): Value | undefined {
    return onlyOne(this.#constants.get(name), from);
  }
}

/** Returns whether a name belongs to a type, as in `State::new`: other types may have a function of the same name. */
function isOfType({ tree }: RustFile, index: number): boolean {
  return tree.at(index - 1) === '::' && /^[A-Z>]/.test(tree.at(index - 2));
}

/** Returns whether a function returns the memory whose id is its argument. */
function choosesMemory({ file: { tree }, body, parameters }: RustFunction, name: string): boolean {
  const mentions = tree.tokens.slice(body.from, body.to).some(({ text }, offset) => {
    const index = body.from + offset;
    if (text !== 'MemoryId' || tree.word(index + 2) !== 'new') return false;
    // Of `id + 1` the argument is not the id.
    const { from, to } = tree.inside(index + 3);
    return tree.word(from) === name && (to === from + 1 || (to === from + 3 && tree.word(from + 1) === 'as'));
  });
  const [parameter] = parameters;
  const takesId = parameter !== undefined && tree.words(parameter.type).at(-1) === 'MemoryId';
  return mentions || (takesId && tree.words(body).includes('get'));
}

function isPath(texts: readonly string[]): boolean {
  return texts.every((text, index) => (index % 2 === 0) === (text !== '::'));
}

/** Memory 255 is that of unallocated buckets. */
function memoryId(number: number | undefined): number | undefined {
  return number !== undefined && number <= 254 ? number : undefined;
}

/** Adds an item of a name. The third one of a file says no more than the second: that the name has several meanings there. */
function push<T extends { readonly file: RustFile }>(map: Map<string, T[]>, name: string, item: T): void {
  const items = map.get(name);
  if (items === undefined) map.set(name, [item]);
  else if (items.at(-2)?.file !== item.file) items.push(item);
}

/** Returns the item that a name means in a file: the only one in this file, or else in all. */
function onlyOne<T extends { readonly file: RustFile }>(items: readonly T[] | undefined, from: RustFile): T | undefined {
  const own = items?.filter(({ file }) => file === from) ?? [];
  const [item, ...more] = own.length > 0 ? own : (items ?? []);
  return more.length === 0 ? item : undefined;
}
