import { encodedText } from '../../engine/core/write-text.ts';
import type { RecoverLine } from '../../engine/views/rescue/recover-lines.ts';
import { csvHead, csvLine } from './csv.ts';
import { jsonLine } from './text-chunks.ts';

/** Formats of a file with recovered entries. */
export const RECOVERED_FORMATS = ['jsonl', 'csv'] as const;
export type RecoveredFormat = (typeof RECOVERED_FORMATS)[number];

/** The columns of a CSV file, named like the fields of `recover --entries --json`. */
const COLUMNS = [
  'part',
  'source',
  'confidence',
  'inUse',
  'position',
  'path',
  'keyText',
  'key',
  'valueText',
  'value',
  'address',
  'offset',
  'chunk',
  'reason',
] as const satisfies readonly (keyof RecoverLine)[];

/** Returns the contents of a file with recovered entries, in pieces. `lines` has undefined now and then; a piece may be empty. */
export function recoveredPieces(lines: Iterable<RecoverLine | undefined>, format: RecoveredFormat): Generator<Uint8Array> {
  return encodedText(textOf(lines, format));
}

function* textOf(lines: Iterable<RecoverLine | undefined>, format: RecoveredFormat): Generator<string | undefined> {
  if (format === 'csv') yield csvHead(COLUMNS);
  for (const line of lines) {
    if (line === undefined) yield undefined;
    else yield* format === 'csv' ? csvLine(line, COLUMNS) : jsonLine(line);
  }
}
