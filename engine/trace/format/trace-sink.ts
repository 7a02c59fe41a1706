import type { FindingCode } from '../../core/findings.ts';
import type { TraceEvent, TraceHeader } from '../events.ts';

/** A finding about a trace, with its offset in the file and its step, if any. */
export interface TraceFinding {
  readonly code: FindingCode;
  /** Byte offset in the trace file. */
  readonly offset: number;
  readonly step: number | undefined;
  readonly message: string;
}

/** Receives the content of a trace file in order. Nothing follows a `problem`. */
export interface TraceSink {
  header(header: TraceHeader, offset: number): void;
  event(event: TraceEvent, offset: number): void;
  /** Receives an event of a kind from a later version. */
  unknown(): void;
  problem(code: FindingCode, offset: number, message: string): void;
}

/** Result of scanning a part of a file. */
export interface Scanned {
  /** Number of bytes of complete items. */
  readonly used: number;
  /** Number of bytes after that which the next item needs. 0 if nothing is left, or after a problem. */
  readonly needed: number;
}

/** Scanner for one of the two encodings of a trace. */
export interface TraceScanner {
  /**
   * Passes the complete items in `bytes` to `sink`. `offset` is the offset of `bytes` in the file. `last` is true if the file
   * ends with them.
   */
  scan(bytes: Uint8Array, offset: number, last: boolean, sink: TraceSink): Scanned;
}
