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
import { METADATA_FILE } from '../engine/node/folders/metadata.ts';
import { canisterFolder } from '../engine/node/folders/replica.ts';
import { temporary } from '../engine/node/temporary.ts';
import { describeWriteError } from './output-error.ts';
import { UnusableInput } from './unusable-input.ts';

export interface OutputOptions {
  /** Files that the output is made from: none of them is ever written over, by whatever name, nor is anything beside a snapshot's. */
  readonly inputs: readonly string[];
  /** The folder of the snapshot that it is made from: nothing is written into it, nor into one within it. */
  readonly folder?: string | undefined;
  /** Whether a file that is there may be replaced. */
  readonly force: boolean;
}

/**
 * Writes a file by way of another beside it, so that there is never half of it under its own name, and nothing beside it after a failure.
 * @throws UnusableInput where the path is not one to write to, or the file cannot be written.
 */
export function writeOutput(path: string, options: OutputOptions, write: (sink: (bytes: Uint8Array) => void) => void): void {
  const there = checkTarget(path, options);
  const part = `${path}.${randomUUID()}.part`;
  const onDisk = <T>(use: () => T): T => {
    try {
      return use();
    } catch (error) {
      throw new UnusableInput(describeWriteError(path, error));
    }
  };
  const unfinished = temporary(part);
  try {
    const descriptor = onDisk(() => openSync(part, 'wx', there === undefined ? 0o666 : there.mode & 0o777));
    try {
      write((bytes) => {
        for (let done = 0; done < bytes.length; ) done += onDisk(() => writeSync(descriptor, bytes, done));
      });
      onDisk(() => fsyncSync(descriptor));
    } finally {
      closeSync(descriptor);
    }
    // Somebody may have put something there in the meantime.
    checkTarget(path, options);
    onDisk(() => renameSync(part, path));
    unfinished.keep();
  } finally {
    unfinished.remove();
  }
}

/** Returns what is at the path: nothing, or a regular file that may be replaced. */
function checkTarget(path: string, { inputs, folder, force }: OutputOptions): Stats | undefined {
  for (const input of inputs) {
    if (isSameFile(input, path))
      throw new UnusableInput(`${path} is what is being read (${input}). Name another file to write to.`);
  }
  for (const own of [folder, ...inputs.map(snapshotFolderOf)]) {
    if (own !== undefined && isWithin(own, path))
      throw new UnusableInput(`${path} is in the folder of the snapshot that is being read. Write it elsewhere.`);
  }
  const there = statOf(path);
  if (there === undefined) return undefined;
  if (there.isSymbolicLink()) throw new UnusableInput(`${path} is a link. Name the file itself, or another one.`);
  if (there.isDirectory()) throw new UnusableInput(`${path} is a folder. Name a file in it.`);
  if (!there.isFile()) throw new UnusableInput(`${path} is a device or a pipe, not a file. Name a file to write to.`);
  if (!force) throw new UnusableInput(`${path} is there already. Name another file, or replace it with --force.`);
  if (!isWritable(path, there)) throw new UnusableInput(`${path} may only be read. Name another file to write to.`);
  return there;
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new UnusableInput(describeWriteError(path, error));
  }
}

/** Whether its owner may write it, too: the superuser may write everything. */
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

/** Whether `path` is in `folder`, or in one within it. */
function isWithin(folder: string, path: string): boolean {
  try {
    for (let above = realpathSync(dirname(resolve(path))); ; above = dirname(above)) {
      if (isSameFile(above, folder)) return true;
      if (above === dirname(above)) return false;
    }
  } catch {
    return false; // There is no such folder, so that nothing can be written.
  }
}

/** The names of a snapshot's memories, as they are downloaded. */
const SNAPSHOT_FILES = /^(stable_memory|wasm_memory|wasm_module)\.bin(\.gz|\.zst)?$/;

/**
 * Returns the folder that belongs to a snapshot: that of a file with a snapshot's name, with a snapshot's metadata beside it, or with a
 * canister's state in a replica.
 */
function snapshotFolderOf(input: string): string | undefined {
  const file = realpathSync(input);
  const folder = dirname(file);
  const isSnapshots =
    SNAPSHOT_FILES.test(basename(file)) ||
    statSync(join(folder, METADATA_FILE), { throwIfNoEntry: false }) !== undefined ||
    canisterFolder(folder) !== undefined;
  return isSnapshots ? folder : undefined;
}
