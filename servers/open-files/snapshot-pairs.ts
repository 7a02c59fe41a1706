import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../engine/core/user-error.ts';
import { describeFileError } from '../../engine/node/file-error.ts';
import type { SnapshotPair } from '../../engine/views/diff/calls.ts';
import { snapshotFile } from './snapshot-file.ts';

/** Usual endings of snapshots that are files. */
const ENDINGS = /\.(bin|stmem|stable-memory|overlay)(\.gz|\.zst)?$/;
/** Maximum entries of a folder that are looked at. */
const MAX_ENTRIES = 2_000;

/** Pairs the snapshots in two folders by their names: folders of snapshots, and files. @throws UserError if a folder cannot be read */
export function snapshotPairs(before: string, after: string): readonly SnapshotPair[] {
  const [old, now] = [snapshotsIn(before), snapshotsIn(after)];
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  return names.map((name) => ({ name, before: old.get(name), after: now.get(name) }));
}

/** Returns the files of the snapshots in a folder, by name. */
function snapshotsIn(folder: string): ReadonlyMap<string, string> {
  let names: readonly string[];
  try {
    names = readdirSync(folder).sort();
  } catch (error) {
    throw new UserError('request', describeFileError(folder, error));
  }
  return new Map(
    names.slice(0, MAX_ENTRIES).flatMap((name) => {
      const file = snapshotAt(join(folder, name), name);
      return file === undefined ? [] : [[name, file]];
    }),
  );
}

function snapshotAt(path: string, name: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile()) return ENDINGS.test(name) ? path : undefined;
  if (!stats?.isDirectory()) return undefined;
  try {
    return snapshotFile(path);
  } catch (error) {
    // It is a folder of something else.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
