import { formatCount, formatCounted } from '../../../engine/core/format.ts';
import type { Place } from '../../../engine/trace/search.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { bytesAt } from '../values/bytes-at.ts';
import { bytesText } from '../values/event-values.ts';
import { messageAt, messageValue } from '../values/message-values.ts';
import { type Field, type Item, NOTHING, stepValue, textValue } from '../values/value.ts';
import { type Answer, type Line, listAnswer, MAX_LINES, stepLine } from './answer.ts';
import { findInPlaces, placeText, recordedPlaces } from './places.ts';

/** Maximum writes of the table. */
const MAX_WRITES = 10_000;

/**
 * Returns the answer to `writes(memory 0:0x40, 8)`: all writes that touch these bytes, as a table of the step, its message, and the bytes before and
 * after.
 */
export function writesOf(place: Place, timeline: Timeline): Answer {
  const places = recordedPlaces(place, timeline);
  const steps: number[] = [];
  for (let step: number | undefined = 0; steps.length <= MAX_WRITES; steps.push(step)) {
    step = findInPlaces(timeline, places, ['write'], step, 'forward');
    if (step === undefined) break;
  }
  const more = steps.length > MAX_WRITES;
  if (more) steps.pop();
  const written = bytesOf(timeline, places);
  const items = {
    count: steps.length,
    read: (from: number, count: number): readonly Item[] =>
      steps.slice(from, from + count).map((step) => row(step, written, timeline)),
  };
  const count = steps.length === 0 ? 'no writes' : `${more ? 'the first ' : ''}${formatCounted(steps.length, 'write')}`;
  return listAnswer(
    { text: `${count} of ${placeText(place, timeline)}`, plain: steps.length, items },
    steps.slice(0, MAX_LINES).map((step) => writeLine(step, timeline)),
  );
}

/** Returns the bytes of a place after a step, from the first of its spaces that has any. */
function bytesOf(timeline: Timeline, places: readonly Place[]): (step: number) => Uint8Array | undefined {
  return (step) => {
    for (const place of places) {
      const bytes = bytesAt(timeline, step, place);
      if (bytes) return bytes;
    }
    return undefined;
  };
}

/** Returns a write with its own bytes, which need no state. */
function writeLine(step: number, timeline: Timeline): Line {
  const event = timeline.event(step);
  const bytes = event?.kind === 'write' ? `: ${bytesText(event.bytes)}` : '';
  return { text: `  ${stepLine(step, timeline).text}${bytes}`, step };
}

function row(step: number, written: (step: number) => Uint8Array | undefined, timeline: Timeline): Item {
  const message = messageAt(timeline.trace, step);
  const [before, after] = [written(step - 1), written(step)];
  const textOf = (bytes: Uint8Array | undefined): string => (bytes ? bytesText(bytes) : 'unknown');
  const fields = (): readonly Field[] => [
    { name: 'step', value: stepValue(step) },
    { name: 'message', value: message ? messageValue(message) : NOTHING },
    { name: 'before', value: textValue(textOf(before)) },
    { name: 'after', value: textValue(textOf(after)) },
  ];
  const name = message ? ` in ${message.name}` : '';
  return {
    label: `step ${formatCount(step)}${name}`,
    value: { text: `${textOf(before)} → ${textOf(after)}`, plain: step, step, fields },
  };
}
