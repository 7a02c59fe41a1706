/** A document that shows a trace: a part of its generated text, or a text file that is itself a trace. Lines count from 0. */
export interface TraceDocument {
  readonly uri: string;
  /** Number of lines. */
  readonly lines: number;
  /** The events that it shows: from `from` up to, but not including, `to`. */
  readonly from: number;
  readonly to: number;
  /** Returns the line of an event. Of an event before or after the document's events, returns its first or last line. */
  lineOfEvent(event: number): number;
  /** Returns the event of a line, or undefined if it shows none. */
  eventOfLine(line: number): number | undefined;
  /** Returns the line of a step in the same way. Step 0 has the first line. */
  lineOfStep(step: number): number;
  /** Returns the first step on or after a line. It may be in the next part. */
  stepFromLine(line: number): number | undefined;
}
