import { join } from 'node:path';
import { formatCount } from '../../engine/core/format.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { SnapshotPair } from '../../engine/views/diff/calls.ts';
import { snapshotFile } from './snapshot-file.ts';
import { compareNames, snapshotsInFolder } from './snapshots-in-folder.ts';

/** Maximum snapshots of a folder. */
const MAX_SNAPSHOTS = 2_000;

/** Pairs the snapshots in two folders by their names: folders of snapshots, and files. @throws UserError if a folder cannot be read */
export function snapshotPairs(before: string, after: string): readonly SnapshotPair[] {
  const [old, now] = [filesIn(before), filesIn(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])].sort(compareNames);
  return names.map((name) => ({ name, before: old.get(name), after: now.get(name) }));
}

/** Returns the files of the snapshots in a folder, by name. */
function filesIn(folder: string): ReadonlyMap<string, string> {
  const names = snapshotsInFolder(folder);
  if (names.length > MAX_SNAPSHOTS)
    throw new UserError(
      'request',
      `${folder} has ${formatCount(names.length)} snapshots, more than ${formatCount(MAX_SNAPSHOTS)}. Choose a folder with fewer.`,
    );
  return new Map(names.flatMap((name) => filesOf(join(folder, name)).map((file) => [name, file] as const)));
}

/** Returns the file of a snapshot, or nothing if its memory is empty, so that there is nothing to compare. */
function filesOf(path: string): readonly string[] {
  try {
    return [snapshotFile(path)];
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
