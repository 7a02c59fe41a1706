import { Decoder } from 'cbor-x/decode';
import type { EventKind } from '../events.ts';
import { ARRAY, CborItems, MAP } from './cbor-items.ts';
import { decodeEvent, kindOfNumber } from './event-fields.ts';
import { Fields } from './fields.ts';
import { decodeHeader } from './header-fields.ts';
import type { Scanned, TraceScanner, TraceSink } from './trace-sink.ts';

/** Maximum events that are decoded together. */
const MAX_BATCH = 1024;

/**
 * Reads a trace's CBOR sequence. Items are first measured and checked by their heads. Batches of complete, plain events are then
 * decoded together, which is many times faster than one by one.
 */
export class CborScanner implements TraceScanner {
  readonly #items = new CborItems();
  readonly #decoder = new Decoder({ useRecords: false, mapsAsObjects: false });
  readonly #fields = new Fields();
  #kinds: EventKind[] = [];
  #offsets: number[] = [];

  scan(bytes: Uint8Array, offset: number, last: boolean, sink: TraceSink): Scanned {
    const items = this.#items;
    let batchStart = 0;
    let position = 0;
    const endBatch = (): boolean => {
      const sound = this.#decodeBatch(bytes.subarray(batchStart, position), sink);
      batchStart = position;
      return sound;
    };
    const stop = (message: string): Scanned => {
      if (endBatch()) sink.problem('trace.bad-event', offset + position, message);
      return { used: position, needed: 0 };
    };
    while (position < bytes.length) {
      const length = items.length(bytes, position);
      if (length < 0) {
        if (endBatch() && last)
          sink.problem('trace.cut', offset + position, cutMessage(offset + position, offset === 0 && position === 0));
        return { used: position, needed: -length };
      }
      if (length === 0) return stop(`No event can start with the byte at ${offset + position}. The rest cannot be read.`);
      const plain = items.plain;
      items.head(bytes, position);
      if (items.major === MAP) {
        if (!endBatch() || !this.#header(bytes.subarray(position, position + length), offset + position, plain, sink)) {
          return { used: position, needed: 0 };
        }
        position += length;
        batchStart = position;
        continue;
      }
      if (!this.#goToKind(bytes))
        return stop(`The item at byte ${offset + position} is not an event: an event is an array that starts with its kind.`);
      const kind = kindOfNumber(items.argument);
      if (kind === undefined) {
        if (!endBatch()) return { used: position, needed: 0 };
        sink.unknown();
        position += length;
        batchStart = position;
        continue;
      }
      if (!plain)
        return stop(`The ${kind} event at byte ${offset + position} has a tag, a float or deep nesting, which no event has.`);
      this.#kinds.push(kind);
      this.#offsets.push(offset + position);
      position += length;
      if (this.#kinds.length === MAX_BATCH && !endBatch()) return { used: position, needed: 0 };
    }
    endBatch();
    return { used: position, needed: 0 };
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

  /** Decodes a batch of events. Returns false at an invalid event, which ends the scan. */
  #decodeBatch(bytes: Uint8Array, sink: TraceSink): boolean {
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
      else sink.problem('trace.bad-event', at, `${fields.problem} The rest is not read.`);
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
    ? 'The file ends within its header.'
    : `The file ends within the event at byte ${offset}. Everything before it was read.`;
}
