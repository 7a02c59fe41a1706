import { Budget } from '../../core/budget.ts';
import { at, holds, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import type { SpaceNumber, TraceEvent } from '../events.ts';
import { findTouch, type Place } from '../search.ts';
import { type MemoryState, memoryIn } from '../state/memory-state.ts';
import type { Trace } from '../trace.ts';
import { ByteOdds } from './byte-odds.ts';
import { BestMatches, type MatchedRead, type Sought } from './matches.ts';

/** Maximum writes that are followed, one from the other. */
const MAX_LINKS = 100;
/** Maximum bytes of a value that are followed. */
const MAX_VALUE = 4096;
/** Maximum events of a message that are examined for each write, maximum places compared, and maximum bytes read of all reads. */
const MAX_EVENTS = 200_000;
const MAX_COMPARED = 500_000;
const MAX_READ = 4 * 1024 * 1024;
/** Maximum probability of an accident with which a read is still taken as the source. */
const MAX_CHANCE = 0.01;

/** The read of its message that had the bytes that a step wrote, or why there is none. */
export type OriginSource =
  /** One place that the message read had them. `chance` is the probability that it had them by accident. */
  | { readonly kind: 'read'; readonly read: MatchedRead; readonly chance: number }
  /** The same, but the value is too short or too common to be sure. */
  | { readonly kind: 'unsure'; readonly read: MatchedRead; readonly chance: number }
  /** Several places had them. `reads` has the first ones, `count` is the number of all. */
  | { readonly kind: 'several'; readonly reads: readonly MatchedRead[]; readonly count: number; readonly chance: number }
  /** No read of the message before the write had them. `reads` is the number of reads examined. */
  | { readonly kind: 'none'; readonly reads: number }
  /** The message read nothing before the write. `recorded` is false if the trace has no reads at all. */
  | { readonly kind: 'no-reads'; readonly recorded: boolean }
  /** The write is outside of any message. */
  | { readonly kind: 'no-message' }
  /** The message has too many events or reads too many bytes to examine all. */
  | { readonly kind: 'cut-short'; readonly reason: string };

/** One write of the bytes, and where it has them from. */
export interface OriginLink {
  /** The step that wrote the bytes. */
  readonly step: number;
  /** The bytes that are followed: those that the step wrote of the place. */
  readonly place: Place;
  readonly bytes: Uint8Array;
  readonly source: OriginSource;
}

/** The way that bytes came, as far as the trace can tell. */
export interface Origin {
  /** The writes of the bytes, latest first. Each but the last has the source `read`. Empty if no step wrote them. */
  readonly links: readonly OriginLink[];
  /** True if the bytes that the last link read were not written before in this trace. */
  readonly isOlder: boolean;
  /** True if there are more links than are returned. */
  readonly more: boolean;
}

/** A replayed trace with its memories at any step. */
interface Replayed {
  readonly trace: Trace;
  memoryStateAt(step: number): MemoryState;
}

/**
 * Follows the bytes of a place after step `from` back through the reads of the messages that wrote them. A trace does not record what a
 * program computes. So a source is a read of the same message, before the write, that had the same bytes; `chance` says how likely
 * that is an accident. `place` is as the trace records it.
 */
export function originOf(timeline: Replayed, place: Place, from: number): Origin {
  const { trace } = timeline;
  const links: OriginLink[] = [];
  let wanted = place;
  let before = from + 1;
  while (links.length < MAX_LINKS) {
    const step = findTouch(trace, wanted, ['write'], before, 'backward', 'effective');
    const write = step === undefined ? undefined : trace.at(trace.eventOf(step));
    if (step === undefined || write?.kind !== 'write') return { links, isOlder: true, more: false };
    const link = linkOf(timeline, step, write, wanted);
    links.push(link);
    if (link.source.kind !== 'read') return { links, isOlder: false, more: false };
    wanted = link.source.read.place;
    before = link.source.read.step;
  }
  return { links, isOlder: false, more: true };
}

type WriteEvent = Extract<TraceEvent, { readonly kind: 'write' }>;

function linkOf(timeline: Replayed, step: number, write: WriteEvent, { space, address, length }: Place): OriginLink {
  const start = Math.max(address, write.address);
  const end = Math.min(address + length, write.address + write.bytes.length, start + MAX_VALUE);
  const place = { space, address: start, length: end - start };
  const value = { all: write.bytes, start: start - write.address, end: end - write.address };
  return {
    step,
    place,
    bytes: write.bytes.subarray(value.start, value.end),
    source: sourceOf(timeline, step, value),
  };
}

function sourceOf(timeline: Replayed, step: number, value: Sought): OriginSource {
  const { trace } = timeline;
  const writing = trace.eventOf(step);
  const message = trace.messages.around(writing).at(-1);
  if (!message) return { kind: 'no-message' };
  const budget = new Budget({ steps: MAX_EVENTS });
  const reading = new Budget({ bytes: MAX_READ });
  const matches = new BestMatches(value, new Budget({ steps: MAX_COMPARED }));
  const odds = new ByteOdds();
  const memories = new Memories(timeline);
  let reads = 0;
  for (let index = message.begin; index < writing; index++) {
    if (!budget.spend()) return { kind: 'cut-short', reason: 'Its message has too many events.' };
    if (!trace.isKind(index, 'read')) continue;
    const event = trace.at(index);
    if (event.kind !== 'read') continue;
    reads += 1;
    if (event.length === 0) continue;
    if (!reading.spend(event.length)) return { kind: 'cut-short', reason: 'Its message reads too many bytes.' };
    const memory = memories.at(index, event.space);
    if (!memory || !holds(memory, event.address, event.length)) continue;
    const bytes = readBytes(memory, at(event.address, 0), event.length);
    odds.add(bytes);
    if (!matches.add(bytes, event, trace.stepOf(index)))
      return { kind: 'cut-short', reason: 'Too many places in its reads have these bytes.' };
  }
  if (reads === 0) return { kind: 'no-reads', recorded: trace.stepCounts.has('read') };
  const [read, ...others] = matches.reads;
  if (!read) return { kind: 'none', reads };
  const chance = odds.chanceOf(matches.matched);
  if (others.length > 0) return { kind: 'several', reads: matches.reads, count: matches.count, chance };
  return { kind: chance <= MAX_CHANCE ? 'read' : 'unsure', read, chance };
}

/** The memories that the reads of one message see. Kinds of events say whether a memory changed since the read before. */
class Memories {
  readonly #timeline: Replayed;
  /** The event up to which the kept memories are valid. */
  #seen = -1;
  readonly #memories = new Map<SpaceNumber, ReadableMemory | undefined>();

  constructor(timeline: Replayed) {
    this.#timeline = timeline;
  }

  /** Returns the memory of a space as the read at `index` sees it. Events must be asked for in order. */
  at(index: number, space: SpaceNumber): ReadableMemory | undefined {
    const { trace } = this.#timeline;
    if (this.#seen === -1 || this.#hasChanged(index)) this.#memories.clear();
    this.#seen = index;
    if (this.#memories.has(space)) return this.#memories.get(space);
    const state = this.#timeline.memoryStateAt(trace.stepOf(index));
    const memory = space === 0 ? state.image : memoryIn(state, trace.spaceAt(index, space));
    this.#memories.set(space, memory);
    return memory;
  }

  #hasChanged(index: number): boolean {
    const { trace } = this.#timeline;
    for (let between = this.#seen + 1; between < index; between++) {
      if (trace.isStep(between) && !trace.isKind(between, 'read')) return true;
    }
    return false;
  }
}
