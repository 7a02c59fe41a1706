import { randomUUID } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../../core/user-error.ts';
import { METADATA_FILE } from '../folders/metadata.ts';
import { canisterFolder } from '../folders/replica.ts';
import { describeWriteError } from './output-error.ts';
import { temporary } from './temporary.ts';

export interface OutputOptions {
  /**
   * Files that the output is made from. They are never overwritten, under any name, and neither is any file in a snapshot's
   * folder.
   */
  readonly inputs: readonly string[];
  /** The folder of the snapshot that the output is made from. Nothing is written into it or its subfolders. */
  readonly folder?: string | undefined;
  /** True if an existing file may be replaced. */
  readonly force: boolean;
}

/**
 * Writes a file atomically: writes a temporary file next to it and renames that. No partial file remains after a failure.
 * @throws UserError if the path must not be written to, or the file cannot be written.
 */
export function writeOutput(path: string, options: OutputOptions, write: (sink: (bytes: Uint8Array) => void) => void): void {
  const file = openUnfinished(path, options);
  try {
    write(file.write);
    file.finish();
  } finally {
    file.close();
  }
}

/**
 * Does the same piece by piece, and yields after each. If the work is given up between two pieces, which is what `return` of the generator
 * does, no file remains.
 */
export function* writePieces(path: string, options: OutputOptions, pieces: Iterable<Uint8Array>): Generator<void> {
  const file = openUnfinished(path, options);
  try {
    for (const piece of pieces) {
      file.write(piece);
      yield;
    }
    file.finish();
  } finally {
    file.close();
  }
}

/** A file that has its name only when it is finished. */
export interface UnfinishedOutput {
  readonly write: (bytes: Uint8Array) => void;
  /** Gives it its name. */
  finish(): void;
  /** Closes it, and removes it if it is not finished. */
  close(): void;
}

/** Opens a file to write, for a caller that closes it. @throws UserError if the path must not or cannot be written to */
export function openUnfinished(path: string, options: OutputOptions): UnfinishedOutput {
  const existing = checkTarget(path, options);
  const part = `${path}.${randomUUID()}.part`;
  const onDisk = <T>(use: () => T): T => {
    try {
      return use();
    } catch (error) {
      throw new UserError('input', describeWriteError(path, error));
    }
  };
  const unfinished = temporary(part);
  let descriptor: number | undefined;
  try {
    descriptor = onDisk(() => openSync(part, 'wx', existing === undefined ? 0o666 : existing.mode & 0o777));
  } finally {
    if (descriptor === undefined) unfinished.remove();
  }
  const open = descriptor;
  const closeFile = (): void => {
    if (descriptor !== undefined) closeSync(descriptor);
    descriptor = undefined;
  };
  return {
    write: (bytes) => {
      for (let done = 0; done < bytes.length; ) done += onDisk(() => writeSync(open, bytes, done));
    },
    finish: () => {
      onDisk(() => fsyncSync(open));
      closeFile();
      // Another program may have created something existing meanwhile.
      checkTarget(path, options);
      onDisk(() => renameSync(part, path));
      unfinished.keep();
    },
    close: () => {
      closeFile();
      unfinished.remove();
    },
  };
}

/** A file that is written piece by piece, under its own name: what was written stays readable if the program ends early. */
export interface GrowingOutput {
  write(bytes: Uint8Array): void;
  close(): void;
}

/** Creates a file, or empties one that may be replaced. @throws UserError if the path must not or cannot be written to */
export function openOutput(path: string, options: OutputOptions): GrowingOutput {
  const existing = checkTarget(path, options);
  const onDisk = <T>(use: () => T): T => {
    try {
      return use();
    } catch (error) {
      throw new UserError('input', describeWriteError(path, error));
    }
  };
  const descriptor = onDisk(() => openSync(path, existing === undefined ? 'wx' : 'w'));
  return {
    write: (bytes) => {
      for (let done = 0; done < bytes.length; ) done += onDisk(() => writeSync(descriptor, bytes, done));
    },
    close: () => closeSync(descriptor),
  };
}

/** Returns what is at the path: nothing, or a regular file that may be replaced. @throws UserError otherwise. */
export function checkTarget(path: string, { inputs, folder, force }: OutputOptions): Stats | undefined {
  for (const input of inputs) {
    if (isSameFile(input, path))
      throw new UserError('input', `${path} is the file that is being read (${input}). Choose another file to write to.`);
  }
  assertOutsideSnapshots(path, { inputs, folder });
  const existing = statOf(path);
  if (existing === undefined) return undefined;
  if (existing.isSymbolicLink()) throw new UserError('input', `${path} is a link. Choose the file itself, or another one.`);
  if (existing.isDirectory()) throw new UserError('input', `${path} is a folder. Choose a file in it.`);
  if (!existing.isFile()) throw new UserError('input', `${path} is a device or a pipe, not a file. Choose a file to write to.`);
  if (!force) throw new UserError('input', `${path} already exists. Choose another file, or replace it with --force.`);
  if (!isWritable(path, existing)) throw new UserError('input', `${path} is read-only. Choose another file to write to.`);
  return existing;
}

/** @throws UserError if the path is in the folder of a snapshot that is being read. */
export function assertOutsideSnapshots(path: string, { inputs, folder }: Pick<OutputOptions, 'inputs' | 'folder'>): void {
  for (const own of [folder, ...inputs.map(snapshotFolderOf)]) {
    if (own !== undefined && isWithin(own, path))
      throw new UserError('input', `${path} is in the folder of the snapshot that is being read. Write elsewhere.`);
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new UserError('input', describeWriteError(path, error));
  }
}

/** Returns true if the file is writable. Also checks its mode, because the superuser can write everything. */
function isWritable(path: string, { mode }: Stats): boolean {
  if ((mode & 0o200) === 0) return false;
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function isSameFile(a: string, b: string): boolean {
  const [first, second] = [a, b].map((path) => statSync(path, { throwIfNoEntry: false, bigint: true }));
  return first !== undefined && second !== undefined && first.dev === second.dev && first.ino === second.ino;
}

/** Returns true if `path` is in `folder` or in a subfolder. */
function isWithin(folder: string, path: string): boolean {
  try {
    for (let above = realpathSync(dirname(resolve(path))); ; above = dirname(above)) {
      if (isSameFile(above, folder)) return true;
      if (above === dirname(above)) return false;
    }
  } catch {
    return false; // The folder does not exist, so nothing can be written.
  }
}

/** File names of a downloaded snapshot's memories. */
const SNAPSHOT_FILES = /^(stable_memory|wasm_memory|wasm_module)\.bin(\.gz|\.zst)?$/;

/**
 * Returns the file's folder if it belongs to a snapshot: if the file has a snapshot's name, or the folder has a snapshot's
 * metadata or is a canister's state in a replica.
 */
function snapshotFolderOf(input: string): string | undefined {
  const file = realpathSync(input);
  const folder = dirname(file);
  const isSnapshotFolder =
    SNAPSHOT_FILES.test(basename(file)) ||
    statSync(join(folder, METADATA_FILE), { throwIfNoEntry: false }) !== undefined ||
    canisterFolder(folder) !== undefined;
  return isSnapshotFolder ? folder : undefined;
}
