import { createReadStream, createWriteStream, mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
// As a whole: releases of Node before 22.15 have no Zstandard in it.
import * as zlib from 'node:zlib';
import { formatBytes } from '../format.ts';
import { FileSource } from './file-source.ts';

/** What unpacking is refused beyond, unless a setting says otherwise. */
export const DEFAULT_UNPACK_LIMIT = 8 * 2 ** 30;

/** Room that is left on the disk whatever is unpacked. */
const SPARE_DISK = 256 * 2 ** 20;

export interface UnpackOptions {
  /** The most bytes that a packed file may unpack to. */
  readonly unpackLimit?: number | undefined;
  /** Called now and then: how much of the packed file was read, and how much there is, in bytes. */
  readonly onUnpack?: ((read: number, size: number) => void) | undefined;
}

export type Packing = 'gzip' | 'zstd';

export const PACKING_NAMES = { gzip: 'gzip', zstd: 'Zstandard' } as const satisfies Record<Packing, string>;

/** Returns how a file is packed that begins with these bytes (RFC 1952, RFC 8878). */
export function packingOf([a, b, c, d]: Uint8Array): Packing | undefined {
  if (a === 0x1f && b === 0x8b) return 'gzip';
  return a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd ? 'zstd' : undefined;
}

/** Returns what unpacks; undefined where this Node cannot. */
export function unpacker(packing: Packing): Transform | undefined {
  if (packing === 'gzip') return zlib.createGunzip();
  return 'createZstdDecompress' in zlib ? zlib.createZstdDecompress() : undefined;
}

export function cannotUnpack(): string {
  return `It is packed with Zstandard, which Node ${process.versions.node} cannot read. Unpack it with "zstd -d", or use Node 22.15 or newer.`;
}

export interface Unpacked {
  readonly path: string;
  /** Set where the packed file ends too early; what came before it was unpacked. */
  readonly problem: string | undefined;
  /** Removes it; may be called again. */
  readonly remove: () => void;
}

/** Unpacks no more than a file's beginning; undefined where that cannot be read. */
export async function startUnpacked(path: string, packing: Packing): Promise<Uint8Array | undefined> {
  const decompress = unpacker(packing);
  if (decompress === undefined) return undefined;
  const packed = createReadStream(path);
  packed.on('error', (error) => decompress.destroy(error));
  try {
    for await (const chunk of packed.pipe(decompress)) return chunk;
    return undefined;
  } catch {
    return undefined;
  } finally {
    packed.destroy();
    decompress.destroy();
  }
}

class Refused extends Error {}

/**
 * Unpacks a file, by chunks, into a private temporary folder, never beside the source. A damaged or cut file gives what could be
 * unpacked and a sentence; a string alone is a sentence that says why nothing could.
 */
export async function unpack(
  path: string,
  packing: Packing,
  { unpackLimit = DEFAULT_UNPACK_LIMIT, onUnpack }: UnpackOptions = {},
): Promise<Unpacked | string> {
  const decompress = unpacker(packing);
  if (decompress === undefined) return cannotUnpack();
  const folder = mkdtempSync(join(tmpdir(), 'stable-memory-'));
  const target = join(folder, 'stable_memory.bin');
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
    process.off('exit', remove);
  };
  process.on('exit', remove);
  const { size } = statSync(path);
  const packed = createReadStream(path);
  let written = 0;
  let nextLook = 0;
  const guard = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      written += chunk.length;
      if (written > unpackLimit)
        return done(
          new Refused(
            `It unpacks to more than ${formatBytes(unpackLimit)}, the limit. Raise it with --unpack-limit or the setting stableMemory.unpackLimit.`,
          ),
        );
      if (written > nextLook) {
        const disk = statfsSync(folder);
        if (disk.bavail * disk.bsize < SPARE_DISK)
          return done(new Refused(`The disk of ${tmpdir()} has no room for it. Unpack it elsewhere and open the unpacked file.`));
        nextLook = written + SPARE_DISK / 4;
      }
      onUnpack?.(packed.bytesRead, size);
      done(undefined, chunk);
    },
  });
  try {
    await pipeline(packed, decompress, guard, createWriteStream(target, { mode: 0o600 }));
    return { path: target, problem: undefined, remove };
  } catch (error) {
    if (error instanceof Refused) {
      remove();
      return error.message;
    }
    if (written > 0) {
      const problem = `The packed file is cut or damaged: ${formatBytes(written)} could be unpacked, the rest is missing.`;
      return { path: target, problem, remove };
    }
    remove();
    return `It is not a ${PACKING_NAMES[packing]} file, or it is damaged at its very beginning. Download or pack it again.`;
  }
}

/** Opens what was unpacked. Where the system allows it, its name goes at once, so that nothing stays behind whatever happens. */
export function openUnpacked(unpacked: Unpacked): FileSource {
  const source = new FileSource(unpacked.path, unpacked.remove);
  if (process.platform !== 'win32') unpacked.remove();
  return source;
}
