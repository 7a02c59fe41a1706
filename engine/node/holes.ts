import { closeSync, constants, openSync, readSync } from 'node:fs';
import { platform } from 'node:process';

/** Maximum bytes that are asked for at once. They fit into the processor's cache. */
const PIECE = 2 ** 18;

/**
 * Finds the holes of a sparse file on Linux. Node cannot ask the system for them. But a read that bypasses the cache is refused where
 * there is data, if its buffer is at an odd address, and succeeds at once in a hole. It is trusted only if all bytes are zeros.
 */
export class Holes {
  #descriptor: number | undefined;
  readonly #bytes = new Uint8Array(PIECE + 1).subarray(1);

  /** Takes the descriptor of the open file, which stays open. */
  constructor(descriptor: number) {
    this.#descriptor = openDirectly(descriptor);
  }

  /** Returns true if the whole range is in holes; false if not, or if it is not known. */
  have(offset: number, length: number): boolean {
    for (let done = 0; done < length; done += PIECE) {
      if (!this.#isHole(offset + done, Math.min(PIECE, length - done))) return false;
    }
    return true;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #isHole(offset: number, length: number): boolean {
    if (this.#descriptor === undefined) return false;
    const read = this.#read(this.#descriptor, offset, length);
    if (read < length) return false;
    if (this.#areZeros(length)) return true;
    // This file system does not refuse such reads where there is data, so that they would cost as much as others.
    this.close();
    return false;
  }

  #read(descriptor: number, offset: number, length: number): number {
    try {
      return readSync(descriptor, this.#bytes, 0, length, offset);
    } catch {
      return 0;
    }
  }

  /** Returns whether the first byte is zero and all others equal the one before, which needs no second array. */
  #areZeros(length: number): boolean {
    const bytes = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset, length);
    return bytes[0] === 0 && bytes.compare(bytes, 1, length, 0, length - 1) === 0;
  }
}

/** Opens the same file again for reads that bypass the cache. Returns undefined where that is impossible. */
function openDirectly(descriptor: number): number | undefined {
  if (platform !== 'linux') return undefined;
  try {
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_RDONLY | constants.O_DIRECT);
  } catch {
    return undefined;
  }
}
