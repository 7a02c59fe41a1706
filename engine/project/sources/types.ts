import type { StructureKind } from '../../core/structure-kinds.ts';
import { codecOf } from '../../values/codecs.ts';
import type { RustFile } from './items.ts';
import { numberIn } from './items.ts';
import type { Place, RustProgram } from './program.ts';

/** Types of `ic-stable-structures`, under their own names and under the names that the crate exports them by. */
const STRUCTURES: ReadonlyMap<string, StructureKind> = new Map([
  ['StableBTreeMap', 'btreemap'],
  ['BTreeMap', 'btreemap'],
  ['StableBTreeSet', 'btreeset'],
  ['BTreeSet', 'btreeset'],
  ['StableVec', 'vec'],
  ['Vec', 'vec'],
  ['StableMinHeap', 'minheap'],
  ['MinHeap', 'minheap'],
  ['StableCell', 'cell'],
  ['Cell', 'cell'],
  ['StableLog', 'log'],
  ['Log', 'log'],
]);

/** Types around a structure that have no bytes of their own in stable memory. */
const WRAPPERS: ReadonlySet<string> = new Set(
  'RefCell Rc Arc Mutex RwLock Option Box Lazy LazyCell LazyLock OnceCell OnceLock ManuallyDrop Result mut dyn'.split(' '),
);

/** Maximum nesting of types and of their aliases. */
const MAX_DEPTH = 8;
/** Maximum tokens of a type. */
const MAX_TYPE = 200;

/** A structure, and the types of its elements as far as they are written there. */
export interface StructureType {
  readonly structure: StructureKind;
  /** Without the types of its memories: `StableBTreeMap<Principal, User>`. */
  readonly text: string;
  /** The types of its elements: a map's key and value, and otherwise one. */
  readonly elements: readonly Place[];
}

/** Returns the structure that a type is, in whatever makes it mutable or shared. Undefined if it is none. */
export function structureIn(program: RustProgram, place: Place, depth = 0): StructureType | undefined {
  const { file, from, to } = place;
  const { tree } = file;
  if (depth > MAX_DEPTH || to - from > MAX_TYPE) return undefined;
  for (let index = from; index < to; index++) {
    const word = tree.word(index);
    if (word === undefined || tree.at(index + 1) === '::') continue;
    if (WRAPPERS.has(word)) continue;
    const alias = program.alias(word, file);
    const aliased = alias && structureIn(program, { file: alias.file, ...alias.type }, depth + 1);
    // An alias with parameters has the types of its parameters, not of its elements.
    if (aliased !== undefined) return tree.at(index + 1) === '<' ? { ...aliased, text: word, elements: [] } : aliased;
    const structure = STRUCTURES.get(word);
    return structure === undefined || program.declares(word) ? undefined : structureAt(place, index, structure);
  }
  return undefined;
}

function structureAt({ file, to }: Place, index: number, structure: StructureKind): StructureType {
  const { tree } = file;
  const written = tree.at(index + 1) === '<' ? tree.split({ from: index + 2, to: tree.afterAngles(index + 1, to) - 1 }) : [];
  const elements = written.slice(0, structure === 'btreemap' ? 2 : 1).map((range): Place => ({ file, ...range }));
  const texts = elements.map(textOf);
  return { structure, text: `${tree.at(index)}${texts.length === 0 ? '' : `<${texts.join(', ')}>`}`, elements };
}

/** Returns a structure's kind by the name of its type, or of an alias of it. */
export function structureNamed(program: RustProgram, name: string, file: RustFile): StructureKind | undefined {
  const alias = program.alias(name, file);
  if (alias !== undefined) return structureIn(program, { file: alias.file, ...alias.type })?.structure;
  return program.declares(name) ? undefined : STRUCTURES.get(name);
}

/** Returns a type as text, in the usual form: `BTreeMap<u64, [u8; 32]>`. */
function textOf({ file: { tree }, from, to }: Place): string {
  const texts = tree.tokens.slice(from, to).map(({ text }) => (text === ',' || text === ';' ? `${text} ` : text));
  return texts.join('').replace(/\b(dyn|mut|as|impl)(?=\w)/g, '$1 ');
}

const NUMBERS = /^(?:[uf](?:16|32|64)|u128)$/;

/**
 * Returns the name of the codec of a type, or undefined if the crate does not say how its values are written: that is up to the
 * program. Not of `Vec<u8>`, whose bytes may say more than the type.
 */
export function codecOfType(program: RustProgram, { file, from, to }: Place, depth = 0): string | undefined {
  const { tree } = file;
  if (depth > MAX_DEPTH || to - from > MAX_TYPE) return undefined;
  const inner = (range: { readonly from: number; readonly to: number }) => codecOfType(program, { file, ...range }, depth + 1);
  if (tree.at(from) === '(' && tree.end(from) === to - 1) {
    const members = tree.split(tree.inside(from)).map(inner);
    return members.length < 2 ? undefined : composed('storable.tuple', members);
  }
  if (tree.at(from) === '[' && tree.end(from) === to - 1) {
    const semicolon = tree.next(from + 1, to - 1, [';']);
    const length = numberIn(tree.at(semicolon + 1));
    const isBytes = semicolon === from + 2 && tree.at(from + 1) === 'u8' && semicolon + 3 === to;
    return isBytes && length !== undefined ? composed('storable.array', [String(length)]) : undefined;
  }
  const last = lastOfPath(tree, from, to);
  const name = tree.word(last);
  if (name === undefined || program.declares(name)) return undefined;
  if (last + 1 === to) {
    const alias = program.alias(name, file);
    if (alias !== undefined) return codecOfType(program, { file: alias.file, ...alias.type }, depth + 1);
    if (name === 'u8' || name === 'bool') return name;
    if (NUMBERS.test(name)) return name === 'f16' ? undefined : `${name}-be`;
    return name === 'String' ? 'text' : name === 'Principal' ? 'principal' : undefined;
  }
  if (tree.at(last + 1) !== '<' || tree.afterAngles(last + 1, to) !== to) return undefined;
  const range = { from: last + 2, to: to - 1 };
  if (name === 'Option') return composed('storable.option', [inner(range)]);
  if (name === 'Reverse') return composed('storable.reverse', [inner(range)]);
  if (name !== 'Blob' || range.from + 1 !== range.to) return undefined;
  const length = numberIn(tree.at(range.from));
  return length === undefined ? undefined : composed('storable.blob', [String(length)]);
}

/** Returns the index of the last word of the path that begins a range. */
function lastOfPath(tree: RustFile['tree'], from: number, to: number): number {
  let last = from;
  while (last + 2 < to && tree.at(last + 1) === '::') last += 2;
  return last;
}

/** Returns the name of a codec of others, if all of them are known and there is such a codec. */
function composed(outer: string, members: readonly (string | undefined)[]): string | undefined {
  if (members.includes(undefined)) return undefined;
  const name = `${outer}(${members.join(', ')})`;
  return codecOf(name)?.name;
}
