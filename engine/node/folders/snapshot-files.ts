import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Metadata } from './metadata.ts';
import type { Progress } from './progress.ts';

/** The file or files that hold one memory. */
export type MemoryFiles =
  /** The whole memory in one file, which may be compressed. */
  | { readonly kind: 'file'; readonly path: string }
  /** A replica's memory: a base and the overlays written after it, oldest first. */
  | { readonly kind: 'layers'; readonly base: string | undefined; readonly overlays: readonly string[] }
  /** Bytes that another program writes to standard input. */
  | { readonly kind: 'standard-input' };

/** A canister's snapshot on disk, written by any tool. */
export interface SnapshotFiles {
  readonly title: string;
  /** Undefined if the snapshot is known to have none. */
  readonly stable: MemoryFiles | undefined;
  /** The folder of its files, where a labels file is looked for too. Undefined if it has no files. */
  readonly folder: string | undefined;
  /** True for a single raw file. Other files in its folder do not belong to the snapshot. */
  readonly isAlone?: boolean | undefined;
  /** The main memory of the same canister. */
  readonly main?: MemoryFiles | undefined;
  /** Its Wasm module. */
  readonly module?: string | undefined;
  readonly metadata?: Metadata | undefined;
  /** Progress of each download, if it was interrupted. */
  readonly progress?: { readonly stable: Progress | undefined; readonly main: Progress | undefined } | undefined;
  /** Size of the stable memory in WebAssembly pages, if the state has it. */
  readonly pages?: number | undefined;
  /** Full sentences about its origin. */
  readonly remarks?: readonly string[] | undefined;
}

/** A folder without a readable snapshot. */
export interface NoSnapshot {
  /** A full sentence that says what happened, where, and what to do. */
  readonly problem: string;
}

/** Returns all files of a memory, base first. */
export function pathsOf(files: MemoryFiles | undefined): readonly string[] {
  if (files === undefined || files.kind === 'standard-input') return [];
  return files.kind === 'file' ? [files.path] : [...(files.base === undefined ? [] : [files.base]), ...files.overlays];
}

/** File extensions of compressed files. */
export const PACKED_ENDINGS = ['.gz', '.zst'] as const;

/** Finds a file in a folder by its name, raw or compressed. */
export function fileIn(folder: string, name: string): string | undefined {
  return ['', ...PACKED_ENDINGS].map((ending) => join(folder, `${name}${ending}`)).find((path) => existsSync(path));
}

/** Finds a memory's file in a folder by its name, raw or compressed. */
export function memoryIn(folder: string, name: string): MemoryFiles | undefined {
  const path = fileIn(folder, name);
  return path === undefined ? undefined : { kind: 'file', path };
}

/** Returns true if the path's file name is `name`, raw or compressed. */
export function isNamed(path: string, name: string): boolean {
  const last = basename(path);
  return ['', ...PACKED_ENDINGS].some((ending) => last === `${name}${ending}`);
}
