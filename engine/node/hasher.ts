import { createHash } from 'node:crypto';
import type { Hasher } from '../core/sha256.ts';

/** Returns Node's SHA-256, which is several times faster than the engine's. */
export function nodeHasher(): Hasher {
  const hash = createHash('sha256');
  return {
    update(bytes) {
      hash.update(bytes);
    },
    digest: () => new Uint8Array(hash.digest()),
  };
}
