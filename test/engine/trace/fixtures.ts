import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { BytesSource } from '../../../engine/core/memory/source.ts';
import type { TraceEvent } from '../../../engine/trace/events.ts';
import { readTrace } from '../../../engine/trace/format/reader.ts';
import { encodeTrace } from '../../../engine/trace/format/writer.ts';
import { openTrace } from '../../../engine/trace/import/import.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import { plainHeader } from './arbitraries.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/traces');

/** Returns the unpacked bytes of a recorded trace. */
export function traceBytes(name: string): Uint8Array {
  return gunzipSync(readFileSync(join(FOLDER, `${name}.jsonl.gz`)));
}

export function recordedTrace(name: string): Trace {
  return openTrace(new BytesSource(traceBytes(name)));
}

/** Returns the last line of a recorded trace: the final state of the library. */
export function recordedEnd<T>(name: string): T {
  return JSON.parse(new TextDecoder().decode(traceBytes(name)).trim().split('\n').at(-1) ?? '');
}

/** Returns the JSON next to a recorded trace. */
export function traceSidecar<T>(name: string): T {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
}

/** Returns the events as a trace. `more` follows under a second header. */
export function traceOf(events: readonly TraceEvent[], header = plainHeader, more: readonly TraceEvent[] = []): Trace {
  const files = [encodeTrace(header, events), ...(more.length > 0 ? [encodeTrace(plainHeader, more)] : [])];
  return readTrace(new BytesSource(Buffer.concat(files)));
}
