/**
 * Imports canister logs as command-line tools print them: one record per line, `[12. 2025-03-04T10:11:12.131415161Z]: text`.
 * Records whose text is a header or an event in the JSON Lines form are the trace. All others become notes. A canister keeps only
 * the last few KiB of its log, so records can be missing. A jump in their numbers becomes a gap.
 */
import type { ByteSource } from '../../core/memory/source.ts';
import type { TraceEvent, TraceHeader } from '../events.ts';
import { decodeEvent, kindOfNumber } from '../format/event-fields.ts';
import { Fields } from '../format/fields.ts';
import { decodeHeader } from '../format/header-fields.ts';
import { jsonOf, lines } from '../format/line-reader.ts';
import type { TraceFinding } from '../format/trace-sink.ts';
import type { ImportedTrace } from './imported-trace.ts';

const RECORD = /^\[(\d+)\. \d{4}-[^\]]*\]: ?(.*)$/;

export function isLogLine(line: string): boolean {
  return RECORD.test(line);
}

export function importCanisterLogs(source: ByteSource): ImportedTrace {
  const findings: TraceFinding[] = [];
  return { header: headerIn(source), events: importEvents(source), findings };
}

/** Returns the first header in the log, or a default header if it is lost. */
function headerIn(source: ByteSource): TraceHeader {
  for (const { text } of lines(source)) {
    const value = jsonOf(RECORD.exec(text)?.[2] ?? '');
    const decoded = isMap(value) ? decodeHeader('json', value) : undefined;
    if (decoded?.ok) return decoded.header;
  }
  return { version: 1, producer: 'import of canister logs', canister: undefined, wasmSha256: undefined, initial: undefined };
}

function* importEvents(source: ByteSource): Generator<TraceEvent, void, undefined> {
  const fields = new Fields();
  let expected: number | undefined;
  for (const { text } of lines(source)) {
    const [, digits, content = text] = RECORD.exec(text) ?? [];
    if (digits !== undefined) {
      const number = Number(digits);
      if (expected !== undefined && number > expected) yield { kind: 'gap', lost: number - expected };
      expected = number + 1;
    }
    const value = jsonOf(content);
    if (isMap(value) && decodeHeader('json', value).ok) continue;
    yield eventOf(value, fields) ?? { kind: 'note', text: content };
  }
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
