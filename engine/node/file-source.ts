import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from '../memory/source.ts';

/** A file, opened for reading alone, without a lock. Reads are positional and synchronous: in a worker they are the fastest there are. */
export class FileSource implements ByteSource {
  readonly size: number;
  readonly #descriptor: number;

  /** @throws the file system's own error where the file cannot be opened. */
  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
    this.size = fstatSync(this.#descriptor).size;
  }

  read(offset: number, into: Uint8Array): void {
    let done = 0;
    while (done < into.length) {
      const count = readSync(this.#descriptor, into, done, into.length - done, offset + done);
      if (count === 0) break; // The file has become shorter since it was opened: the rest reads as zero.
      done += count;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
