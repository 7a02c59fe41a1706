import { formatCount, formatCounted, toHex } from '../../../engine/core/format.ts';
import type { TraceEvent } from '../../../engine/trace/events.ts';
import type { Place } from '../../../engine/trace/search.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { bytesAt } from '../values/bytes-at.ts';
import { bytesText } from '../values/event-values.ts';
import { messageAt, messageValue } from '../values/message-values.ts';
import { type Field, type Item, NOTHING, stepValue, textValue } from '../values/value.ts';
import { type Answer, type Line, listAnswer, MAX_LINES, stepLine } from './answer.ts';
import { findInPlaces, placeText, recordedPlaces } from './places.ts';

/** Maximum writes of the table, and maximum time to find them in milliseconds. */
const MAX_WRITES = 10_000;
const MAX_TIME = 1000;

/** Maximum bytes of a place that each row shows as a whole. Of longer ones it shows the part that the step wrote. */
const MAX_WHOLE = 64;
/** Maximum bytes in a line of the console. */
const MAX_IN_LINE = 16;

/**
 * Returns the answer to `writes(memory 0:0x40, 8)`: all writes that touch these bytes, as a table of the step, its message, and the
 * bytes before and after.
 */
export function writesOf(place: Place, timeline: Timeline): Answer {
  const places = recordedPlaces(place, timeline);
  const { steps, more } = writingSteps(places, timeline);
  const items = {
    count: steps.length,
    read: (from: number, count: number): readonly Item[] =>
      steps.slice(from, from + count).map((step) => row(step, places, timeline)),
  };
  const count = steps.length === 0 ? 'no writes' : `${more ? 'the first ' : ''}${formatCounted(steps.length, 'write')}`;
  return listAnswer(
    { text: `${count} of ${placeText(place, timeline)}`, plain: steps.length, items },
    steps.slice(0, MAX_LINES).map((step) => writeLine(step, places, timeline)),
  );
}

/** Returns the steps that write to a place. `more` is true if there may be others. */
function writingSteps(
  places: readonly Place[],
  timeline: Timeline,
): { readonly steps: readonly number[]; readonly more: boolean } {
  const end = performance.now() + MAX_TIME;
  const steps: number[] = [];
  let step: number | undefined = 0;
  while (steps.length < MAX_WRITES && performance.now() < end) {
    step = findInPlaces(timeline, places, ['write'], step, 'forward');
    if (step === undefined) return { steps, more: false };
    steps.push(step);
  }
  return { steps, more: true };
}

/** Returns a write with the bytes that it wrote of a place. They need no state. */
function writeLine(step: number, [place]: readonly Place[], timeline: Timeline): Line {
  const { text } = stepLine(step, timeline);
  const event = timeline.event(step);
  if (event?.kind !== 'write' || !place) return { text: `  ${text}`, step };
  const { address, length } = commonPart(place, event);
  const bytes = event.bytes.subarray(address - event.address).subarray(0, length);
  const shown = toHex(bytes.subarray(0, MAX_IN_LINE));
  return { text: `  ${text}: ${shown}${length > MAX_IN_LINE ? '…' : ''}`, step };
}

function row(step: number, places: readonly Place[], timeline: Timeline): Item {
  const message = messageAt(timeline.trace, step);
  const shown = places.map((place) => shownOf(place, step, timeline));
  const textAt = (when: number): string => {
    const bytes = shown.map((place) => bytesAt(timeline, when, place)).find((found) => found !== undefined);
    return bytes ? bytesText(bytes) : 'unknown';
  };
  const [before, after] = [textAt(step - 1), textAt(step)];
  const fields = (): readonly Field[] => [
    { name: 'step', value: stepValue(step) },
    { name: 'message', value: message ? messageValue(message) : NOTHING },
    { name: 'before', value: textValue(before) },
    { name: 'after', value: textValue(after) },
  ];
  const name = message ? ` in ${message.name}` : '';
  return { label: `step ${formatCount(step)}${name}`, value: { text: `${before} → ${after}`, plain: step, step, fields } };
}

/** Returns the part of a place that a row shows. */
function shownOf(place: Place, step: number, timeline: Timeline): Place {
  const event = timeline.event(step);
  return place.length <= MAX_WHOLE || event?.kind !== 'write' ? place : { ...place, ...commonPart(place, event) };
}

/** Returns the part of a place that an event writes. */
function commonPart(place: Place, event: Extract<TraceEvent, { readonly kind: 'write' }>): Omit<Place, 'space'> {
  const address = Math.max(place.address, event.address);
  const end = Math.min(place.address + place.length, event.address + event.bytes.length);
  return { address, length: Math.max(0, end - address) };
}
