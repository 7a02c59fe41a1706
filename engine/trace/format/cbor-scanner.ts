import { Decoder } from 'cbor-x/decode';
import type { EventKind } from '../events.ts';
import { ARRAY, CborItems, MAP } from './cbor-items.ts';
import { decodeEvent, kindOfNumber } from './event-fields.ts';
import { Fields } from './fields.ts';
import { decodeHeader } from './header-fields.ts';
import type { Scanned, TraceScanner, TraceSink } from './trace-sink.ts';

/** At most so many events are decoded at once. */
const LONGEST_RUN = 1024;

/**
 * Reads a trace's CBOR sequence. Items are measured and judged by their heads first; runs of whole, plain events then go through the
 * decoder together, which is many times faster than one by one.
 */
export class CborScanner implements TraceScanner {
  readonly #items = new CborItems();
  readonly #decoder = new Decoder({ useRecords: false, mapsAsObjects: false });
  readonly #fields = new Fields();
  #kinds: EventKind[] = [];
  #offsets: number[] = [];

  scan(bytes: Uint8Array, offset: number, last: boolean, sink: TraceSink): Scanned {
    const items = this.#items;
    let runStart = 0;
    let position = 0;
    const endRun = (): boolean => {
      const sound = this.#decodeRun(bytes.subarray(runStart, position), sink);
      runStart = position;
      return sound;
    };
    const stop = (message: string): Scanned => {
      if (endRun()) sink.problem('trace.bad-event', offset + position, message);
      return { used: position, needed: 0 };
    };
    while (position < bytes.length) {
      const length = items.length(bytes, position);
      if (length < 0) {
        if (endRun() && last)
          sink.problem('trace.cut', offset + position, cutMessage(offset + position, offset === 0 && position === 0));
        return { used: position, needed: -length };
      }
      if (length === 0) return stop(`No event can begin with the byte at ${offset + position}. What follows cannot be read.`);
      const plain = items.plain;
      items.head(bytes, position);
      if (items.major === MAP) {
        if (!endRun() || !this.#header(bytes.subarray(position, position + length), offset + position, plain, sink)) {
          return { used: position, needed: 0 };
        }
        position += length;
        runStart = position;
        continue;
      }
      if (!this.#goToKind(bytes))
        return stop(`What stands at byte ${offset + position} is no event: an event is an array that begins with its kind.`);
      const kind = kindOfNumber(items.argument);
      if (kind === undefined) {
        if (!endRun()) return { used: position, needed: 0 };
        sink.unknown();
        position += length;
        runStart = position;
        continue;
      }
      if (!plain)
        return stop(`The ${kind} event at byte ${offset + position} has a tag, a float or deep nesting, as no event does.`);
      this.#kinds.push(kind);
      this.#offsets.push(offset + position);
      position += length;
      if (this.#kinds.length === LONGEST_RUN && !endRun()) return { used: position, needed: 0 };
    }
    endRun();
    return { used: position, needed: 0 };
  }

  /** From an array's head to the unsigned number that begins it; false where there is none. */
  #goToKind(bytes: Uint8Array): boolean {
    const items = this.#items;
    if (items.major !== ARRAY || items.argument === 0) return false;
    items.head(bytes, items.next);
    return items.isUnsigned;
  }

  #header(bytes: Uint8Array, offset: number, plain: boolean, sink: TraceSink): boolean {
    let map: unknown;
    try {
      map = plain ? this.#decoder.decode(bytes) : undefined;
    } catch {
      // What is no map of plain values is no header either.
    }
    const decoded = decodeHeader('cbor', map);
    if (decoded.ok) sink.header(decoded.header, offset);
    else sink.problem(decoded.code, offset, decoded.message);
    return decoded.ok;
  }

  /** False where an event is not what it has to be; that is the end then. */
  #decodeRun(bytes: Uint8Array, sink: TraceSink): boolean {
    const kinds = this.#kinds;
    const offsets = this.#offsets;
    this.#kinds = [];
    this.#offsets = [];
    if (kinds.length === 0) return true;
    const fields = this.#fields;
    let index = 0;
    let sound = true;
    const take = (item: unknown): boolean => {
      const kind = kinds[index] ?? 'note';
      const at = offsets[index] ?? 0;
      index++;
      const event = decodeEvent(fields, 'cbor', kind, Array.isArray(item) ? item : []);
      sound = fields.problem === undefined;
      if (fields.problem === undefined) sink.event(event, at);
      else sink.problem('trace.bad-event', at, `${fields.problem} What follows is not read.`);
      return sound;
    };
    try {
      this.#decoder.decodeMultiple(bytes, take);
    } catch (error) {
      sound = false;
      const reason = error instanceof Error ? error.message : String(error);
      sink.problem(
        'trace.bad-event',
        offsets[index] ?? 0,
        `The event at byte ${offsets[index] ?? 0} cannot be decoded: ${reason}.`,
      );
    }
    return sound;
  }
}

function cutMessage(offset: number, empty: boolean): string {
  return empty
    ? 'The file ends inside of its header.'
    : `The file ends inside of the event at byte ${offset}. Everything before it was read.`;
}
