import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findInFolder } from '../../../engine/node/folders/find.ts';

/** Names of files that a snapshot's stable memory is in. */
const MEMORY = /\.bin(\.gz|\.zst)?$/;

/** The snapshots that an argument names: the path itself, or those in a folder that is not a snapshot. */
export interface NamedSnapshots {
  readonly paths: readonly string[];
  /** True if they are in a folder, so that nobody has put them into an order. */
  readonly isFolder: boolean;
}

/** Returns the snapshots that a path stands for, those in a folder by their names, where numbers in a name count as numbers. */
export function snapshotsIn(path: string): NamedSnapshots {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true || isSnapshot(path))
    return { paths: [path], isFolder: false };
  const inside = readdirSync(path, { withFileTypes: true })
    .filter((entry) => (entry.isDirectory() ? isSnapshot(join(path, entry.name)) : entry.isFile() && MEMORY.test(entry.name)))
    .map(({ name }) => name)
    .sort(new Intl.Collator('en', { numeric: true }).compare);
  // An empty folder is opened like a snapshot, which says what it lacks.
  return { paths: inside.length === 0 ? [path] : inside.map((name) => join(path, name)), isFolder: true };
}

function isSnapshot(folder: string): boolean {
  return !('problem' in findInFolder(folder));
}
