import { bodiesOf } from './bodies.ts';
import { CallGraph } from './call-graph.ts';
import { type CodePlan, CodeRewriter } from './code.ts';
import { type Declarations, KIND, readDeclarations } from './declarations.ts';
import { rewriteElements } from './elements.ts';
import { type AddedExport, rewriteExports } from './exports.ts';
import type { Reader } from './format/reader.ts';
import { Refusal } from './format/refusal.ts';
import { HEADER, NAME_SECTION, SECTION, Sections } from './format/sections.ts';
import { Writer } from './format/writer.ts';
import { FunctionIndexes } from './function-indexes.ts';
import { FunctionTypes } from './function-types.ts';
import { type Globals, type MutableGlobal, rewriteGlobals } from './globals.ts';
import { Helpers } from './helpers.ts';
import { ADDED_IMPORTS, EXPORT, functionExport, type HostIndexes, hostIndexes, tableExport } from './host.ts';
import { rewriteImports } from './imports.ts';
import { rewriteTables } from './tables.ts';

/** Maximum bytes of a number that is written before something. */
const MAX_NUMBER_LENGTH = 10;

/** The result of `instrument`. A module that cannot be instrumented yields a sentence that names what is in the way. */
export type Instrumented =
  | { readonly ok: true; readonly bytes: Uint8Array<ArrayBuffer>; readonly info: ModuleInfo }
  | { readonly ok: false; readonly problem: string };

/** The properties of an instrumented module that its host needs to know. */
export interface ModuleInfo {
  /** Main memory has addresses of 64 bits. */
  readonly memory64: boolean;
  readonly hasMemory: boolean;
  readonly hasStart: boolean;
  /** The mutable globals of the original module. */
  readonly mutableGlobals: readonly Pick<MutableGlobal, 'name' | 'type'>[];
  /** The globals of the original module that a snapshot's metadata lists: those that are mutable or exported, in order. */
  readonly listedGlobals: readonly { readonly mutable: boolean }[];
  readonly tables: readonly TableInfo[];
  /** The number of functions of the original module, with its imports. */
  readonly functions: number;
  /** The difference between the index of a function in the new module and in the original, unless it is imported. */
  readonly addedImports: number;
  /** The number of functions that the original module imports. */
  readonly importedFunctions: number;
}

/** A table of the original module. */
interface TableInfo {
  /** The name under which it is exported. */
  readonly name: string;
  /** Code may change it. */
  readonly changes: boolean;
}

/**
 * Rewrites a module so that a host can undo what a message changed, knows the calls that led to stable memory, and can end a
 * message that runs for too long. `host.ts` has the names of what is added.
 */
export function instrument(module: Uint8Array): Instrumented {
  try {
    return { ok: true, ...rewrite(new Sections(module)) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, problem: error.message };
    throw error;
  }
}

function rewrite(sections: Sections): { readonly bytes: Uint8Array<ArrayBuffer>; readonly info: ModuleInfo } {
  const declarations = readDeclarations(sections);
  const { importedFunctions, stableFunctions, functionTypes, parameterCounts } = declarations;
  const functions = new FunctionIndexes(importedFunctions);
  const globals = rewriteGlobals(sections.reader(SECTION.global), functions);
  const elements = rewriteElements(sections.reader(SECTION.element), functions);
  const graph = readCallGraph(sections, declarations, functions);
  const host = hostIndexes(importedFunctions, importedFunctions + functionTypes.length, globals.count);
  const types = new FunctionTypes(parameterCounts.length);
  const imports = rewriteImports(sections.reader(SECTION.import), types);
  const reaching = graph.reaching(stableFunctions, functions);
  const code = rewriteCode(sections, declarations, { host, functions, graph, reaching }, types);
  const added = addedExports(declarations, globals, host, functions, graph);
  const exported = rewriteExports(sections.reader(SECTION.export), functions, added);

  const module = new Writer(sections.bytes.length + code.section.length);
  const write = (id: number, content: Writer) => {
    module.code([id]);
    module.sized(content);
  };
  const keep = (id: number) => {
    if (sections.has(id)) copySection(id, sections.reader(id), module);
  };
  module.code(HEADER);
  write(SECTION.type, types.section(sections.reader(SECTION.type)));
  write(SECTION.import, imports);
  write(SECTION.function, functionSection([...functionTypes, ...code.helpers.functionTypes]));
  if (sections.has(SECTION.table)) write(SECTION.table, rewriteTables(sections.reader(SECTION.table)));
  keep(SECTION.memory);
  write(SECTION.global, globals.section);
  write(SECTION.export, exported.section);
  write(SECTION.element, elements);
  keep(SECTION.dataCount);
  write(SECTION.code, code.section);
  keep(SECTION.data);
  // Names are by index, and indexes have changed. The host has them from the original module.
  for (const custom of sections.customs) if (custom.name !== NAME_SECTION) copySection(SECTION.custom, custom.content, module);
  return { bytes: module.toBytes(), info: infoOf(declarations, globals, exported.globals, graph) };
}

/** Copies a section, all of whose content is still to be read. */
function copySection(id: number, content: Reader, module: Writer): void {
  module.code([id]);
  module.unsigned(content.end - content.position);
  module.copy(content.bytes, content.position, content.end);
}

function readCallGraph(sections: Sections, declarations: Declarations, functions: FunctionIndexes): CallGraph {
  const graph = new CallGraph();
  for (const { index, reader } of bodiesOf(sections, declarations)) graph.readBody(index, reader, functions);
  return graph;
}

interface Code {
  readonly section: Writer;
  readonly helpers: Helpers;
}

function rewriteCode(
  sections: Sections,
  declarations: Declarations,
  plan: Omit<CodePlan, 'helpers'>,
  types: FunctionTypes,
): Code {
  const helpers = new Helpers(plan.host, types, declarations.isWide);
  const original = sections.reader(SECTION.code);
  const rewriter = new CodeRewriter({ ...plan, helpers }, 2 * (original.end - original.position));
  for (const body of bodiesOf(sections, declarations)) rewriter.rewrite(body);
  const section = new Writer(rewriter.bodies.length + helpers.bodies.length + MAX_NUMBER_LENGTH);
  section.unsigned(declarations.functionTypes.length + helpers.functionTypes.length);
  section.append(rewriter.bodies);
  section.append(helpers.bodies);
  return { section, helpers };
}

function functionSection(types: readonly number[]): Writer {
  const section = new Writer(types.length + MAX_NUMBER_LENGTH);
  section.unsigned(types.length);
  for (const type of types) section.unsigned(type);
  return section;
}

function addedExports(
  { hasMemory, start, tables }: Declarations,
  globals: Globals,
  host: HostIndexes,
  functions: FunctionIndexes,
  graph: CallGraph,
): readonly AddedExport[] {
  const added: AddedExport[] = [
    { name: EXPORT.page0, kind: KIND.global, index: host.page0 },
    { name: EXPORT.page1, kind: KIND.global, index: host.page1 },
    { name: EXPORT.path, kind: KIND.global, index: host.path },
    { name: EXPORT.ticks, kind: KIND.global, index: host.ticks },
  ];
  if (hasMemory) added.push({ name: EXPORT.memory, kind: KIND.memory, index: 0 });
  if (start !== undefined) added.push({ name: EXPORT.start, kind: KIND.function, index: functions.shifted(start) });
  for (const { name, index } of globals.mutable) added.push({ name, kind: KIND.global, index });
  for (let index = 0; index < tables; index++) added.push({ name: tableExport(index), kind: KIND.table, index });
  const keepsReferences = graph.changedTables.size > 0 || globals.mutable.some(({ type }) => type === 'funcref');
  if (!keepsReferences) return added;
  for (const index of functions.taken) {
    added.push({ name: functionExport(index), kind: KIND.function, index: functions.shifted(index) });
  }
  return added;
}

function infoOf(declarations: Declarations, globals: Globals, exported: ReadonlySet<number>, graph: CallGraph): ModuleInfo {
  const { hasMemory, isWide, start, tables, importedFunctions, functionTypes } = declarations;
  return {
    memory64: isWide,
    hasMemory,
    hasStart: start !== undefined,
    mutableGlobals: globals.mutable.map(({ name, type }) => ({ name, type })),
    listedGlobals: listedGlobals(globals, exported),
    tables: Array.from({ length: tables }, (_, index) => ({ name: tableExport(index), changes: graph.changedTables.has(index) })),
    functions: importedFunctions + functionTypes.length,
    addedImports: ADDED_IMPORTS,
    importedFunctions,
  };
}

function listedGlobals({ count, mutable }: Globals, exported: ReadonlySet<number>): ModuleInfo['listedGlobals'] {
  const indexes = new Set(mutable.map(({ index }) => index));
  return Array.from({ length: count }, (_, index) => index)
    .filter((index) => indexes.has(index) || exported.has(index))
    .map((index) => ({ mutable: indexes.has(index) }));
}
