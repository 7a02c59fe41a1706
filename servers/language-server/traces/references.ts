import type { EventKind, SpaceNumber } from '../../../engine/trace/events.ts';
import { type Direction, findTouch, type Place } from '../../../engine/trace/search.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import { bytesOf, endOfBlock, spacesWithSameBytes } from './blocks.ts';
import { blockOf } from './definition.ts';
import type { PlaceInTrace } from './shown-trace.ts';

/** Maximum references in each direction. The nearest ones count. */
const MAX_REFERENCES = 1000;

const TOUCHING: readonly EventKind[] = ['write', 'read', 'allocate', 'deallocate', 'reallocate', 'free'];

/**
 * Returns the steps that touch the block at a place, from its allocation to its end, in their order. Without a block, returns those
 * that touch the bytes of the event.
 */
export function referencesTo({ shown: { open }, event, part }: PlaceInTrace, withAllocation: boolean): readonly number[] {
  const { trace } = open;
  const address = part?.kind === 'address' ? part.address : undefined;
  const bytes = bytesOf(trace.at(event));
  if (!bytes) return [];
  const step = trace.stepOf(event);
  const block = blockOf(trace, event, address);
  const end = block && endOfBlock(trace, block);
  // After its end, the bytes belong to nobody or to another block.
  const isIn = block !== undefined && (end === undefined || step <= end);
  const { address: start, length } = isIn ? block : { address: address ?? bytes.address, length: Math.max(1, bytes.length) };
  const first = isIn ? block.allocated : 1;
  const last = isIn && end !== undefined ? end : trace.steps;
  const steps = new Set<number>([step]);
  for (const space of spacesWithSameBytes(trace, event, bytes.space)) {
    const place = { space, address: start, length };
    for (const found of touchesFrom(trace, place, step, 'backward', first)) steps.add(found);
    for (const found of touchesFrom(trace, place, step, 'forward', last)) steps.add(found);
  }
  if (isIn && !withAllocation) steps.delete(block.allocated);
  return [...steps].sort((left, right) => left - right);
}

/** Returns the steps after or before `from` that touch a place, up to and including `until`. */
function* touchesFrom(
  trace: Trace,
  place: Place & { readonly space: SpaceNumber },
  from: number,
  direction: Direction,
  until: number,
): Generator<number, void, undefined> {
  let step: number | undefined = from;
  for (let count = 0; count < MAX_REFERENCES; count++) {
    step = findTouch(trace, place, TOUCHING, step, direction);
    if (step === undefined || (direction === 'forward' ? step > until : step < until)) return;
    yield step;
  }
}
