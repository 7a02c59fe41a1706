import type { Hover, Position } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { formatAddress, fromHex, toHex } from '../../engine/core/format.ts';
import { codeSpan } from '../../engine/core/markdown.ts';
import type { CodecTable } from '../../engine/values/codec-table.ts';
import { byteInRow, bytesOfRows, parseHexText } from '../../engine/values/hex-text.ts';
import { describeBytes } from './describe-bytes.ts';
import { kindOf } from './documents.ts';
import { lineText } from './line-text.ts';
import { literalAt } from './motoko-literal.ts';
import { describePart } from './traces/describe-part.ts';
import type { ShownTraces } from './traces/shown-trace.ts';

/** Returns the hover for a position in the document, or undefined if there is none. */
export async function hoverAt(
  document: TextDocument,
  position: Position,
  traces: ShownTraces,
  own: CodecTable,
): Promise<Hover | undefined> {
  switch (kindOf(document)) {
    case 'trace':
      return traceHover(document, position, traces, own);
    case 'json-trace':
      return jsonHover(document, position, traces, own);
    case 'hex':
      return hexHover(document, position, own);
    case 'motoko':
      return motokoHover(document, position, own);
    case 'labels':
    case 'script':
    case undefined:
      return undefined;
  }
}

async function traceHover(
  document: TextDocument,
  position: Position,
  traces: ShownTraces,
  own: CodecTable,
): Promise<Hover | undefined> {
  const place = await traces.at(document, position);
  if (!place?.part) return undefined;
  const { shown, event, part } = place;
  const markdown = describePart(shown.open, part, event, own);
  return markdown === undefined ? undefined : hover(markdown, position.line, part.start, part.end);
}

/** Returns the hover for a byte string, `{"h": "00ff"}`, or else for the event of the line. */
async function jsonHover(
  document: TextDocument,
  position: Position,
  traces: ShownTraces,
  own: CodecTable,
): Promise<Hover | undefined> {
  const text = lineText(document, position.line);
  for (const match of text.matchAll(/\{\s*"h"\s*:\s*"([0-9a-fA-F]*)"\s*\}/g)) {
    const end = match.index + match[0].length;
    const bytes = fromHex(match[1] ?? '');
    if (position.character >= match.index && position.character < end && bytes) {
      return hover(describeBytes(bytes, own), position.line, match.index, end);
    }
  }
  const place = await traces.at(document, position);
  if (!place) return undefined;
  const { text: lines } = place.shown.open;
  const line = lines.line(lines.lineOfEvent(place.event));
  return hover(codeSpan(line.text.trim().replaceAll(/ {2,}/g, '  ')), position.line, 0, text.length);
}

/** Returns the hover for an element's bytes: all of them, and the one under the pointer. */
function hexHover(document: TextDocument, position: Position, own: CodecTable): Hover | undefined {
  const rows = parseHexText(document.getText().split(/\r?\n/));
  const row = rows.find(({ line }) => line === position.line);
  const index = row && byteInRow(row, position.character);
  if (!row || index === undefined) return undefined;
  const byte = row.bytes[index] ?? 0;
  const here = `Byte ${codeSpan(toHex(Uint8Array.of(byte)))} (${byte}) at ${codeSpan(formatAddress(row.address + index))}`;
  const start = position.character >= row.charactersAt ? row.charactersAt + index : row.hexAt + 3 * index + (index < 8 ? 0 : 1);
  const width = position.character >= row.charactersAt ? 1 : 2;
  return hover(`${describeBytes(bytesOfRows(rows), own)}\n\n${here}`, position.line, start, start + width);
}

/** Returns the hover for a literal with raw bytes, which is a blob. */
function motokoHover(document: TextDocument, position: Position, own: CodecTable): Hover | undefined {
  const literal = literalAt(lineText(document, position.line), position.character);
  return literal?.raw ? hover(describeBytes(literal.bytes, own), position.line, literal.start, literal.end) : undefined;
}

function hover(markdown: string, line: number, start: number, end: number): Hover {
  return {
    contents: { kind: 'markdown', value: markdown },
    range: { start: { line, character: start }, end: { line, character: end } },
  };
}
