/**
 * How the memory view asks for bytes: `phys`, `vm:3`, `region:16`, or `space:5` where nothing says which one a space is; with `@0x40`
 * behind it the bytes from there on. They name the same memory at every step, so that an open view follows the debugger.
 */
import { formatAddress } from '../../engine/core/format.ts';
import { at, byteLength, type ReadableMemory, readBytes } from '../../engine/core/memory/memory.ts';
import type { SpaceState } from '../../engine/trace/state/allocation-state.ts';
import type { Timeline } from '../../engine/trace/timeline.ts';

export const PHYSICAL = 'phys';

/** The memory of a space. */
export function referenceOf({ kind, params, space }: SpaceState): string {
  const memory = params['memory'];
  const region = params['region'];
  if (kind === 'physical') return PHYSICAL;
  if (kind === 'virtual-memory' && memory !== undefined) return `vm:${memory}`;
  if ((kind === 'region' || kind === 'memory-region') && region !== undefined) return `region:${region}`;
  return `space:${space}`;
}

/** The bytes of a space from an address on; undefined where the trace does not tell them. */
export function referenceAt(timeline: Timeline, state: SpaceState, address: number): string | undefined {
  return timeline.memoryOf(state.space) && `${referenceOf(state)}@${formatAddress(address)}`;
}

/** What there is of the bytes that were asked for. */
export interface ReferredBytes {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Answers carry no more at once. */
const MAX_READ = 192 * 1024;

/** The bytes behind a reference, as many as the memory has; undefined where there is no such memory, or no bytes of it are known. */
export function readReference(timeline: Timeline, reference: string, offset: number, count: number): ReferredBytes | undefined {
  const referred = resolve(timeline, reference);
  if (!referred) return undefined;
  const { memory } = referred;
  const address = Math.max(0, referred.address + offset);
  const length = Math.max(0, Math.min(count, MAX_READ, byteLength(memory) - address));
  return { address, bytes: length === 0 ? new Uint8Array() : readBytes(memory, at(0, address), length) };
}

/** The memory that a reference refers to now, and where its offset 0 lies. */
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
