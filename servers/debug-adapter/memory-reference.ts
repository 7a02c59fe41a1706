/**
 * Memory references of the memory view: `phys`, `vm:3`, `region:16`, or `space:5` if the space has no id, with an optional start
 * such as `@0x40`. They name the same memory at every step, so that an open view follows the debugger. A place as people write it,
 * such as `memory 3:0x40` or `0x1234`, is a reference as well: memory views let their user type one.
 */
import { formatAddress } from '../../engine/core/format.ts';
import { at, byteLength, type ReadableMemory, readBytes } from '../../engine/core/memory/memory.ts';
import type { SpaceNumber } from '../../engine/trace/events.ts';
import type { SpaceState } from '../../engine/trace/state/allocation-state.ts';
import type { Timeline } from '../../engine/trace/timeline.ts';
import { placeOf } from './expressions/place.ts';

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
 * bytes before address 0. Returns undefined if the memory does not exist or its bytes are unknown. @throws UserError if it is not a reference
 */
export function readReference(timeline: Timeline, reference: string, offset: number, count: number): ReferredBytes | undefined {
  const referred = referredBy(timeline, reference);
  if (!referred) return undefined;
  const { memory } = referred;
  const start = referred.address + offset;
  const address = Math.max(0, start);
  const length = Math.max(0, Math.min(start + count, address + MAX_READ, byteLength(memory)) - address);
  const bytes = length === 0 ? new Uint8Array() : readBytes(memory, at(0, address), length);
  return { address, bytes, missing: length === 0 ? Math.max(0, count) : start + count - address - length };
}

/** A memory that a reference names, and the address of its offset 0. */
interface Referred {
  readonly space: SpaceNumber;
  readonly memory: ReadableMemory;
  readonly address: number;
}

const REFERENCE = /^(phys|(?:vm|region|space):\d+)(?:@(0x[0-9a-f]+|\d+))?$/;

/** Returns the memory of a reference at the current step. @throws UserError if it is not a reference */
export function referredBy(timeline: Timeline, reference: string): Referred | undefined {
  if (REFERENCE.test(reference)) return named(timeline, reference);
  // The bytes of a memory, where the trace declares it, and else those of the image from its address on.
  return named(timeline, referenceInWords(reference)) ?? placed(timeline, reference);
}

/** Returns the reference of `memory 3:0x40`, which is `vm:3@0x40`. */
function referenceInWords(place: string): string {
  return place
    .toLowerCase()
    .replace(/^\s*memory\b/, 'vm')
    .replace(/^\s*(vm|region)\s+(\d+)\s*:\s*/, '$1:$2@')
    .replaceAll(/[\s_,]/g, '');
}

function named(timeline: Timeline, reference: string): Referred | undefined {
  const [, name, at] = REFERENCE.exec(reference) ?? [];
  const space = name === PHYSICAL ? 0 : timeline.spaces.find((state) => referenceOf(state) === name)?.space;
  return space === undefined ? undefined : inSpace(timeline, space, Number(at ?? 0));
}

function placed(timeline: Timeline, text: string): Referred | undefined {
  const { space, address } = placeOf(text, timeline);
  return inSpace(timeline, space, address);
}

function inSpace(timeline: Timeline, space: SpaceNumber, address: number): Referred | undefined {
  const memory = timeline.memoryOf(space);
  return memory && { space, memory, address };
}
