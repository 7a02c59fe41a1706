/**
 * Imports canister logs as command-line tools print them, in text or JSON. Records whose text is a header or an event in the JSON
 * Lines form are the trace. All others become notes. A canister keeps only the last part of its log, so records can be missing:
 * a jump in their numbers becomes a gap.
 */
import { fromHex } from '../../core/format.ts';
import type { ByteSource } from '../../core/memory/source.ts';
import type { TraceEvent, TraceHeader } from '../events.ts';
import { decodeEvent, kindOfNumber } from '../format/event-fields.ts';
import { Fields } from '../format/fields.ts';
import { decodeHeader } from '../format/header-fields.ts';
import { jsonOf } from '../format/line-reader.ts';
import type { TraceFinding } from '../format/trace-sink.ts';
import type { ImportedTrace } from './imported-trace.ts';
import { type LogRecord, logRecords } from './log-records.ts';

/** The record that the Internet Computer itself appends when a message traps. */
const TRAP = /^\[TRAP\]: /;
/** Number of the name that holds the text of the latest trap. No recorder counts so far. */
const TRAP_TEXT = Number.MAX_SAFE_INTEGER;

/** Imports a log. `start` is the text at its start, by which its form is recognised. */
export function importCanisterLogs(source: ByteSource, start: string): ImportedTrace {
  const findings: TraceFinding[] = [];
  return { header: headerIn(logRecords(source, start, [])), events: importEvents(logRecords(source, start, findings)), findings };
}

/** Returns the first header in the log, or a default header if it is lost. */
function headerIn(records: Iterable<LogRecord>): TraceHeader {
  for (const { content } of records) {
    for (const line of content.split('\n')) {
      const value = traceValue(line);
      const decoded = isMap(value) ? decodeHeader('json', value) : undefined;
      if (decoded?.ok) return decoded.header;
    }
  }
  return { version: 1, producer: 'import of canister logs', canister: undefined, wasmSha256: undefined, initial: undefined };
}

function* importEvents(records: Iterable<LogRecord>): Generator<TraceEvent, void, undefined> {
  const fields = new Fields();
  /** Numbers of the messages that have begun and not ended, the latest last. */
  const open: number[] = [];
  let expected: number | undefined;
  for (const { number, content } of records) {
    if (number !== undefined) {
      if (expected !== undefined && number > expected) yield { kind: 'gap', lost: number - expected };
      expected = number + 1;
    }
    if (TRAP.test(content) && open.length > 0) {
      yield* trapped(open, content.replace(TRAP, ''));
      continue;
    }
    for (const line of content.split('\n')) {
      const value = traceValue(line);
      if (isMap(value) && decodeHeader('json', value).ok) continue;
      const event = eventOf(value, fields) ?? { kind: 'note', text: line };
      if (event.kind === 'begin') open.push(event.message);
      else if (event.kind === 'end' && open.includes(event.message)) open.splice(open.lastIndexOf(event.message));
      yield event;
    }
  }
}

/** Ends the open messages, the latest first. A message that traps cannot record its own end. */
function* trapped(open: number[], text: string): Generator<TraceEvent, void, undefined> {
  yield { kind: 'string', id: TRAP_TEXT, text };
  for (const message of open.splice(0).reverse()) {
    yield { kind: 'end', message, outcome: 'trapped', time: undefined, instructions: undefined, text: TRAP_TEXT };
  }
}

/** Returns a line as JSON. Tools print contents that they take for bytes as hex digits or, as Go does, in Base64. */
function traceValue(line: string): unknown {
  const value = jsonOf(line);
  if (typeof value === 'object' && value !== null) return value;
  const bytes = fromHex(line.replace(/^(?:\(bytes\) )?(?:0x)?/, '')) ?? fromBase64(line);
  return bytes && jsonOf(new TextDecoder().decode(bytes));
}

function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const bytes: number[] = [];
  let bits = 0;
  for (const [index, digit] of [...text.replace(/=+$/, '')].entries()) {
    bits = (bits << 6) | digits.indexOf(digit);
    const excess = 6 - 2 * (index % 4);
    if (excess < 6) bytes.push((bits >> excess) & 0xff);
  }
  return Uint8Array.from(bytes);
}

function eventOf(value: unknown, fields: Fields): TraceEvent | undefined {
  if (!Array.isArray(value)) return undefined;
  const number: unknown = value[0];
  const kind = typeof number === 'number' ? kindOfNumber(number) : undefined;
  if (kind === undefined) return undefined;
  const event = decodeEvent(fields, 'json', kind, value);
  return fields.problem === undefined ? event : undefined;
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
