import { formatCount, formatCounted } from '../../../engine/core/format.ts';
import type { EventKind, SpaceNumber } from '../../../engine/trace/events.ts';
import type { Place } from '../../../engine/trace/search.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { rangeText } from '../values/event-values.ts';
import { messageAt } from '../values/message-values.ts';
import { type Answer, answerOf, type Line, stepLine } from './answer.ts';
import { allocatorsOf, findInPlaces, placeText, rangeOf, recordedPlaces } from './places.ts';

/** Maximum accesses that are counted, maximum reallocations, and maximum messages that are named. */
const MAX_COUNTED = 10_000;
const MAX_MOVES = 100;
const MAX_NAMED = 4;

/** A place where a block is from one step to another. A block that is reallocated has several stays. */
interface Stay {
  readonly place: Place;
  /** The step that put it there, and the step that ends the stay; undefined if none does. */
  readonly from: number;
  readonly to: number | undefined;
}

/** Returns the answer to `history memory 3:0x40`: the life of the block there, or of the last one that was live. */
export function blockHistory(text: string, timeline: Timeline): Answer {
  const place = rangeOf(text, timeline);
  const places = recordedPlaces(place, timeline);
  const allocators = allocatorsOf(places, timeline);
  const found = allocators.map(({ space }) => birthOf(timeline, { ...place, space })).filter((birth) => birth !== undefined);
  const birth = found.length === 0 ? undefined : Math.max(...found);
  const event = birth === undefined ? undefined : timeline.event(birth);
  if (birth === undefined || (event?.kind !== 'allocate' && event?.kind !== 'reallocate')) {
    const none = allocators.length === 0 ? 'No allocator has blocks there' : 'No step allocated a block there';
    return answerOf({ text: `${none}: ${placeText(place, timeline)}, up to step ${formatCount(timeline.position)}.` });
  }
  const stays = staysOf(timeline, event.space, birth);
  const block = { space: event.space, address: event.address, length: event.size };
  const head = `the block ${rangeText(block.address, block.length)}, ${stateText(stays, timeline)}`;
  return answerOf(
    { text: head, step: stays[0]?.from },
    stays.flatMap((stay) => stayLines(stay, timeline)),
  );
}

/** Returns the last step that allocated a block at a place, or moved one there. */
function birthOf(timeline: Timeline, place: Place): number | undefined {
  const live = timeline.allocationOf(place.space, place.address);
  if (live) return live.step;
  const ALLOCATIONS: readonly EventKind[] = ['allocate', 'reallocate'];
  return timeline.findTouch(place, ALLOCATIONS, timeline.position + 1, 'backward', 'effective');
}

/** Returns the stays of the block that a step allocated or moved, from its allocation on. */
function staysOf(timeline: Timeline, space: SpaceNumber, birth: number): readonly Stay[] {
  let first = birth;
  for (let moves = 0; moves < MAX_MOVES; moves++) {
    const event = timeline.event(first);
    if (event?.kind !== 'reallocate') break;
    const before = { space, address: event.oldAddress, length: Math.max(1, event.oldSize) };
    const earlier = timeline.findTouch(before, ['allocate', 'reallocate'], first, 'backward', 'effective');
    if (earlier === undefined) break;
    first = earlier;
  }
  const stays: Stay[] = [];
  for (let from: number | undefined = first; from !== undefined && stays.length <= MAX_MOVES; ) {
    const event = timeline.event(from);
    if (event?.kind !== 'allocate' && event?.kind !== 'reallocate') break;
    const place: Place = { space, address: event.address, length: Math.max(1, event.size) };
    const to = timeline.findTouch(place, ['deallocate', 'reallocate', 'free'], from, 'forward');
    stays.push({ place, from, to });
    from = to;
  }
  return stays;
}

function stateText(stays: readonly Stay[], timeline: Timeline): string {
  const from = stays[0]?.from ?? 0;
  const end = stays.at(-1)?.to;
  const born = `allocated at step ${formatCount(from)}`;
  if (end === undefined) return `${born}, never freed`;
  return `${born}, ${end <= timeline.position ? 'freed' : 'to be freed'} at step ${formatCount(end)}`;
}

function stayLines(stay: Stay, timeline: Timeline): readonly Line[] {
  const isMoved = stay.to !== undefined && timeline.event(stay.to)?.kind === 'reallocate';
  const step = (number: number): Line => {
    const { text } = stepLine(number, timeline);
    return { text: `  ${text}`, step: number };
  };
  return [
    step(stay.from),
    ...accessLines(stay, 'write', timeline),
    ...accessLines(stay, 'read', timeline),
    // A reallocation is the first line of the next stay.
    ...(stay.to === undefined ? [{ text: '  never freed in this trace' }] : isMoved ? [] : [step(stay.to)]),
  ];
}

/** Returns a line with the number of writes or reads of a block during a stay, by message. */
function accessLines(stay: Stay, kind: 'write' | 'read', timeline: Timeline): readonly Line[] {
  const { trace } = timeline;
  const places = recordedPlaces(stay.place, timeline);
  const counts = new Map<string, number>();
  let count = 0;
  let [first, last] = [0, 0];
  for (let step: number | undefined = stay.from; count < MAX_COUNTED; ) {
    step = findInPlaces(timeline, places, [kind], step, 'forward');
    if (step === undefined || (stay.to !== undefined && step >= stay.to)) break;
    if (count === 0) first = step;
    last = step;
    count += 1;
    const name = messageAt(trace, step)?.name ?? 'no message';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  if (count === 0) return [];
  const named = [...counts].sort(([, left], [, right]) => right - left);
  const by = named.slice(0, MAX_NAMED).map(([name, times]) => `${formatCount(times)} in ${name}`);
  const others = named.length > MAX_NAMED ? [`others in ${formatCounted(named.length - MAX_NAMED, 'more message')}`] : [];
  const most = count === MAX_COUNTED ? 'at least ' : '';
  const steps = count === 1 ? `at step ${formatCount(first)}` : `from step ${formatCount(first)} to ${formatCount(last)}`;
  return [{ text: `  ${most}${formatCounted(count, kind)} ${steps}: ${[...by, ...others].join(', ')}`, step: first }];
}
