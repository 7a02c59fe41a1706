import type { CodeLens } from 'vscode-languageserver';
import { Budget } from '../../../engine/core/budget.ts';
import { formatCounted } from '../../../engine/core/format.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import { type Message, messageOf } from '../../debug-adapter/values/message-values.ts';
import { bytesOf } from './blocks.ts';
import { messagesIn } from './message-levels.ts';
import { linesRange, type ShownTrace } from './shown-trace.ts';

/** Maximum lenses in a document. */
const MAX_LENSES = 4000;
/** Pages that are counted: those of the replica's memory tracker. Bytes. */
const PAGE = 4096;
/** Maximum events of a message whose pages are counted, and maximum pages. */
const MAX_EVENTS = 20_000;
const MAX_PAGES = 20_000;

/** The command of a client that goes to a step: its arguments are the document's URI and the step. */
export const STEP_COMMAND = 'stableMemory.stepTo';

/** The data of a lens that is resolved when it is on screen. */
export interface LensData {
  readonly uri: string;
  /** The event that begins the message. */
  readonly event: number;
  /** True if it goes to the message's first step. */
  readonly goes: boolean;
}

/**
 * Returns the lenses above the outermost messages that begin in a document: one that goes to the first step, if the client can do
 * that, and one that says what happens. They have no texts yet.
 */
export function lensesOf({ open: { trace }, document }: ShownTrace, uri: string, canStep: boolean): readonly CodeLens[] {
  const lenses: CodeLens[] = [];
  for (const { span, depth } of messagesIn(trace, document)) {
    if (lenses.length >= MAX_LENSES) break;
    if (depth > 0 || span.begin < document.from) continue;
    const line = document.lineOfEvent(span.begin);
    const range = linesRange(line, line);
    const lens = (goes: boolean): CodeLens => ({ range, data: { uri, event: span.begin, goes } satisfies LensData });
    const hasSteps = trace.stepOf(span.end ?? trace.count - 1) > trace.stepOf(span.begin);
    if (canStep && hasSteps) lenses.push(lens(true));
    lenses.push(lens(false));
  }
  return lenses;
}

/** Returns the texts of a message's lenses: what happens in it, and the step to go to. Undefined if no message begins at the event. */
export function lensTextOf(trace: Trace, event: number): { readonly title: string; readonly step: number } | undefined {
  const span = event < trace.count ? trace.messages.of(event) : undefined;
  const message = span?.begin === event ? messageOf(trace, span) : undefined;
  if (!message || !span) return undefined;
  const { count, isWhole } = pagesTouched(trace, span.begin, span.end ?? trace.count - 1);
  const pages = `${formatCounted(count, 'page')}${isWhole ? '' : ' or more'} touched`;
  return { title: [stepsText(message), pages, outcomeText(message)].join(', '), step: message.from };
}

function stepsText({ from, to }: Message): string {
  return to < from ? 'no steps' : formatCounted(to - from + 1, 'step');
}

function outcomeText({ end }: Message): string {
  return end === undefined ? 'no end recorded' : end.outcome.replace('-', ' ');
}

/** Counts the pages of 4 KiB that the events from `from` to `to` write or read. */
function pagesTouched(trace: Trace, from: number, to: number): { readonly count: number; readonly isWhole: boolean } {
  const pages = new Set<string>();
  const budget = new Budget({ steps: MAX_EVENTS });
  for (let index = from; index <= to; index++) {
    if (!budget.spend() || pages.size >= MAX_PAGES) return { count: pages.size, isWhole: false };
    const event = trace.at(index);
    if (event.kind !== 'write' && event.kind !== 'read') continue;
    const { space, address, length } = bytesOf(event) ?? { space: 0, address: 0, length: 0 };
    const last = Math.floor((address + Math.max(1, length) - 1) / PAGE);
    for (let page = Math.floor(address / PAGE); page <= last && pages.size < MAX_PAGES; page++) pages.add(`${space} ${page}`);
  }
  return { count: pages.size, isWhole: true };
}
