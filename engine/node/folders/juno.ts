import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { readMetadata } from './metadata.ts';
import { fileIn, memoryIn, type NoSnapshot, type SnapshotFiles } from './snapshot-files.ts';

export const JUNO_MEMORY_FILE = 'stable.bin';
const FOLDER = '.snapshots';

/**
 * Returns the files of a snapshot that `juno snapshot download` wrote: `{stable,heap,wasm-code}.bin` with `metadata.json`.
 * Returns undefined if the folder is not one.
 */
export function junoSnapshot(folder: string): SnapshotFiles | undefined {
  const stable = memoryIn(folder, JUNO_MEMORY_FILE);
  const metadata = readMetadata(folder);
  const isEmpty = metadata?.isJuno === true && metadata.stableMemorySize === 0;
  if (stable === undefined && !isEmpty) return undefined;
  return {
    title: basename(resolve(folder)),
    folder,
    stable,
    main: memoryIn(folder, 'heap.bin'),
    module: fileIn(folder, 'wasm-code.bin'),
    metadata,
  };
}

/**
 * Returns the only snapshot in a project's `.snapshots` folder, or in `.snapshots` itself. Each snapshot has its own folder
 * `0x…`.
 */
export function junoProject(folder: string): SnapshotFiles | NoSnapshot | undefined {
  const all = basename(resolve(folder)) === FOLDER ? folder : join(folder, FOLDER);
  if (!existsSync(all)) return undefined;
  const names = readdirSync(all)
    .filter((name) => junoSnapshot(join(all, name)) !== undefined)
    .sort();
  const [only] = names;
  if (only === undefined) return undefined;
  if (names.length === 1) return junoSnapshot(join(all, only));
  return {
    problem: `There are ${names.length} snapshots in ${all}. Open one of them: ${names.map((name) => join(all, name)).join(', ')}.`,
  };
}
