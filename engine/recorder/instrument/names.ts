/** The names of a module's functions (WebAssembly core specification, "Name Section"). */
import { demangle } from './demangle/demangle.ts';
import type { Reader } from './format/reader.ts';
import { Refusal } from './format/refusal.ts';
import { NAME_SECTION, Sections } from './format/sections.ts';
import type { ModuleInfo } from './instrument.ts';

/** The part of the section with the names of functions. */
const FUNCTION_NAMES = 1;

/**
 * Returns the names of functions by their indexes, as far as they can be read. Names of Rust are as in the source.
 *
 * `module` is the original, because an instrumented module has no names.
 */
export function readFunctionNames(module: Uint8Array): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  try {
    const section = new Sections(module).customs.find(({ name }) => name === NAME_SECTION);
    if (section) readParts(section.content, names);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  return names;
}

function readParts(section: Reader, names: Map<number, string>): void {
  section.name();
  while (!section.isAtEnd) {
    const part = section.byte();
    const content = section.sub(section.index(), 'the name section');
    if (part !== FUNCTION_NAMES) continue;
    for (let left = content.index(); left > 0; left--) {
      const index = content.index();
      names.set(index, demangle(content.name()));
    }
  }
}

/** Returns the index in the original module of a function of the new one. Returns undefined for functions that were added. */
export function toOriginalIndex(info: ModuleInfo, index: number): number | undefined {
  if (index < info.importedFunctions) return index;
  const original = index - info.addedImports;
  return original >= info.importedFunctions && original < info.functions ? original : undefined;
}
