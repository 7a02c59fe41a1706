import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from '../memory/source.ts';

/** One call reads no more than a signed 32-bit number can say. */
const MOST_AT_ONCE = 2 ** 30;

/** A file, opened for reading alone, without a lock. Reads are positional and synchronous: in a worker they are the fastest there are. */
export class FileSource implements ByteSource {
  readonly size: number;
  readonly #descriptor: number;

  readonly #closed: () => void;

  /**
   * `closed` is called when the file has been closed.
   * @throws the file system's own error where the file cannot be opened.
   */
  constructor(path: string, closed: () => void = () => undefined) {
    this.#closed = closed;
    this.#descriptor = openSync(path, 'r');
    this.size = fstatSync(this.#descriptor).size;
  }

  read(offset: number, into: Uint8Array): void {
    let done = 0;
    while (done < into.length) {
      const count = readSync(this.#descriptor, into, done, Math.min(into.length - done, MOST_AT_ONCE), offset + done);
      if (count === 0) break; // The file has become shorter since it was opened: the rest reads as zero.
      done += count;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
    this.#closed();
  }
}
