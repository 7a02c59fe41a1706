/**
 * Memory references of the memory view: `phys`, `vm:3`, `region:16`, or `space:5` if the space has no id, with an optional start
 * such as `@0x40`. They name the same memory at every step, so that an open view follows the debugger.
 */
import { formatAddress } from '../../engine/core/format.ts';
import { at, byteLength, type ReadableMemory, readBytes } from '../../engine/core/memory/memory.ts';
import type { SpaceState } from '../../engine/trace/state/allocation-state.ts';
import type { Timeline } from '../../engine/trace/timeline.ts';

export const PHYSICAL = 'phys';

/** Returns the reference to the memory of a space. */
export function referenceOf({ kind, params, space }: SpaceState): string {
  const memory = params['memory'];
  const region = params['region'];
  if (kind === 'physical') return PHYSICAL;
  if (kind === 'virtual-memory' && memory !== undefined) return `vm:${memory}`;
  if ((kind === 'region' || kind === 'memory-region') && region !== undefined) return `region:${region}`;
  return `space:${space}`;
}

/** Returns the reference to the bytes of a space from an address. Returns undefined if the trace does not record them. */
export function referenceAt(timeline: Timeline, state: SpaceState, address: number): string | undefined {
  return timeline.memoryOf(state.space) && `${referenceOf(state)}@${formatAddress(address)}`;
}

/** The available part of the requested bytes. */
export interface ReferredBytes {
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Number of requested bytes after them that cannot be read. */
  readonly missing: number;
}

/** Maximum bytes of one response. Bytes after them count as unreadable, so that the client asks again. */
const MAX_READ = 64 * 1024 * 1024;

/**
 * Reads the bytes of a reference, from the first one that exists to the end of the memory. `offset` can be negative; there are no
 * bytes before address 0. Returns undefined if the memory does not exist or its bytes are unknown.
 */
export function readReference(timeline: Timeline, reference: string, offset: number, count: number): ReferredBytes | undefined {
  const referred = resolve(timeline, reference);
  if (!referred) return undefined;
  const { memory } = referred;
  const start = referred.address + offset;
  const address = Math.max(0, start);
  const length = Math.max(0, Math.min(start + count, address + MAX_READ, byteLength(memory)) - address);
  const bytes = length === 0 ? new Uint8Array() : readBytes(memory, at(0, address), length);
  return { address, bytes, missing: length === 0 ? Math.max(0, count) : start + count - address - length };
}

/** Returns the memory of a reference at the current step, and the address of its offset 0. */
function resolve(
  timeline: Timeline,
  reference: string,
): { readonly memory: ReadableMemory; readonly address: number } | undefined {
  const [, name, at] = /^([a-z]+(?::\d+)?)(?:@(0x[0-9a-f]+|\d+))?$/.exec(reference) ?? [];
  if (name === undefined) return undefined;
  const space = timeline.spaces.find((state) => referenceOf(state) === name);
  const memory = name === PHYSICAL ? timeline.memory : space && timeline.memoryOf(space.space);
  return memory && { memory, address: Number(at ?? 0) };
}
