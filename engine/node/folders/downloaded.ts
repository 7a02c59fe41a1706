import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { formatBytes } from '../../core/format.ts';
import { METADATA_FILE, readMetadata } from './metadata.ts';
import { readProgress } from './progress.ts';
import { fileIn, memoryIn, type NoSnapshot, type SnapshotFiles } from './snapshot-files.ts';

export const MEMORY_FILE = 'stable_memory.bin';
const WASM_MEMORY_FILE = 'wasm_memory.bin';
const MODULE_FILE = 'wasm_module.bin';

/** How to get a snapshot, for messages that say that there is none. A sentence without its full stop. */
export const HOW_TO_GET =
  'Download one with "icp canister snapshot download CANISTER SNAPSHOT -o FOLDER" or "dfx canister snapshot download --dir FOLDER CANISTER SNAPSHOT"';

/**
 * Returns the files of a folder that `icp` or `dfx canister snapshot download` wrote, or undefined if it is not one. `dfx` writes
 * no `stable_memory.bin` if the memory is empty, and none before the module and the main memory.
 */
export function downloadedFolder(folder: string): SnapshotFiles | NoSnapshot | undefined {
  const stable = memoryIn(folder, MEMORY_FILE);
  const metadata = readMetadata(folder);
  const progress = { stable: readProgress(folder, 'stable_memory'), main: readProgress(folder, 'wasm_memory') };
  if (stable === undefined && metadata?.stableMemorySize !== 0) {
    const isStarted = metadata !== undefined || progress.stable !== undefined || existsSync(join(folder, '.lock'));
    return isStarted ? { problem: describeUnstarted(folder, metadata?.stableMemorySize) } : undefined;
  }
  return {
    title: basename(resolve(folder)),
    folder,
    stable,
    main: memoryIn(folder, WASM_MEMORY_FILE),
    module: fileIn(folder, MODULE_FILE),
    metadata,
    progress,
  };
}

function describeUnstarted(folder: string, declared: number | undefined): string {
  const size = declared === undefined ? '' : ` of ${formatBytes(declared)} (from ${METADATA_FILE})`;
  return `The download to ${folder} stopped before the stable memory${size}: there is no ${MEMORY_FILE} yet. Resume it: run the same download command again with --resume.`;
}
