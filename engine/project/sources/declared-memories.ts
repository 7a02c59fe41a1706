import type { DeclaredMemory } from '../declared-memory.ts';
import type { RustFile, RustFunction, Value } from './items.ts';
import { type Place, RustProgram } from './program.ts';
import { codecOfType, type StructureType, structureIn, structureNamed } from './types.ts';

/** A use of a memory that gives it a name. */
interface Claim {
  readonly id: number;
  /** How directly it names what is in the memory: 0 for a structure's own name, then constants, then functions. */
  readonly rank: 0 | 1 | 2;
  readonly name: string;
  readonly file: RustFile;
  /** Index of the name. */
  readonly at: number;
  readonly type: StructureType | undefined;
}

/**
 * Returns the memories that a program declares, by their ids. Where two names claim one memory with the same right, it has none.
 */
export function declaredMemories(files: readonly RustFile[]): readonly DeclaredMemory[] {
  const program = new RustProgram(files);
  const claims = new Map<number, Claim[]>();
  for (const claim of program.files.flatMap((file) => claimsIn(program, file))) {
    const others = claims.get(claim.id);
    if (others === undefined) claims.set(claim.id, [claim]);
    else others.push(claim);
  }
  const named = [...claims.values()].flatMap((each) => best(each) ?? []);
  const counts = new Map<string, number>();
  for (const { name } of named) counts.set(name, (counts.get(name) ?? 0) + 1);
  return named.map((claim) => {
    // A name of several memories, such as `DB` in each file, says less than those of their constants.
    const other =
      counts.get(claim.name) === 1 ? undefined : best((claims.get(claim.id) ?? []).filter(({ rank }) => rank > claim.rank));
    return declared(program, other === undefined ? claim : { ...other, type: claim.type });
  });
}

/** Returns the claim that gives a memory its name. Claims of the same name agree, and the first with a type is taken. */
function best(claims: readonly Claim[]): Claim | undefined {
  const rank = Math.min(...claims.map((claim) => claim.rank));
  const first = claims.filter((claim) => claim.rank === rank);
  const [claim = first[0]] = first.filter(({ type }) => type !== undefined);
  const agrees = ({ name, type = claim?.type }: Claim) => name === claim?.name && type?.structure === claim.type?.structure;
  return first.every(agrees) ? claim : undefined;
}

function declared(program: RustProgram, { id, name, file, at, type }: Claim): DeclaredMemory {
  const { structure, elements: [first, second] = [] } = type ?? {};
  const codec = (place: Place | undefined) => place && codecOfType(program, place);
  return {
    id,
    name,
    from: `${file.path}:${file.tree.line(at)}`,
    type: type?.text,
    structure,
    key: structure === 'btreemap' || structure === 'btreeset' ? codec(first) : undefined,
    value: structure === 'btreemap' ? codec(second) : structure === 'btreeset' ? undefined : codec(first),
  };
}

function claimsIn(program: RustProgram, file: RustFile): readonly Claim[] {
  const sites = structuresMade(program, file);
  const structures = sites.flatMap(({ claims }) => claims);
  // A static with structures in it has their memories; the structures name them.
  const others = file.values.filter(({ value: { from, to } }) => !sites.some(({ site }) => from <= site && site < to));
  const values = others.flatMap((value) => claimsOfValue(program, value));
  const functions = file.functions.flatMap((each) => claimsOfFunction(program, each));
  return [...structures, ...values, ...functions];
}

/** Returns the claim of a constant, or of a static with a structure that this program or another crate declares. */
function claimsOfValue(program: RustProgram, { kind, name, file, at, type, value }: Value): readonly Claim[] {
  const isId = kind === 'const' && file.tree.words(type).at(-1) === 'MemoryId';
  if (kind === 'const' && !isId) return [];
  const ids = program.memoriesIn({ file, ...value });
  if (ids?.length !== 1) return [];
  if (isId) return ids.map((id): Claim => ({ id, rank: 1, name: nameOfConstant(name), file, at, type: undefined }));
  const structure = structureIn(program, { file, ...type });
  // Without the place where it is made, a `Vec` may be the usual one.
  const known = structure?.text.startsWith('Stable') === true ? structure : undefined;
  return ids.map((id): Claim => ({ id, rank: 0, name: name.toLowerCase(), file, at, type: known }));
}

/** Returns the claim of a function like `get_users_memory`. */
function claimsOfFunction(program: RustProgram, called: RustFunction): readonly Claim[] {
  const { name, file, at, parameters, result } = called;
  const { from, to } = result;
  const type = file.tree.words({ from, to: file.tree.next(from, to, ['<']) }).at(-1) ?? '';
  const isMemory = type.endsWith('Memory');
  const ids = parameters.length === 0 && isMemory ? program.memoriesOf(called) : undefined;
  const short = nameOfFunction(name);
  return ids?.length === 1 && short !== ''
    ? ids.map((id): Claim => ({ id, rank: 2, name: short, file, at, type: undefined }))
    : [];
}

/** The end of a constant's or function's name that is not about what is in the memory. */
const SUFFIX = /(?<=.)_(?:virtual_mem(?:ory)?|mem(?:ory)?_?(?:id|idx|index)?|id)$/;

/** Returns the name of a memory from that of its constant: `USERS_MEMORY_ID` and `MEMORY_ID_USERS` become `users`. */
function nameOfConstant(name: string): string {
  return name
    .toLowerCase()
    .replace(/^mem(?:ory)?_?id_(?=.)/, '')
    .replace(SUFFIX, '');
}

/** Returns the name of a memory from that of a function: `get_users_memory` becomes `users`. */
function nameOfFunction(name: string): string {
  return name
    .toLowerCase()
    .replace(/^(?:get|init)_(?=.)/, '')
    .replace(SUFFIX, '');
}

/** A structure that a file makes. */
interface Made {
  /** Index of the name of its type. */
  readonly site: number;
  readonly claims: readonly Claim[];
}

/** The functions that open or create a structure: `init`, `new`, `load`, `init_with_sizes`. */
const MAKES = /^(?:init|new|load)(?:_|$)/;

/** Finds the places where structures are made in memories: `StableBTreeMap::init(…)`. */
function structuresMade(program: RustProgram, file: RustFile): readonly Made[] {
  const { tree } = file;
  const made: Made[] = [];
  for (const [index, { kind, text }] of tree.tokens.entries()) {
    if (kind !== 'word' || tree.at(index + 1) !== '::' || (tree.at(index - 1) === '::' && isType(tree.at(index - 2)))) continue;
    const method = tree.at(index + 2) === '<' ? tree.afterAngles(index + 2, tree.tokens.length) + 1 : index + 2;
    if (!MAKES.test(tree.at(method)) || tree.at(method + 1) !== '(') continue;
    const structure = structureNamed(program, text, file);
    if (structure === undefined) continue;
    const parameters = tree.split(tree.inside(method + 1));
    // That of the standard library has only a value.
    if (structure === 'cell' && parameters.length < 2) continue;
    const [first, second] = parameters.map((range) => program.memoriesIn({ file, ...range }));
    const owner = ownerOf(program, { file, from: startOfPath(tree, index), to: tree.end(method + 1) + 1 });
    // A function that makes a structure and does not return it only works on it.
    if (owner === undefined || (owner.rank === 2 && owner.type?.structure !== structure)) continue;
    const written = structureIn(program, { file, from: index, to: method });
    const type =
      owner.type !== undefined && owner.type.structure === structure
        ? owner.type
        : { ...(written ?? { text, elements: [] }), structure };
    const claim = (id: number, name: string): Claim => ({ id, rank: owner.rank, name, file, at: owner.at, type });
    const [id, data] = [onlyId(first), onlyId(second)];
    if (structure === 'log') {
      if (id !== undefined && data !== undefined)
        made.push({
          site: index,
          claims: [claim(id, `${owner.name} (index)`), { ...claim(data, `${owner.name} (data)`), type: undefined }],
        });
    } else if (id !== undefined) made.push({ site: index, claims: [claim(id, owner.name)] });
  }
  return made;
}

function onlyId(ids: readonly number[] | undefined): number | undefined {
  return ids?.length === 1 ? ids[0] : undefined;
}

function isType(text: string): boolean {
  return /^[A-Z]/.test(text);
}

/** The name that a structure gets where it is made. */
interface Owner {
  readonly name: string;
  readonly at: number;
  readonly rank: Claim['rank'];
  readonly type: StructureType | undefined;
}

/** Maximum calls and blocks around the place where a structure is made. */
const MAX_AROUND = 12;

/** Returns the field, static or function that an expression becomes the value of: the nearest around it. */
function ownerOf(program: RustProgram, { file, from }: Place): Owner | undefined {
  const { tree } = file;
  let index = from;
  for (let steps = 0; steps < MAX_AROUND; steps++) {
    const before = tree.at(index - 1);
    if (before === ':') return fieldBefore(program, file, index - 2);
    if (before === '=') return valueBefore(program, file, index - 1);
    const open = tree.around(index);
    if (open < 0) return undefined;
    if (before !== '(' && before !== '{' && before !== ';' && before !== '}' && before !== '|') return undefined;
    // It is an argument of a call, or the value of a block.
    if (tree.at(open) === '{') {
      const owner = functionWith(program, file, open);
      if (owner !== undefined) return owner;
      index = open;
    } else if (tree.at(open) === '(' && open - 1 > 0) index = startOfPath(tree, open - 1);
    else return undefined;
  }
  return undefined;
}

/** Returns the index where the path and method calls that end at an index begin: of `Some::<T>` the index of `Some`. */
function startOfPath(tree: RustFile['tree'], end: number): number {
  let index = end;
  for (let steps = 0; steps < MAX_AROUND; steps++) {
    const before = tree.at(index - 1);
    if ((before === '::' || before === '.') && tree.word(index - 2) !== undefined) index -= 2;
    else break;
  }
  return index;
}

function fieldBefore(program: RustProgram, file: RustFile, at: number): Owner | undefined {
  const { tree } = file;
  const name = tree.word(at);
  const open = tree.around(at);
  if (name === undefined || tree.at(open) !== '{' || !['{', ','].includes(tree.at(at - 1))) return undefined;
  const field = program.field(name, tree.word(open - 1));
  const type = field && structureIn(program, { file: field.file, ...field.type });
  return { name: name.toLowerCase(), at, rank: 0, type };
}

/** Returns the static whose value begins after the `=` at an index. The names of variables say little. */
function valueBefore(program: RustProgram, file: RustFile, equals: number): Owner | undefined {
  const found = file.values.find(({ value: { from } }) => from === equals + 1);
  if (found === undefined) return undefined;
  return { name: found.name.toLowerCase(), at: found.at, rank: 0, type: structureIn(program, { file, ...found.type }) };
}

/** Returns the function whose body begins at a bracket. */
function functionWith(program: RustProgram, file: RustFile, open: number): Owner | undefined {
  const found = file.functions.find(({ body }) => body.from === open + 1);
  if (found === undefined) return undefined;
  const type = structureIn(program, { file, ...found.result });
  return { name: nameOfFunction(found.name), at: found.at, rank: 2, type };
}
