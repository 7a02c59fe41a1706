import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BytesMemory } from '../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, readBytes } from '../../engine/core/memory/memory.ts';
import { migrate } from '../../engine/rust/linked-memory-manager/migrate.ts';
import { LinkedMemoryManager } from '../../engine/rust/linked-memory-manager/operate.ts';
import { MemoryManager } from '../../engine/rust/memory-manager/operate.ts';
import { peersFolder } from '../../tools/peers.ts';
import { type Release, runPeer } from './peer.ts';

function created(memory: BytesMemory): void {
  LinkedMemoryManager.init(memory, 2).grow(3, 5);
}

function migrated(memory: BytesMemory): void {
  MemoryManager.init(memory, 2).grow(3, 5);
  migrate(memory);
}

const RELEASES: readonly Release[] = ['0.7.2', '0.7.1', '0.6.9', '0.5.6'];

test.each(RELEASES.flatMap((release) => [created, migrated].map((make) => [release, make] as const)))(
  'release %s rejects a linked memory manager, %o',
  (release, make) => {
    const memory = new BytesMemory();
    make(memory);
    mkdirSync(peersFolder, { recursive: true });
    const image = join(peersFolder, 'linked.bin');
    const bytes = readBytes(memory, at(0, 0), byteLength(memory));
    writeFileSync(image, bytes);
    const steps = [
      { do: 'load', image },
      { do: 'manage', bucketPages: 2 },
      { do: 'store', image },
      { do: 'checkpoint' },
    ] as const;
    expect(() => runPeer(release, steps)).toThrow('Unsupported version');
    expect(Buffer.compare(readFileSync(image), bytes)).toBe(0);
  },
);
