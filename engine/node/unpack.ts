import { createReadStream, createWriteStream, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { formatBytes } from '../format.ts';
import { FileSource } from './file-source.ts';

/** What unpacking is refused beyond, unless a setting says otherwise. */
export const DEFAULT_UNPACK_LIMIT = 8 * 2 ** 30;

/** Room that is left on the disk whatever is unpacked. */
const SPARE_DISK = 256 * 2 ** 20;

export interface Unpacked {
  readonly path: string;
  /** Set where the packed file ends too early; what came before it was unpacked. */
  readonly problem: string | undefined;
  /** Removes it; may be called again. */
  readonly remove: () => void;
}

class Refused extends Error {}

/**
 * Unpacks a gzip file, by chunks, into a private temporary folder, never beside the source. A damaged or cut file gives what could be
 * unpacked and a sentence; a string alone is a sentence that says why nothing could.
 */
export async function unpack(path: string, limit = DEFAULT_UNPACK_LIMIT): Promise<Unpacked | string> {
  const folder = mkdtempSync(join(tmpdir(), 'stable-memory-'));
  const target = join(folder, 'stable_memory.bin');
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
    process.off('exit', remove);
  };
  process.on('exit', remove);
  let written = 0;
  let nextLook = 0;
  const guard = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      written += chunk.length;
      if (written > limit)
        return done(
          new Refused(`It unpacks to more than ${formatBytes(limit)}, the limit of the setting stableMemory.unpackLimit.`),
        );
      if (written > nextLook) {
        const disk = statfsSync(folder);
        if (disk.bavail * disk.bsize < SPARE_DISK)
          return done(new Refused(`The disk of ${tmpdir()} has no room for it. Unpack it elsewhere and open the unpacked file.`));
        nextLook = written + SPARE_DISK / 4;
      }
      done(undefined, chunk);
    },
  });
  try {
    await pipeline(createReadStream(path), createGunzip(), guard, createWriteStream(target, { mode: 0o600 }));
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
    return 'It is no gzip file, or it is damaged at its very beginning. Download or pack it again.';
  }
}

/** Opens what was unpacked. Where the system allows it, its name goes at once, so that nothing stays behind whatever happens. */
export function openUnpacked(unpacked: Unpacked): FileSource {
  const source = new FileSource(unpacked.path, unpacked.remove);
  if (process.platform !== 'win32') unpacked.remove();
  return source;
}
