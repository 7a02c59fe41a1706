import type { CancellationToken, Range, SemanticTokensLegend } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { Slices } from '../../open-files/slices.ts';
import { lineText } from '../line-text.ts';
import { endOfBlock } from './blocks.ts';
import type { ShownTrace } from './shown-trace.ts';

const TYPES = ['comment', 'keyword', 'variable'] as const;
/**
 * `undone`: a later end of a message undoes the event. `fault`: something is wrong with the step. `live`: the block is live at the
 * end of the trace. `freed`: it is freed before.
 */
const MODIFIERS = ['undone', 'fault', 'live', 'freed'] as const;

export const LEGEND: SemanticTokensLegend = { tokenTypes: [...TYPES], tokenModifiers: [...MODIFIERS] };

/** Maximum lines that are coloured at once. An editor asks for those on screen where a document is longer. */
export const MAX_COLOURED_LINES = 20_000;

/** A coloured part of a line. Columns count from 0; `end` is exclusive. */
interface Token {
  readonly start: number;
  readonly end: number;
  readonly type: (typeof TYPES)[number];
  readonly modifier: (typeof MODIFIERS)[number];
}

/** Receives tokens in order, as the protocol has them: by the index of their type, and a bit for each modifier. */
export interface TokenSink {
  push(line: number, character: number, length: number, type: number, modifiers: number): void;
}

/** Adds the tokens of the lines of a range, in slices. Ends early when it is cancelled. */
export async function addTokens(
  shown: ShownTrace,
  text: TextDocument,
  { start, end }: Range,
  sink: TokenSink,
  cancellation: CancellationToken,
): Promise<void> {
  const slices = new Slices();
  const last = Math.min(end.line, start.line + MAX_COLOURED_LINES, shown.document.lines - 1);
  for (let line = start.line; line <= last; line++) {
    if (slices.isOver) await slices.next();
    if (cancellation.isCancellationRequested) return;
    for (const { start: from, end: to, type, modifier } of tokensOf(shown, text, line))
      sink.push(line, from, to - from, TYPES.indexOf(type), 1 << MODIFIERS.indexOf(modifier));
  }
}

/** Returns what only the trace as a whole shows about a line. */
function tokensOf({ open, document, part }: ShownTrace, text: TextDocument, line: number): readonly Token[] {
  const index = document.eventOfLine(line);
  if (index === undefined) return [];
  const { trace, history } = open;
  const generated = part?.line(line);
  const shownText = generated?.text ?? lineText(text, line);
  const start = shownText.length - shownText.trimStart().length;
  if (trace.messages.isUndone(index, trace.count)) return [{ start, end: shownText.length, type: 'comment', modifier: 'undone' }];
  if (!generated || !trace.isStep(index)) return [];
  const step = trace.stepOf(index);
  const event = trace.at(index);
  const tokens: Token[] = [];
  if (history.faultsOf(step).length > 0) {
    const at = shownText.indexOf(` ${event.kind} `) + 1;
    if (at > 0) tokens.push({ start: at, end: at + event.kind.length, type: 'keyword', modifier: 'fault' });
  }
  if (event.kind === 'allocate' || event.kind === 'reallocate') {
    const block = { space: event.space, address: event.address, length: event.size, allocated: step };
    const place = generated.parts.find((each) => each.kind === 'address');
    const modifier = endOfBlock(trace, block) === undefined ? 'live' : 'freed';
    if (place) tokens.push({ start: place.start, end: place.end, type: 'variable', modifier });
  }
  return tokens;
}
