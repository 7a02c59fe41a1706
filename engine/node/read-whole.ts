import { formatBytes } from '../core/format.ts';
import { FileFault } from './file-error.ts';
import { FileSource } from './file-source.ts';

/**
 * Returns all bytes of a file that has to be small.
 * @throws FileFault where it cannot be read, is not a regular file, or has more than `most` bytes.
 */
export function readWhole(path: string, most: number): Uint8Array<ArrayBuffer> {
  const file = new FileSource(path);
  try {
    if (file.size > most)
      throw new FileFault(path, new Error(`it is larger than ${formatBytes(most)}, the most that is read of such a file`));
    const bytes = new Uint8Array(file.size);
    file.read(0, bytes);
    return bytes;
  } finally {
    file.close();
  }
}
