import { statSync } from 'node:fs';
import type { ByteSource } from '../core/memory/source.ts';
import type { MotokoProgram } from '../motoko/heap/variables.ts';
import { findMadeRecords } from '../motoko/program/persisted.ts';
import { parseSignature } from '../motoko/signature/parse.ts';
import { namesOfProgram, readModuleTexts } from '../motoko/stable-types.ts';
import type { FieldNames } from '../values/codecs/candid.ts';
import { openModule } from './open-module.ts';

/** Facts about a snapshot's program from its module. */
export interface Program {
  /** Names of its variables and fields by Candid hash. */
  readonly names: FieldNames;
  /** Its interface as text. */
  readonly candid: string | undefined;
  /** True for a Motoko program. */
  readonly isMotoko: boolean;
  /** Its stable variables, if it is a Motoko program with a readable declaration. */
  readonly motoko: MotokoProgram | undefined;
}

/** Returns the facts about a program in its module. */
export function programIn(module: ByteSource): Program {
  const texts = readModuleTexts(module);
  const signature = texts.stableTypes === undefined ? undefined : parseSignature(texts.stableTypes);
  const motoko = signature && { signature, records: findMadeRecords(module) };
  return { names: namesOfProgram(texts), candid: texts.candidService, isMotoko: texts.stableTypes !== undefined, motoko };
}

/**
 * Reads facts about a snapshot's program from its module. Returns undefined if the module is missing or unreadable; fields are
 * then shown by hash. Reads only the section headers, the sections with names, and the code that keeps variables through an
 * upgrade. A compressed module is unpacked to a temporary file.
 */
export async function readProgram(path: string | undefined): Promise<Program | undefined> {
  try {
    if (path === undefined || !statSync(path).isFile()) return undefined;
    const module = await openModule(path);
    if (typeof module === 'string') return undefined;
    try {
      return programIn(module);
    } finally {
      module.close();
    }
  } catch {
    return undefined;
  }
}
