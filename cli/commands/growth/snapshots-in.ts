import { join } from 'node:path';
import { isFolder, isSnapshotFolder, snapshotsInFolder } from '../../../servers/open-files/snapshots-in-folder.ts';

/** The snapshots that an argument names: the path itself, or those in a folder that is not a snapshot. */
export interface NamedSnapshots {
  readonly paths: readonly string[];
  /** True if they are in a folder, so that nobody has put them into an order. */
  readonly isFolder: boolean;
}

/** Returns the snapshots that a path stands for. @throws UserError if it is a folder that cannot be read */
export function snapshotsIn(path: string): NamedSnapshots {
  if (!isFolder(path) || isSnapshotFolder(path)) return { paths: [path], isFolder: false };
  const names = snapshotsInFolder(path);
  // A folder without snapshots is opened like a snapshot, which says what it lacks.
  return { paths: names.length === 0 ? [path] : names.map((name) => join(path, name)), isFolder: true };
}
