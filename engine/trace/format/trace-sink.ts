import type { FindingCode } from '../../core/findings.ts';
import type { TraceEvent, TraceHeader } from '../events.ts';

/** Something wrong with a trace: where in its file, and at which step where it is of one. */
export interface TraceFinding {
  readonly code: FindingCode;
  /** A byte position in the trace file. */
  readonly offset: number;
  readonly step: number | undefined;
  readonly message: string;
}

/** Takes what a trace file consists of, in its order. After a `problem` nothing more comes. */
export interface TraceSink {
  header(header: TraceHeader, offset: number): void;
  event(event: TraceEvent, offset: number): void;
  /** An event of a kind that only later versions know. */
  unknown(): void;
  problem(code: FindingCode, offset: number, message: string): void;
}

/** What a part of a file gave. */
export interface Scanned {
  /** How many bytes were whole pieces. */
  readonly used: number;
  /** So many bytes from there on are needed for the next piece; 0 where nothing is left of it, or a problem ended it. */
  readonly needed: number;
}

/** One of the two ways in which a trace is written down. */
export interface TraceScanner {
  /** Gives the pieces that lie whole in `bytes`, which stand at `offset` in the file. `last`: the file ends with them. */
  scan(bytes: Uint8Array, offset: number, last: boolean, sink: TraceSink): Scanned;
}
