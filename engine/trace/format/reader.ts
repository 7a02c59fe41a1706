import { formatBytes } from '../../core/format.ts';
import type { ByteSource } from '../../core/memory/source.ts';
import { finish, type Sliced } from '../../core/slices.ts';
import { Trace } from '../trace.ts';
import { TraceIndex } from '../trace-index.ts';
import { CborScanner } from './cbor-scanner.ts';
import { JsonLinesScanner } from './json-lines.ts';
import { MAX_LINE } from './line-reader.ts';
import type { TraceFinding, TraceScanner } from './trace-sink.ts';

/** Bytes read at a time. */
const WINDOW = 256 * 1024;
/** Maximum bytes of an event. A larger event is damage, because no canister writes so much at once. */
const MAX_EVENT = 256 * 1024 * 1024;

/** Kind of a file by its first bytes, never by its name. */
export type TraceFileKind = 'gzip' | 'cbor' | 'json' | 'unknown';

/** Returns the kind of a file by its first bytes. A `gzip` file must be unpacked before its trace can be read. */
export function traceFileKind(source: ByteSource): TraceFileKind {
  const bytes = new Uint8Array(Math.min(64, source.size));
  source.read(0, bytes);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  if ((bytes[0] ?? 0) >> 5 === 5) return 'cbor';
  const text = new TextDecoder().decode(bytes).trimStart();
  return text.startsWith('{') ? 'json' : 'unknown';
}

/**
 * Reads a trace in either encoding. Never throws because of the file's content: an unreadable part is a finding, and everything
 * before it is kept. The source is read again when events are requested, so it must stay open. `earlier` are findings from
 * importing the source from another format. `indexLimit` is the maximum number of ranges in the index of addresses.
 */
export function readTrace(source: ByteSource, earlier: readonly TraceFinding[] = [], indexLimit?: number): Trace {
  return finish(readingTrace(source, earlier, indexLimit));
}

/** Reads a trace in slices. */
export function* readingTrace(source: ByteSource, earlier: readonly TraceFinding[] = [], indexLimit?: number): Sliced<Trace> {
  const index = new TraceIndex(earlier, indexLimit);
  const kind = traceFileKind(source);
  const scanner = kind === 'json' ? new JsonLinesScanner() : new CborScanner();
  if (kind === 'gzip') index.problem('trace.not-a-trace', 0, 'This is a gzip file. Unpack it first.');
  else if (kind === 'unknown') index.problem('trace.not-a-trace', 0, unknownMessage(source));
  else yield* readWindows(source, scanner, index, kind === 'json' ? MAX_LINE : MAX_EVENT);
  return new Trace(source, scanner, index);
}

function* readWindows(source: ByteSource, scanner: TraceScanner, index: TraceIndex, limit: number): Sliced<void> {
  let window = WINDOW;
  while (index.end < source.size && !index.stopped) {
    yield index.end / source.size;
    const remaining = source.size - index.end;
    const bytes = new Uint8Array(Math.min(window, remaining));
    source.read(index.end, bytes);
    const { used, needed } = scanner.scan(bytes, index.end, bytes.length === remaining, index);
    index.end += used;
    window = WINDOW;
    if (used > 0 || index.stopped) continue;
    // Not one item was complete: either it is larger than the window, or the file ends within it.
    const missing = needed > source.size - index.end;
    if (missing)
      index.problem(
        'trace.cut',
        index.end,
        `The file ends within the event at byte ${index.end}. Everything before it was read.`,
      );
    else if (needed > limit) {
      index.problem(
        'trace.bad-event',
        index.end,
        `The event at byte ${index.end} is larger than ${formatBytes(limit)}, the limit of an event. The rest is not read.`,
      );
    } else window = Math.min(Math.max(2 * bytes.length, needed), limit);
  }
}

function unknownMessage(source: ByteSource): string {
  return source.size === 0 ? 'The file is empty.' : 'This is not a trace: it does not start with a CBOR map or "{".';
}
