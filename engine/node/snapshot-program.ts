import { statSync } from 'node:fs';
import type { ByteSource } from '../core/memory/source.ts';
import type { MotokoProgram } from '../motoko/heap/variables.ts';
import { findMadeRecords } from '../motoko/program/persisted.ts';
import { parseSignature } from '../motoko/signature/parse.ts';
import { namesOfProgram, readModuleTexts } from '../motoko/stable-types.ts';
import type { FieldNames } from '../values/codecs/candid.ts';
import { FileSource } from './file-source.ts';
import { firstBytes } from './open-source.ts';
import { packingOf, unpack } from './unpack.ts';

/** The Internet Computer takes no larger modules. */
const LARGEST_MODULE = 256 * 1024 * 1024;

/** What a snapshot's program says of itself. */
export interface Program {
  /** What it calls its variables and fields, by their Candid hashes. */
  readonly names: FieldNames;
  /** Whether it is one of Motoko. */
  readonly isMotoko: boolean;
  /** Its stable variables, where it is one of Motoko that says so in a way that can be read. */
  readonly motoko: MotokoProgram | undefined;
}

/**
 * Reads what the program of a snapshot says of itself; undefined where its module is not there or cannot be read: then fields go by their
 * hashes. Of the module only the heads of its sections are read, those that have names, and the code that keeps variables through an
 * upgrade. A packed one is unpacked to a temporary file.
 */
export async function readProgram(path: string | undefined): Promise<Program | undefined> {
  try {
    if (path === undefined || !statSync(path).isFile()) return undefined;
    const module = await openModule(path);
    if (module === undefined) return undefined;
    try {
      const texts = readModuleTexts(module);
      const signature = texts.stableTypes === undefined ? undefined : parseSignature(texts.stableTypes);
      const motoko = signature && { signature, records: findMadeRecords(module) };
      return { names: namesOfProgram(texts), isMotoko: texts.stableTypes !== undefined, motoko };
    } finally {
      module.close();
    }
  } catch {
    return undefined;
  }
}

async function openModule(path: string): Promise<(ByteSource & { close(): void }) | undefined> {
  const packing = packingOf(firstBytes(path));
  if (packing === undefined) return new FileSource(path);
  const unpacked = await unpack(path, packing, { unpackLimit: LARGEST_MODULE });
  return typeof unpacked === 'string' ? undefined : unpacked.source;
}
