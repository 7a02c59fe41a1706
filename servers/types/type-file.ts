import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readWhole } from '../../engine/node/read-whole.ts';
import type { ValueType } from '../../engine/values/typing/value-type.ts';

export type LoadedType = ValueType | { readonly problem: string };

/** A file with types, and the type in it; undefined if it is not named. */
export interface TypeInFile {
  readonly path: string;
  readonly name: string | undefined;
}

/** Maximum size of a file with types, in bytes. */
export const MAX_TYPE_FILE = 16 * 2 ** 20;
/** Maximum files that one includes, also through others. */
export const MAX_INCLUDED = 200;

/** Reads a file with types. @throws UserError */
export function textOf(path: string): string {
  return new TextDecoder().decode(readWhole(path, MAX_TYPE_FILE));
}

const MAX_NAMES = 20;

/** Returns a sentence that lists the types of a file. */
export function whichOf(path: string, names: readonly string[]): string {
  if (names.length === 0) return `${path} defines no types.`;
  const more = names.length > MAX_NAMES ? ', …' : '';
  return `Name one of its types, as in ${path}#${names[0]}: ${names.slice(0, MAX_NAMES).join(', ')}${more}.`;
}

/** Returns the file that another one includes: the path starts at its folder or one above it. */
export function includedFile(included: string, from: string): string | undefined {
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const path = join(folder, included);
    if (existsSync(path)) return path;
    if (dirname(folder) === folder) return undefined;
  }
}
