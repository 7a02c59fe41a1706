import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Metadata } from './metadata.ts';
import type { Progress } from './progress.ts';

/** The file or files that hold one memory. */
export type MemoryFiles =
  /** All of it in one, which may be packed. */
  | { readonly kind: 'file'; readonly path: string }
  /** A replica's: a base and what was written after it, the oldest first. */
  | { readonly kind: 'layers'; readonly base: string | undefined; readonly overlays: readonly string[] }
  /** What another program writes into this one. */
  | { readonly kind: 'standard-input' };

/** A canister's snapshot on disk, whatever tool left it there. */
export interface SnapshotFiles {
  readonly title: string;
  /** Undefined: the snapshot is known to have none. */
  readonly stable: MemoryFiles | undefined;
  /** Where its files lie, and where a file of labels is looked for; undefined where it has no files. */
  readonly folder: string | undefined;
  /** True for a raw file by itself: what else is in its folder is not the snapshot's. */
  readonly isAlone?: boolean | undefined;
  /** The main memory of the same canister. */
  readonly main?: MemoryFiles | undefined;
  /** Its program. */
  readonly module?: string | undefined;
  readonly metadata?: Metadata | undefined;
  /** How far the download of each came, where one was interrupted. */
  readonly progress?: { readonly stable: Progress | undefined; readonly main: Progress | undefined } | undefined;
  /** Size of the stable memory in WebAssembly pages, where the state says it. */
  readonly pages?: number | undefined;
  /** Full sentences on where it comes from. */
  readonly remarks?: readonly string[] | undefined;
}

/** A folder that no snapshot can be read from. */
export interface NoSnapshot {
  /** A full sentence: what happened, where, what to do. */
  readonly problem: string;
}

/** Returns all files of a memory, the base first. */
export function pathsOf(files: MemoryFiles | undefined): readonly string[] {
  if (files === undefined || files.kind === 'standard-input') return [];
  return files.kind === 'file' ? [files.path] : [...(files.base === undefined ? [] : [files.base]), ...files.overlays];
}

/** Endings of files that are unpacked before they are read. */
export const PACKED_ENDINGS = ['.gz', '.zst'] as const;

/** Finds a file by its name in a folder, as it is or packed. */
export function fileIn(folder: string, name: string): string | undefined {
  return ['', ...PACKED_ENDINGS].map((ending) => join(folder, `${name}${ending}`)).find((path) => existsSync(path));
}

/** The same as a memory's files. */
export function memoryIn(folder: string, name: string): MemoryFiles | undefined {
  const path = fileIn(folder, name);
  return path === undefined ? undefined : { kind: 'file', path };
}

/** True for a path whose last part is that name, also packed. */
export function isNamed(path: string, name: string): boolean {
  const last = basename(path);
  return ['', ...PACKED_ENDINGS].some((ending) => last === `${name}${ending}`);
}
