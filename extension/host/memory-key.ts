import type { MemoryRef } from '../../engine/views/protocol.ts';

/** Returns a key that is unique among the memories of this window. */
export function memoryKey(memory: MemoryRef): string {
  return memory.kind === 'snapshot' ? `snapshot:${memory.path}` : `step:${memory.session}`;
}
