/**
 * The JSON Lines form of a trace, for hand-written traces and for logs: the same header and events, one JSON value per line. Byte
 * strings are `{"h": "00ff"}`, integers beyond 2^53 are decimal strings, and an optional field that is missing before a present
 * one is `null`.
 */
import { cut, toHex } from '../../core/format.ts';
import type { TraceEvent, TraceHeader } from '../events.ts';
import { decodeEvent, encodeEvent, kindOfNumber } from './event-fields.ts';
import { Fields } from './fields.ts';
import { decodeHeader, encodeHeader } from './header-fields.ts';
import { JsonEvents } from './json-event.ts';
import type { Scanned, TraceScanner, TraceSink } from './trace-sink.ts';

const LINE_FEED = 10;
const BEFORE = 'Everything before it was read.';

export class JsonLinesScanner implements TraceScanner {
  readonly #fields = new Fields();
  readonly #text = new TextDecoder();
  readonly #usual = new JsonEvents();

  scan(bytes: Uint8Array, offset: number, last: boolean, sink: TraceSink): Scanned {
    let position = 0;
    while (position < bytes.length) {
      const event = this.#usual.decode(bytes, position);
      if (event) {
        const start = position;
        // The receiver may read other events meanwhile, with this scanner.
        position = this.#usual.end;
        sink.event(event, offset + start);
        continue;
      }
      const feed = bytes.indexOf(LINE_FEED, position);
      if (feed === -1 && !last) return { used: position, needed: bytes.length - position + 1 };
      const end = feed === -1 ? bytes.length : feed;
      const line = this.#text.decode(bytes.subarray(position, end)).trim();
      if (line !== '' && !this.#line(line, offset + position, feed === -1, sink)) return { used: position, needed: 0 };
      position = feed === -1 ? end : feed + 1;
    }
    return { used: position, needed: 0 };
  }

  /** Reads a line. Returns false at an invalid line, which ends the scan. */
  #line(line: string, offset: number, cut: boolean, sink: TraceSink): boolean {
    const fail = (message: string): boolean => {
      sink.problem('trace.bad-event', offset, `${message} ${BEFORE}`);
      return false;
    };
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      if (!cut) return fail(`The line at byte ${offset} is not JSON: ${preview(line)}.`);
      sink.problem('trace.cut', offset, `The file ends within the line at byte ${offset}. ${BEFORE}`);
      return false;
    }
    if (!Array.isArray(value)) return this.#header(value, offset, sink);
    const number: unknown = value[0];
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
      return fail(`The line at byte ${offset} is not an event: an event starts with the number of its kind.`);
    }
    const kind = kindOfNumber(number);
    if (kind === undefined) {
      sink.unknown();
      return true;
    }
    const event = decodeEvent(this.#fields, 'json', kind, value);
    if (this.#fields.problem !== undefined) return fail(this.#fields.problem);
    sink.event(event, offset);
    return true;
  }

  #header(value: unknown, offset: number, sink: TraceSink): boolean {
    const isMap = typeof value === 'object' && value !== null;
    const decoded = decodeHeader('json', value);
    if (decoded.ok) sink.header(decoded.header, offset);
    else if (isMap) sink.problem(decoded.code, offset, decoded.message);
    else sink.problem('trace.bad-event', offset, `The line at byte ${offset} is neither an event nor a header.`);
    return decoded.ok;
  }
}

/** Returns a header as a line, without the line feed. */
export function headerLine(header: TraceHeader): string {
  return JSON.stringify(jsonOf(encodeHeader(header)));
}

/** Returns an event as a line, without the line feed. */
export function eventLine(event: TraceEvent): string {
  return JSON.stringify(encodeEvent(event).map(jsonOf));
}

function jsonOf(value: unknown): unknown {
  if (value === undefined) return null;
  if (value instanceof Uint8Array) return { h: toHex(value) };
  if (typeof value === 'bigint') return value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, jsonOf(inner)]));
}

function preview(line: string): string {
  return cut(line, 60);
}
