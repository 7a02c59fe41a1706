import { at, type Memory, writeGrowing } from '../../core/memory/memory.ts';
import { encodePrefix, type Framing, PREFIX_LENGTH } from './layout.ts';

const MAX_BYTES = { none: Number.MAX_SAFE_INTEGER, u32: 0xffff_ffff, u64: Number.MAX_SAFE_INTEGER } as const satisfies Record<
  Framing,
  number
>;

/**
 * Saves a value at the start of `memory`, as a `pre_upgrade` hook does. The memory grows by the missing pages, and bytes after
 * the value stay as they are.
 */
export function saveDump(memory: Memory, framing: Framing, value: Uint8Array): void {
  if (value.length > MAX_BYTES[framing]) throw new RangeError(`${value.length} bytes are too many for a length of four bytes.`);
  const bytes = new Uint8Array(PREFIX_LENGTH[framing] + value.length);
  bytes.set(encodePrefix(framing, value.length));
  bytes.set(value, PREFIX_LENGTH[framing]);
  writeGrowing(memory, at(0, 0), bytes);
}
