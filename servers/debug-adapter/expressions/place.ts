/**
 * Places in the console: `memory 3:0x40` and `region 16:0x40`, addresses of a virtual memory or a region; `space 2:0x40`, of a space by
 * its number in the trace; `0x1234`, of the image, or of the only allocator.
 */
import { at, type ReadableMemory } from '../../../engine/core/memory/memory.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { inspectRegionManager } from '../../../engine/motoko/regions/inspect.ts';
import { inspectManager } from '../../../engine/rust/memory-manager/inspect.ts';
import type { Place } from '../../../engine/trace/search.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';

const NUMBER = String.raw`(?:0x[0-9a-f][0-9a-f_]*|\d[\d_,]*)`;
const PLACE = new RegExp(String.raw`^(?:(memory|region|space)\s+(\d+)\s*:\s*)?(${NUMBER})$`, 'i');

/** References of memories, as values have them: `phys@0x40`, `vm:3@0x40`. */
const REFERENCE = /^(?:phys|(vm|region|space):(\d+))@(0x[0-9a-f]+)$/;

/** Returns the place that a text or a memory reference names at the current step. @throws UserError if it names none */
export function placeOf(text: string, timeline: Timeline): Place {
  const [, kind, id, address] = REFERENCE.exec(text) ?? PLACE.exec(text.trim()) ?? [];
  if (address === undefined)
    throw new UserError(
      'input',
      `“${text.trim()}” is not a place. Write memory 3:0x40, region 16:0x40, or an address such as 0x1234.`,
    );
  const start = Number(address.replaceAll(/[_,]/g, ''));
  return { ...spaceAndAddress(kind?.toLowerCase().replace('vm', 'memory'), Number(id), start, timeline), length: 1 };
}

function spaceAndAddress(kind: string | undefined, id: number, address: number, timeline: Timeline): Omit<Place, 'length'> {
  if (kind === undefined) return { space: timeline.memory ? 0 : (timeline.spaces[0]?.space ?? 0), address };
  const named = timeline.spaces.filter(({ space, params }) => (kind === 'space' ? space === id : params[kind] === id));
  // The blocks of a region may be in a space of their own. The bytes are in the other one.
  const declared = named.find((state) => state.kind !== 'memory-region') ?? named[0];
  // Declared spaces of a trace that records the physical memory have no events of their own.
  if (declared && !(timeline.trace.physical && timeline.trace.touches.of(declared.space) === undefined))
    return { space: declared.space, address };
  const offset = timeline.memory && kind !== 'space' ? offsetIn(timeline.memory, kind, id, address) : undefined;
  if (offset === undefined)
    throw new UserError('input', `At this step there is no ${kind} ${id} with an address 0x${address.toString(16)}.`);
  return { space: 0, address: offset };
}

/** Returns where an address of a virtual memory or a region is in the image. */
function offsetIn(image: ReadableMemory, kind: string, id: number, address: number): number | undefined {
  const ignore = (): void => undefined;
  const memory =
    kind === 'memory'
      ? inspectManager(image, ignore)?.memories.find((view) => view.id === id)
      : inspectRegionManager(image, ignore)?.region(id);
  return memory?.toImage(at(0, address), 1)[0]?.start;
}
