import type { OffsetRange } from '../../../engine/core/memory/memory.ts';
import { type ByteSource, BytesSource, SourceMemory } from '../../../engine/core/memory/source.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { imageSource } from '../../fixtures.ts';

/** Opens a fixture's image like a user's file. */
export function opened(name: string): Snapshot {
  return openedSource(imageSource(name), name, []);
}

export function openedBytes(bytes: Uint8Array, title = 'image', missing: readonly OffsetRange[] = []): Snapshot {
  return openedSource(new BytesSource(bytes), title, missing);
}

export function openedSource(source: ByteSource, title = 'image', missing: readonly OffsetRange[] = []): Snapshot {
  return openSnapshot({ title, memory: new SourceMemory(source), bytes: source.size, missing, remarks: [] });
}
