import type { EntryLine, IncompleteLine } from '../../engine/views/entries.ts';
import { jsonLine } from './text-chunks.ts';

/** Returns the lines of `entries --json`, in pieces. */
export function* entriesAsJsonLines(lines: Iterable<EntryLine | IncompleteLine>): Generator<string> {
  for (const line of lines) yield* jsonLine(line);
}
