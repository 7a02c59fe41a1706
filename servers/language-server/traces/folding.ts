import { type FoldingRange, FoldingRangeKind } from 'vscode-languageserver';
import type { Trace } from '../../../engine/trace/trace.ts';
import { messagesIn, outermostLevels } from './message-levels.ts';
import type { ShownTrace } from './shown-trace.ts';

/** Maximum ranges of each kind. VS Code folds at most 5,000 ranges of a document. */
const MAX_MESSAGES = 4000;
const MAX_OTHERS = 400;
/** Minimum lines of definitions that are folded. */
const MIN_DEFINITIONS = 3;

/** Returns what can be folded: messages, what follows a gap, and definitions of names and stacks in a row. */
export function foldingRangesOf(shown: ShownTrace): readonly FoldingRange[] {
  const { open, document } = shown;
  const ranges: FoldingRange[] = [];
  const add = (from: number, to: number, kind?: FoldingRangeKind): void => {
    const [startLine, endLine] = [document.lineOfEvent(from), document.lineOfEvent(to)];
    if (endLine > startLine) ranges.push({ startLine, endLine, ...(kind !== undefined && { kind }) });
  };
  for (const { from, to } of messageRanges(shown)) add(from, to);
  for (const [from, to] of afterGaps(shown)) add(from, to);
  for (const [from, to] of definitions(open.trace, document.from, document.to)) add(from, to, FoldingRangeKind.Imports);
  return ranges;
}

/** Returns the messages of several lines: all levels that fit, but at least the first outermost ones. */
function messageRanges({ open: { trace }, document }: ShownTrace) {
  const messages = [...messagesIn(trace, document)].filter(({ from, to }) => to > from);
  const levels = outermostLevels(messages, MAX_MESSAGES);
  return levels.length > 0 ? levels : messages.filter(({ depth }) => depth === 0).slice(0, MAX_MESSAGES);
}

/** Returns the events from each gap to the next one, or to the end of the message that the gap is in. */
function afterGaps({ open: { trace }, document: { from, to } }: ShownTrace): readonly (readonly [number, number])[] {
  const gaps: number[] = [];
  for (let index = from; index < to && gaps.length < MAX_OTHERS; index++) if (trace.isKind(index, 'gap')) gaps.push(index);
  return gaps.map((gap, place) => {
    const end = trace.messages.of(gap)?.end;
    return [gap, Math.min((gaps[place + 1] ?? to) - 1, end === undefined ? to - 1 : end - 1)] as const;
  });
}

/** Returns the first and the last event of several definitions of names and stacks in a row. */
function* definitions(trace: Trace, from: number, to: number): Generator<readonly [number, number], void, undefined> {
  const isDefinition = (index: number): boolean => trace.isKind(index, 'string') || trace.isKind(index, 'stack');
  let found = 0;
  for (let index = from; index < to && found < MAX_OTHERS; index++) {
    if (!isDefinition(index)) continue;
    const first = index;
    while (index + 1 < to && isDefinition(index + 1)) index += 1;
    if (index - first + 1 < MIN_DEFINITIONS) continue;
    found += 1;
    yield [first, index];
  }
}
