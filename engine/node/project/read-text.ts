import { UserError } from '../../core/user-error.ts';
import { readWhole } from '../read-whole.ts';

/** Maximum size of a file that people write, in bytes. A larger one is generated. */
const MAX_BYTES = 2 ** 20;

/** Reads a text file of a project. Returns undefined if it is missing, unreadable, or larger than what people write. */
export function readText(path: string): string | undefined {
  try {
    return new TextDecoder().decode(readWhole(path, MAX_BYTES));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
