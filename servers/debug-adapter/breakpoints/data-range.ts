import type { DebugProtocol } from '@vscode/debugprotocol';
import { formatCounted } from '../../../engine/core/format.ts';
import type { Place as DataRange } from '../../../engine/trace/search.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { placeOf } from '../expressions/place.ts';

/**
 * Describes the bytes on which a breakpoint can be set. `name`: what the user named. `place`: its place or memory reference, if it has
 * one. @throws UserError if there is no such place
 */
export function describeDataRange(
  timeline: Timeline,
  name: string,
  place: string | undefined,
  bytes = 1,
): DebugProtocol.DataBreakpointInfoResponse['body'] {
  const range = place === undefined ? undefined : timeline.recorded({ ...placeOf(place, timeline), length: Math.max(1, bytes) });
  if (!range) return { dataId: null, description: `“${name}” has no bytes in the memory of this step.` };
  return {
    dataId: dataIdOf(range),
    description: `${formatCounted(range.length, 'byte')} at ${wordsFor(place ?? '')}`,
    accessTypes: ['write', 'read', 'readWrite'],
    canPersist: true,
  };
}

/** Returns a place as users write it: `memory 3:0x40` for the reference `vm:3@0x40`. */
function wordsFor(place: string): string {
  return place
    .replace(/^phys@/, '')
    .replace(/^vm:(\d+)@/, 'memory $1:')
    .replace(/^(region|space):(\d+)@/, '$1 $2:');
}

export type Access = DebugProtocol.DataBreakpointAccessType;

export function isAccess(access: unknown): access is Access {
  return access === 'write' || access === 'read' || access === 'readWrite';
}

/** Returns the id of a range for a client, which may keep it from one session to the next. */
export function dataIdOf({ space, address, length }: DataRange): string {
  return `${space}:${address}+${length}`;
}

/** Returns the range of an id, or undefined if the text is none. */
export function dataRangeOf(dataId: string): DataRange | undefined {
  const [, space, address, length] = /^(\d+):(\d+)\+(\d+)$/.exec(dataId) ?? [];
  return length === undefined ? undefined : { space: Number(space), address: Number(address), length: Number(length) };
}
