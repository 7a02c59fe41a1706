import { basename, dirname } from 'node:path';
import { downloadedFolder, HOW_TO_GET, MEMORY_FILE } from './downloaded.ts';
import { JUNO_MEMORY_FILE, junoProject, junoSnapshot } from './juno.ts';
import { canisterFolder, stateFolder } from './replica.ts';
import { isNamed, type MemoryFiles, memoryIn, type NoSnapshot, pathsOf, type SnapshotFiles } from './snapshot-files.ts';

/** Finds the snapshot in a folder that any of the tools wrote. */
export function findInFolder(folder: string): SnapshotFiles | NoSnapshot {
  return (
    canisterFolder(folder) ??
    (memoryIn(folder, MEMORY_FILE) === undefined ? junoSnapshot(folder) : undefined) ??
    downloadedFolder(folder) ??
    junoProject(folder) ??
    stateFolder(folder) ?? { problem: `The folder ${folder} has no ${MEMORY_FILE}. ${HOW_TO_GET}.` }
  );
}

/**
 * Finds the snapshot of a file. If the file has the name and location of a snapshot's stable memory, that is the whole snapshot.
 */
export function findAroundFile(path: string): SnapshotFiles {
  const folder = dirname(path);
  const alone: SnapshotFiles = { title: basename(path), folder, stable: { kind: 'file', path }, isAlone: true };
  if (isNamed(path, MEMORY_FILE)) {
    const canister = canisterFolder(folder);
    if (canister?.stable?.kind === 'layers' && canister.stable.base !== undefined) return canister;
    return withFile(downloadedFolder(folder), path) ?? alone;
  }
  if (isNamed(path, JUNO_MEMORY_FILE)) return withFile(junoSnapshot(folder), path) ?? alone;
  return wholeOf(canisterFolder(folder) ?? junoSnapshot(folder) ?? downloadedFolder(folder), path) ?? alone;
}

/** Returns the snapshot that an overlay or a main memory belongs to. Neither is a stable memory on its own. */
function wholeOf(found: SnapshotFiles | NoSnapshot | undefined, path: string): SnapshotFiles | undefined {
  if (found === undefined || 'problem' in found) return undefined;
  const { stable, main, module } = found;
  const isIn = (files: MemoryFiles | undefined): boolean => pathsOf(files).some((file) => basename(file) === basename(path));
  if (isIn(main)) return found;
  // A single overlay is only a part of a memory.
  return isIn(stable) && (pathsOf(stable).length > 1 || module !== undefined || main !== undefined) ? found : undefined;
}

/** Returns the folder's snapshot with this file as its stable memory. The folder may hold it both compressed and raw. */
function withFile(found: SnapshotFiles | NoSnapshot | undefined, path: string): SnapshotFiles | undefined {
  return found === undefined || 'problem' in found ? undefined : { ...found, stable: { kind: 'file', path } };
}
