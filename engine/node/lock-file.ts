import type { LayoutLock } from '../lock/lock.ts';
import { readLock } from '../lock/read-lock.ts';
import { readWhole } from './read-whole.ts';

/** Maximum size of a lock's file, in bytes. Thousands of variables take a few megabytes. */
const MAX_BYTES = 16 * 2 ** 20;

/** A layout lock, and the file that it is read from. */
export interface LockFile {
  readonly path: string;
  readonly text: string;
  readonly lock: LayoutLock;
}

/** Reads a layout lock. @throws UserError with one sentence if it is not one, is too large or cannot be read */
export function readLockFile(path: string): LockFile {
  const text = new TextDecoder().decode(readWhole(path, MAX_BYTES));
  return { path, text, lock: readLock(text, path) };
}
