import { existsSync } from 'node:fs';
import { type Baseline, readBaseline } from '../views/findings/baseline.ts';
import { readWhole } from './read-whole.ts';

/** Maximum size of a baseline's file, in bytes. */
const MAX_BYTES = 16 * 2 ** 20;

/** Reads a baseline. @throws UserError if it is not one, is too large or cannot be read */
export function readBaselineFile(path: string): Baseline {
  return readBaseline(new TextDecoder().decode(readWhole(path, MAX_BYTES)), path);
}

/** Returns whether a file may be replaced by a baseline: if it is one. @throws UserError if it is something else */
export function isBaselineThere(path: string): boolean {
  if (!existsSync(path)) return false;
  readBaselineFile(path);
  return true;
}
