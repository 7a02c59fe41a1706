import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from '../../engine/node/file-error.ts';
import { findInFolder } from '../../engine/node/folders/find.ts';

/** Usual endings of snapshots that are files. */
const ENDINGS = /\.(bin|stmem|stable-memory|overlay)(\.gz|\.zst)?$/;

/** Compares names of files, in which numbers count as numbers. */
export const compareNames = new Intl.Collator('en', { numeric: true }).compare;

/** Returns the names of the snapshots in a folder, which are folders or files, in order. @throws UserError if it cannot be read */
export function snapshotsInFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => isSnapshot(join(folder, name)))
      .sort(compareNames);
  } catch (error) {
    throw fileError(folder, error);
  }
}

/** Returns true for a folder that is itself a snapshot. */
export function isSnapshotFolder(folder: string): boolean {
  return !('problem' in findInFolder(folder));
}

/** Returns true for a folder, also behind a link. What is not there, or cannot be reached, is not one. */
export function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() === true;
}

function isSnapshot(path: string): boolean {
  const stats = statOf(path);
  return stats?.isDirectory() === true ? isSnapshotFolder(path) : stats?.isFile() === true && ENDINGS.test(path);
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
