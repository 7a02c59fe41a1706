import type { OffsetRange } from '../../../engine/core/memory/memory.ts';
import { BytesSource, SourceMemory } from '../../../engine/core/memory/source.ts';
import { openSnapshot } from '../../../engine/snapshot/open-snapshot.ts';
import type { Snapshot } from '../../../engine/snapshot/snapshot.ts';
import { imageBytes } from '../../fixtures.ts';

/** Opens a fixture's image like a user's file. */
export function opened(name: string): Snapshot {
  return openedBytes(imageBytes(name), name);
}

export function openedBytes(bytes: Uint8Array, title = 'image', missing: readonly OffsetRange[] = []): Snapshot {
  const memory = new SourceMemory(new BytesSource(bytes));
  return openSnapshot({ title, memory, bytes: bytes.length, missing, remarks: [] });
}
