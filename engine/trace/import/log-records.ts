/**
 * The records of a canister's log, as command-line tools print them:
 *
 * - text, of `dfx canister logs` and `icp canister logs`: `[12. 2025-03-04T10:11:12.131415161Z]: content`, one record per line;
 * - JSON, of `icp canister logs --json`: `{"log_records":[{"timestamp":…,"index":12,"content":"…"}]}`, and with `--follow` one
 *   such record per line. The management canister's own names, `idx` and `canister_log_records`, are read as well, and so are
 *   contents as lists of bytes.
 *
 * A file may begin or end within a record.
 */
import type { ByteSource } from '../../core/memory/source.ts';
import { lines, objectOf, type TextLine } from '../format/line-reader.ts';
import type { TraceFinding } from '../format/trace-sink.ts';

export interface LogRecord {
  /** The record's number in the log. Undefined for lines of the file that are not a record, such as the rest of a longer one. */
  readonly number: number | undefined;
  readonly content: string;
}

const TEXT_RECORD = /^\[(\d+)\. \d{4}-[^\]]*\]: ?(.*)$/;
const ANY_TEXT_RECORD = new RegExp(TEXT_RECORD, 'm');
/** Start of a record's object. Inside of a JSON text the quotes would have backslashes. */
const JSON_RECORD = /\{\s*"(?:timestamp(?:_nanos)?|index|idx|content)"\s*:/;
const JSON_LIST = /"(?:canister_)?log_records"\s*:\s*\[/;

/** Returns true if the start of a file is from a canister's log. */
export function isCanisterLog(start: string): boolean {
  return ANY_TEXT_RECORD.test(start) || JSON_LIST.test(start) || JSON_RECORD.test(start);
}

/** Returns the records of a log in the file's order. `findings` receives a finding if the file ends within a record. */
export function logRecords(source: ByteSource, start: string, findings: TraceFinding[]): Iterable<LogRecord> {
  return ANY_TEXT_RECORD.test(start) ? textRecords(source) : jsonRecords(source, findings);
}

function* textRecords(source: ByteSource): Generator<LogRecord, void, undefined> {
  for (const { text } of lines(source)) {
    const [, digits, content = text] = TEXT_RECORD.exec(text) ?? [];
    yield { number: digits === undefined ? undefined : Number(digits), content };
  }
}

function* jsonRecords(source: ByteSource, findings: TraceFinding[]): Generator<LogRecord, void, undefined> {
  for (const text of innermostObjects(source, findings)) {
    const record = objectOf(text);
    const content = record && contentOf(record['content']);
    if (content !== undefined) yield { number: numberOf(record?.['index'] ?? record?.['idx']), content };
  }
}

/** Returns the objects that have no objects in them, as text. Needs no complete JSON around them. */
function* innermostObjects(source: ByteSource, findings: TraceFinding[]): Generator<string, void, undefined> {
  /** Number of open objects and lists. */
  let depth = 0;
  /** The latest object, which may go on over several lines. */
  let open: { text: string; readonly line: TextLine; readonly index: number } | undefined;
  let isFirst = true;
  for (const line of lines(source)) {
    const { text } = line;
    let start = 0;
    for (let index = isFirst ? firstIndex(text) : 0; index < text.length; index++) {
      switch (text[index]) {
        case '"':
          index = endOfString(text, index);
          break;
        case '{':
          depth++;
          open = { text: '', line, index };
          start = index;
          break;
        case '[':
          depth++;
          break;
        case '}':
          if (open) yield open.text + text.slice(start, index + 1);
          open = undefined;
          depth = Math.max(0, depth - 1);
          break;
        case ']':
          depth = Math.max(0, depth - 1);
      }
    }
    if (open) open.text += `${text.slice(start)}\n`;
    isFirst = false;
  }
  if (depth === 0) return;
  const offset = open ? open.line.offset + new TextEncoder().encode(open.line.text.slice(0, open.index)).length : source.size;
  findings.push({ code: 'trace.cut', offset, step: 0, message: 'The log ends within its JSON. All complete records were read.' });
}

/** Returns where the objects of the file's first line start. The line may be the rest of a record, even of an event in it. */
function firstIndex(text: string): number {
  if (/^(?:\[\s*)?(?:\{\s*(?:"|$)|$)/.test(text)) return 0;
  const index = text.search(JSON_RECORD);
  return index === -1 ? text.length : index;
}

/** Returns the index of the quote that ends the string at `start`, or of the line's end: no JSON string has a line feed. */
function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === '"') return index;
  }
  return text.length;
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

function contentOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  return new TextDecoder().decode(Uint8Array.from(value, (byte: unknown) => (typeof byte === 'number' ? byte : 0)));
}
