import { formatCount, toHex } from '../../../engine/core/format.ts';
import type { Place } from '../../../engine/trace/search.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { bytesAt } from '../values/bytes-at.ts';
import { rangeText } from '../values/event-values.ts';
import { messageAt, messageTitle } from '../values/message-values.ts';
import { type Answer, answerOf, type Line, stepLine } from './answer.ts';
import { allocatorsOf, findInPlaces, placeText, rangeOf, recordedPlaces } from './places.ts';

/**
 * Returns the answer to `who memory 3:0x40`: the step that gave the byte its present value, with its functions and its message, and the
 * block that the byte is in.
 */
export function whoWrote(text: string, timeline: Timeline): Answer {
  const place = rangeOf(text, timeline);
  const places = recordedPlaces(place, timeline);
  const step = findInPlaces(timeline, places, ['write'], timeline.position + 1, 'backward', 'effective');
  const block = blockLines(places, timeline);
  if (step !== undefined) return answerOf(stepLine(step, timeline), [...writeLines(step, place, timeline), ...block]);
  return answerOf({ text: noWriteText(place, timeline) }, block);
}

/** Returns a sentence about bytes that no step up to the current one wrote. */
export function noWriteText(place: Place, timeline: Timeline): string {
  if (!timeline.trace.stepCounts.has('write')) return 'This trace records no writes.';
  const when = `Up to step ${formatCount(timeline.position)}`;
  return `${when}, no step of this trace writes ${placeText(place, timeline)}. What is there is from before the trace.`;
}

function writeLines(step: number, place: Place, timeline: Timeline): readonly Line[] {
  const { trace } = timeline;
  const index = trace.eventOf(step);
  const event = trace.at(index);
  const stack = event.kind === 'write' && event.stack !== undefined ? trace.stackAt(index, event.stack) : [];
  const message = messageAt(trace, step);
  const before = bytesAt(timeline, step - 1, place);
  const after = bytesAt(timeline, step, place);
  return [
    ...(before && after && place.length <= 64 ? [{ text: `  it wrote ${toHex(after)} over ${toHex(before)}` }] : []),
    ...stack.map(({ name, location }) => {
      const where = location === undefined ? '' : ` (${location})`;
      return { text: `  called by ${trace.nameAt(index, name) ?? `function ${name}`}${where}` };
    }),
    ...(message
      ? [{ text: `  in ${messageTitle(message)}, from step ${formatCount(message.from)} on`, step: message.from }]
      : [{ text: '  outside of any message' }]),
  ];
}

/** Returns lines about the live block of a place in each of its allocators, and about the older blocks that it was allocated over. */
function blockLines(places: readonly Place[], timeline: Timeline): readonly Line[] {
  return allocatorsOf(places, timeline).flatMap((allocator): readonly Line[] => {
    const block = timeline.allocationOf(allocator.space, places[0]?.address ?? 0);
    if (!block) return [{ text: `  in no live block of ${allocator.name}` }];
    const faults = timeline.faultsOf(block.step).filter(({ code }) => code === 'trace.overlap');
    const older = faults.flatMap((fault) => (fault.block ? [fault.block] : []));
    return [
      bornLine(`  in the block ${rangeText(block.address, block.size)} of ${allocator.name}`, block.step, timeline),
      ...older.map(({ address, size, step }) => bornLine(`  over the block ${rangeText(address, size)}`, step, timeline)),
    ];
  });
}

function bornLine(block: string, step: number, timeline: Timeline): Line {
  const born = stepLine(step, timeline);
  return { text: `${block}, from ${born.text}`, step: born.step };
}
