import { formatBytes } from '../core/format.ts';
import { fileError } from './file-error.ts';
import { FileSource } from './file-source.ts';

/**
 * Reads a small file into memory. `limit` is in bytes.
 * @throws UserError if it cannot be read, is not a regular file, or is larger than `limit`.
 */
export function readWhole(path: string, limit: number): Uint8Array<ArrayBuffer> {
  const file = new FileSource(path);
  try {
    if (file.size > limit)
      throw fileError(path, new Error(`it is larger than ${formatBytes(limit)}, the maximum for such a file`));
    const bytes = new Uint8Array(file.size);
    file.read(0, bytes);
    return bytes;
  } finally {
    file.close();
  }
}
