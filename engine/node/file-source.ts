import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { formatCounted } from '../core/format.ts';
import type { ByteSource } from '../core/memory/source.ts';
import { fileError } from './file-error.ts';
import { Holes } from './holes.ts';

/** Maximum bytes of one read call. Node's limit is a signed 32-bit number. */
const MAX_READ = 2 ** 30;

/** Bytes of a block in which a file's room on the disk is counted. */
const BLOCK = 512;

/** Flag that opens a pipe without waiting for a writer. Windows has neither the flag nor such pipes. */
const NO_WAITING = constants.O_NONBLOCK ?? 0;

export interface FileSourceOptions {
  readonly descriptor?: number;
  readonly closed?: () => void;
}

/** A file opened for reading only, without a lock. Reads are positional and synchronous, which is the fastest way in a worker. */
export class FileSource implements ByteSource {
  readonly size: number;
  readonly #path: string;
  readonly #descriptor: number;
  readonly #opened: BigIntStats;
  readonly #closed: () => void;
  #isShort = false;
  /** Opened when they are first asked for. */
  #holes: Holes | undefined;

  /**
   * Opens a file, or takes over the open `descriptor`. Calls `closed` after closing it.
   * @throws UserError if the file cannot be opened, or is not a regular file.
   */
  constructor(path: string, { descriptor, closed = () => undefined }: FileSourceOptions = {}) {
    this.#path = path;
    this.#closed = closed;
    try {
      this.#descriptor = descriptor ?? openSync(path, constants.O_RDONLY | NO_WAITING);
      this.#opened = fstatSync(this.#descriptor, { bigint: true });
    } catch (error) {
      throw fileError(path, error);
    }
    if (!this.#opened.isFile()) {
      closeSync(this.#descriptor);
      throw fileError(
        path,
        this.#opened.isDirectory()
          ? Object.assign(new Error(), { code: 'EISDIR' })
          : new Error('it is a device or a pipe, not a file'),
      );
    }
    this.size = Number(this.#opened.size);
  }

  /** @throws UserError if the disk cannot read it. */
  read(offset: number, into: Uint8Array): void {
    let done = 0;
    while (done < into.length) {
      const count = this.#readSome(into, done, offset + done);
      if (count === 0) {
        this.#isShort = true; // The file is shorter than when it was opened. The rest reads as zero.
        break;
      }
      done += count;
    }
  }

  isHole(offset: number, length: number): boolean {
    if (!this.#isSparse) return false;
    this.#holes ??= new Holes(this.#descriptor);
    return this.#holes.have(offset, length);
  }

  /** Returns a full sentence if the file was written to or became shorter since it was opened. */
  change(): string | undefined {
    const { size, mtimeNs } = fstatSync(this.#descriptor, { bigint: true });
    if (size === this.#opened.size && mtimeNs === this.#opened.mtimeNs && !this.#isShort) return undefined;
    const sizes =
      size === this.#opened.size
        ? ''
        : `: it had ${formatCounted(this.#opened.size, 'byte')} and now has ${formatCounted(size, 'byte')}`;
    return `${this.#path} changed while it was being read${sizes}.`;
  }

  close(): void {
    this.#holes?.close();
    closeSync(this.#descriptor);
    this.#closed();
  }

  /** True if the file takes less room on the disk than it has bytes. */
  get #isSparse(): boolean {
    return Number(this.#opened.blocks) * BLOCK < this.size;
  }

  #readSome(into: Uint8Array, start: number, offset: number): number {
    try {
      return readSync(this.#descriptor, into, start, Math.min(into.length - start, MAX_READ), offset);
    } catch (error) {
      throw fileError(this.#path, error);
    }
  }
}
