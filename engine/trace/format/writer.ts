import { Encoder } from 'cbor-x/encode';
import type { TraceEvent, TraceHeader } from '../events.ts';
import { writeArray } from './cbor-array.ts';
import { encodeEvent } from './event-fields.ts';
import { encodeHeader } from './header-fields.ts';
import { eventLine, headerLine } from './json-lines.ts';

/** Number of bytes that are collected before they are passed on. */
const CHUNK = 65_536;

/** Receives a trace's bytes in chunks, in order. The receiver may keep the chunks. */
export type ByteSink = (bytes: Uint8Array<ArrayBuffer>) => void;

/** Writes the events of a trace in order. `finish` flushes the rest. Another header starts another recording. */
export interface TraceWriter {
  header(header: TraceHeader): void;
  event(event: TraceEvent): void;
  finish(): void;
}

/** Writes a trace as a CBOR sequence. */
export class CborTraceWriter implements TraceWriter {
  readonly #encoder = new Encoder({ useRecords: false, tagUint8Array: false, mapsAsObjects: false });
  readonly #out: Chunks;

  constructor(sink: ByteSink) {
    this.#out = new Chunks(sink);
  }

  header(header: TraceHeader): void {
    this.#out.push(this.#encoder.encode(cborOf(encodeHeader(header))));
  }

  event(event: TraceEvent): void {
    const values = encodeEvent(event);
    if (!this.#out.pushArray(values)) this.#out.push(this.#encoder.encode(values.map(cborOf)));
  }

  finish(): void {
    this.#out.flush();
  }
}

/** Writes a trace as JSON Lines. */
export class JsonLinesTraceWriter implements TraceWriter {
  readonly #out: Chunks;
  readonly #text = new TextEncoder();

  constructor(sink: ByteSink) {
    this.#out = new Chunks(sink);
  }

  header(header: TraceHeader): void {
    this.#out.push(this.#text.encode(`${headerLine(header)}\n`));
  }

  event(event: TraceEvent): void {
    this.#out.push(this.#text.encode(`${eventLine(event)}\n`));
  }

  finish(): void {
    this.#out.flush();
  }
}

/** Returns a whole trace as the bytes of a file. */
export function encodeTrace(
  header: TraceHeader,
  events: Iterable<TraceEvent>,
  form: 'cbor' | 'json' = 'cbor',
): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  const writer =
    form === 'cbor'
      ? new CborTraceWriter((bytes) => chunks.push(bytes))
      : new JsonLinesTraceWriter((bytes) => chunks.push(bytes));
  writer.header(header);
  for (const event of events) writer.event(event);
  writer.finish();
  const all = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let done = 0;
  for (const chunk of chunks) {
    all.set(chunk, done);
    done += chunk.length;
  }
  return all;
}

/**
 * Returns a value so that the encoder writes integers in their shortest form. The encoder writes numbers from 2^32 as floats, and
 * a `bigint` always in 8 bytes.
 */
function cborOf(value: unknown): unknown {
  if (value === undefined) return null;
  if (typeof value === 'number') return value > 0xffff_ffff ? BigInt(value) : value;
  if (typeof value === 'bigint') return value > 0xffff_ffffn ? value : Number(value);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return new Map(Object.entries(value).map(([name, inner]) => [name, cborOf(inner)]));
}

/** Collects small byte arrays into chunks. */
class Chunks {
  readonly #sink: ByteSink;
  #chunk = new Uint8Array(CHUNK);
  #length = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#chunk.length) this.flush();
    if (bytes.length > this.#chunk.length) {
      this.#sink(new Uint8Array(bytes));
      return;
    }
    this.#chunk.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Writes plain values as a CBOR array. Returns false if that is not possible. */
  pushArray(values: readonly unknown[]): boolean {
    let end = writeArray(this.#chunk, this.#length, values);
    if (end === undefined && this.#length > CHUNK / 2) {
      this.flush();
      end = writeArray(this.#chunk, this.#length, values);
    }
    if (end === undefined) return false;
    this.#length = end;
    return true;
  }

  flush(): void {
    if (this.#length === 0) return;
    this.#sink(this.#chunk.slice(0, this.#length));
    this.#length = 0;
  }
}
