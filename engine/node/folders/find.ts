import { basename, dirname } from 'node:path';
import { downloadedFolder, HOW_TO_GET, MEMORY_FILE } from './downloaded.ts';
import { JUNO_MEMORY_FILE, junoProject, junoSnapshot } from './juno.ts';
import { canisterFolder, isStableOverlay, stateFolder } from './replica.ts';
import { isNamed, memoryIn, type NoSnapshot, type SnapshotFiles } from './snapshot-files.ts';

/** Finds the snapshot in a folder that some tool wrote. */
export function findInFolder(folder: string): SnapshotFiles | NoSnapshot {
  return (
    canisterFolder(folder) ??
    (memoryIn(folder, MEMORY_FILE) === undefined ? junoSnapshot(folder) : undefined) ??
    downloadedFolder(folder) ??
    junoProject(folder) ??
    stateFolder(folder) ?? { problem: `The folder ${folder} has no ${MEMORY_FILE}. ${HOW_TO_GET}` }
  );
}

/** Finds what belongs to a file: the rest of its snapshot, where it has the name and the place of one's stable memory. */
export function findAroundFile(path: string): SnapshotFiles {
  const folder = dirname(path);
  const alone: SnapshotFiles = { title: basename(path), folder, stable: { kind: 'file', path } };
  if (isNamed(path, MEMORY_FILE)) {
    const canister = canisterFolder(folder);
    if (canister?.stable?.kind === 'layers' && canister.stable.base !== undefined) return canister;
    return withFile(downloadedFolder(folder), path) ?? alone;
  }
  if (isNamed(path, JUNO_MEMORY_FILE)) return withFile(junoSnapshot(folder), path) ?? alone;
  const canister = isStableOverlay(basename(path)) ? canisterFolder(folder) : undefined;
  // An overlay by itself is only a part of a memory.
  return canister !== undefined && isInUse(canister, path) ? canister : alone;
}

/** The folder's snapshot, read from just this file, as it may have it packed and unpacked. */
function withFile(found: SnapshotFiles | NoSnapshot | undefined, path: string): SnapshotFiles | undefined {
  return found === undefined || 'problem' in found ? undefined : { ...found, stable: { kind: 'file', path } };
}

function isInUse({ stable, module, main }: SnapshotFiles, path: string): boolean {
  if (stable?.kind !== 'layers') return false;
  const others = stable.base !== undefined || stable.overlays.length > 1 || module !== undefined || main !== undefined;
  return others && stable.overlays.some((overlay) => basename(overlay) === basename(path));
}
