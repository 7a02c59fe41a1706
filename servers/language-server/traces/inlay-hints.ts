import type { InlayHint, InlayHintLabelPart, Range } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { formatBytes, formatCount } from '../../../engine/core/format.ts';
import type { SpaceNumber } from '../../../engine/trace/events.ts';
import { spaceIn } from '../../../engine/trace/state/allocation-state.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import { lineText } from '../line-text.ts';
import { blockAt, bytesOf, endOfBlock, spacesWithSameBytes } from './blocks.ts';
import { locationOfStep, type ShownTrace } from './shown-trace.ts';

/** Maximum lines that get hints. An editor asks for those on screen. */
const MAX_LINES = 1000;
/** Minimum size that is repeated in a larger unit. Bytes. */
const MIN_SIZE = 1024;

type Label = readonly InlayHintLabelPart[];

/**
 * Returns a hint after each step in a range of lines: its size in units, the block of an access, and what is live after an allocation
 * or a free. In a file that is itself a trace also the number of the step, which the file does not have.
 */
export function inlayHintsOf(shown: ShownTrace, text: TextDocument, { start, end }: Range): readonly InlayHint[] {
  const { document } = shown;
  const hints: InlayHint[] = [];
  for (let line = start.line; line <= Math.min(end.line, start.line + MAX_LINES, document.lines - 1); line++) {
    const event = document.eventOfLine(line);
    const label = event === undefined ? [] : labelOf(shown, event);
    if (label.length === 0) continue;
    // At the end, so that the columns of the text stay aligned.
    hints.push({ position: { line, character: lineText(text, line).length }, label: [...label], paddingLeft: true });
  }
  return hints;
}

function labelOf(shown: ShownTrace, event: number): Label {
  const { trace } = shown.open;
  if (!trace.isStep(event)) return [];
  const length = bytesOf(trace.at(event))?.length ?? 0;
  const labels: readonly (Label | undefined)[] = [
    shown.part ? undefined : [{ value: `#${trace.stepOf(event)} ${trace.kindAt(event)}` }],
    length >= MIN_SIZE ? [{ value: formatBytes(length) }] : undefined,
    blockLabel(shown, event),
    liveLabel(shown, event),
  ];
  const present = labels.filter((label) => label !== undefined);
  return present.flatMap((label, index) => (index === 0 ? label : [{ value: ' · ' }, ...label]));
}

/** Names the block that a write, a read or a free is about, with a link to its allocation. */
function blockLabel(shown: ShownTrace, index: number): Label | undefined {
  const { trace } = shown.open;
  const event = trace.at(index);
  if (event.kind !== 'write' && event.kind !== 'read' && event.kind !== 'deallocate') return undefined;
  const step = trace.stepOf(index);
  const block = blockAt(trace, spacesWithSameBytes(trace, index, event.space), event.address, step);
  if (!block) return undefined;
  const end = endOfBlock(trace, block);
  const isFreed = end !== undefined && end < step;
  return [
    { value: isFreed ? 'freed block of ' : 'block of ' },
    { value: `#${block.allocated}`, location: locationOfStep(shown, block.allocated) },
  ];
}

/** Counts the live blocks after a step that allocates or frees. */
function liveLabel({ open: { trace, history } }: ShownTrace, index: number): Label | undefined {
  const space = allocatorOf(trace, index);
  const blocks = space === undefined ? undefined : spaceIn(history.after(trace.stepOf(index)), space)?.blocks;
  return blocks && [{ value: `${formatCount(blocks.count)} live, ${formatBytes(blocks.bytes)}` }];
}

/** Returns the space in which an event allocates or frees. */
function allocatorOf(trace: Trace, index: number): SpaceNumber | undefined {
  const event = trace.at(index);
  switch (event.kind) {
    case 'allocate':
    case 'deallocate':
    case 'reallocate':
    case 'free':
      return event.space;
    default:
      return undefined;
  }
}
