import { Decoder } from 'cbor-x/decode';
import { CborEvents } from './cbor-event.ts';
import { ARRAY, CborItems, MAP } from './cbor-items.ts';
import { decodeEvent, kindOfNumber } from './event-fields.ts';
import { Fields } from './fields.ts';
import { decodeHeader } from './header-fields.ts';
import type { Scanned, TraceScanner, TraceSink } from './trace-sink.ts';

/**
 * Reads a trace's CBOR sequence. The usual events are decoded straight from the bytes. Any other item is first measured and checked by
 * its heads, and then decoded alone.
 */
export class CborScanner implements TraceScanner {
  readonly #usual = new CborEvents();
  readonly #items = new CborItems();
  readonly #decoder = new Decoder({ useRecords: false, mapsAsObjects: false });
  readonly #fields = new Fields();

  scan(bytes: Uint8Array, offset: number, last: boolean, sink: TraceSink): Scanned {
    const usual = this.#usual;
    let position = 0;
    while (position < bytes.length) {
      const event = usual.decode(bytes, position);
      if (event) {
        const start = position;
        // The receiver may read other events meanwhile, with this scanner.
        position = usual.end;
        sink.event(event, offset + start);
        continue;
      }
      const length = this.#items.length(bytes, position);
      if (length < 0) {
        if (last) sink.problem('trace.cut', offset + position, cutMessage(offset + position, offset === 0 && position === 0));
        return { used: position, needed: -length };
      }
      if (!this.#item(bytes, position, length, offset, sink)) return { used: position, needed: 0 };
      position += length;
    }
    return { used: position, needed: 0 };
  }

  /** Passes on an item of any kind. `length` is 0 if it is none. Returns false at an invalid one, which ends the scan. */
  #item(bytes: Uint8Array, position: number, length: number, offset: number, sink: TraceSink): boolean {
    const items = this.#items;
    const at = offset + position;
    const stop = (message: string): boolean => {
      sink.problem('trace.bad-event', at, message);
      return false;
    };
    if (length === 0) return stop(`No event can start with the byte at ${at}. The rest cannot be read.`);
    const { plain } = items;
    const item = bytes.subarray(position, position + length);
    items.head(bytes, position);
    if (items.major === MAP) return this.#header(item, at, plain, sink);
    if (!this.#goToKind(bytes))
      return stop(`The item at byte ${at} is not an event: an event is an array that starts with its kind.`);
    const kind = kindOfNumber(items.argument);
    if (kind === undefined) {
      sink.unknown();
      return true;
    }
    if (!plain) return stop(`The ${kind} event at byte ${at} has a tag, a float or deep nesting, which no event has.`);
    let values: unknown;
    try {
      values = this.#decoder.decode(item);
    } catch (error) {
      return stop(`The event at byte ${at} cannot be decoded: ${error instanceof Error ? error.message : String(error)}.`);
    }
    const event = decodeEvent(this.#fields, 'cbor', kind, Array.isArray(values) ? values : []);
    const { problem } = this.#fields;
    if (problem !== undefined) return stop(`${problem} The rest is not read.`);
    sink.event(event, at);
    return true;
  }

  /** Moves from an array's head to its first item. Returns false if that is not an unsigned number. */
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
      // If it is not a map of plain values, it is not a header.
    }
    const decoded = decodeHeader('cbor', map);
    if (decoded.ok) sink.header(decoded.header, offset);
    else sink.problem(decoded.code, offset, decoded.message);
    return decoded.ok;
  }
}

function cutMessage(offset: number, empty: boolean): string {
  return empty
    ? 'The file ends within its header.'
    : `The file ends within the event at byte ${offset}. Everything before it was read.`;
}
