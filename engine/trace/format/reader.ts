import { formatBytes } from '../../core/format.ts';
import type { ByteSource } from '../../core/memory/source.ts';
import { Trace } from '../trace.ts';
import { TraceIndex } from '../trace-index.ts';
import { CborScanner } from './cbor-scanner.ts';
import { JsonLinesScanner } from './json-lines.ts';
import { LONGEST_LINE } from './line-reader.ts';
import type { TraceFinding, TraceScanner } from './trace-sink.ts';

const WINDOW = 1024 * 1024;
/** A larger event is damage: no canister writes so much at once. */
const LARGEST_EVENT = 256 * 1024 * 1024;

/** What a file is, by its first bytes and never by its name. */
export type TraceFileKind = 'gzip' | 'cbor' | 'json' | 'unknown';

/** Looks at the first bytes. A `gzip` has to be unpacked before the trace in it can be read. */
export function traceFileKind(source: ByteSource): TraceFileKind {
  const bytes = new Uint8Array(Math.min(64, source.size));
  source.read(0, bytes);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  if ((bytes[0] ?? 0) >> 5 === 5) return 'cbor';
  const text = new TextDecoder().decode(bytes).trimStart();
  return text.startsWith('{') ? 'json' : 'unknown';
}

/**
 * Reads a trace of either form. It never throws for what the file says: what cannot be read is a finding, and everything before it is
 * there. The source is read again whenever events are asked for, so it has to stay open. `earlier`: what was found when the source was
 * made of something else.
 */
export function readTrace(source: ByteSource, earlier: readonly TraceFinding[] = []): Trace {
  const index = new TraceIndex(earlier);
  const kind = traceFileKind(source);
  const scanner = kind === 'json' ? new JsonLinesScanner() : new CborScanner();
  if (kind === 'gzip') index.problem('trace.not-a-trace', 0, 'This is a gzip: what is in it has to be unpacked first.');
  else if (kind === 'unknown') index.problem('trace.not-a-trace', 0, unknownMessage(source));
  else readPieces(source, scanner, index, kind === 'json' ? LONGEST_LINE : LARGEST_EVENT);
  return new Trace(source, scanner, index);
}

function readPieces(source: ByteSource, scanner: TraceScanner, index: TraceIndex, largest: number): void {
  let window = WINDOW;
  while (index.end < source.size && !index.stopped) {
    const left = source.size - index.end;
    const bytes = new Uint8Array(Math.min(window, left));
    source.read(index.end, bytes);
    const { used, needed } = scanner.scan(bytes, index.end, bytes.length === left, index);
    index.end += used;
    window = WINDOW;
    if (used > 0 || index.stopped) continue;
    // Not even one piece was whole: either it is larger than the window, or the file ends inside of it.
    const missing = needed > source.size - index.end;
    if (missing)
      index.problem(
        'trace.cut',
        index.end,
        `The file ends inside of the event at byte ${index.end}. Everything before it was read.`,
      );
    else if (needed > largest) {
      index.problem(
        'trace.bad-event',
        index.end,
        `The event at byte ${index.end} has more than ${formatBytes(largest)}. No event has so much; what follows is not read.`,
      );
    } else window = Math.min(Math.max(2 * bytes.length, needed), largest);
  }
}

function unknownMessage(source: ByteSource): string {
  return source.size === 0 ? 'The file is empty.' : 'This is no trace: it begins with neither a CBOR map nor "{".';
}
