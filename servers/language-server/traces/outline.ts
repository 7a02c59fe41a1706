import { type DocumentSymbol, SymbolKind } from 'vscode-languageserver';
import { formatCount, formatCounted } from '../../../engine/core/format.ts';
import { visibleText } from '../../../engine/core/visible-text.ts';
import type { Fault } from '../../../engine/trace/analysis/faults.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import { messageOf, messageTitle } from '../../debug-adapter/values/message-values.ts';
import { messagesIn, outermostLevels, type ShownMessage } from './message-levels.ts';
import { linesRange, type ShownTrace } from './shown-trace.ts';

/** Maximum messages in an outline. If there are more, the innermost levels are left out, and then the outermost ones are grouped. */
const MAX_MESSAGES = 3000;
const MAX_GROUPS = 500;
/** Maximum spaces and gaps, and maximum faults, in an outline. */
const MAX_EVENTS = 1000;
const MAX_NAME = 200;

/** An entry of the outline, from its first event to its last. */
interface Entry {
  readonly from: number;
  readonly to: number;
  readonly name: string;
  readonly detail?: string;
  readonly kind: SymbolKind;
}

/** Returns the outline of a document: its messages, and in them what is nested, the spaces, the gaps and the faults. */
export function outlineOf(shown: ShownTrace, faults: readonly Fault[]): readonly DocumentSymbol[] {
  const { trace } = shown.open;
  const entries = [...messageEntries(shown), ...eventEntries(shown), ...faultEntries(trace, faults)];
  return nested(shown, entries);
}

function messageEntries({ open: { trace }, document }: ShownTrace): readonly Entry[] {
  const messages = [...messagesIn(trace, document)];
  const levels = outermostLevels(messages, MAX_MESSAGES);
  if (levels.length > 0) return levels.map((message) => messageEntry(trace, message));
  const outermost = messages.filter(({ depth }) => depth === 0);
  const size = Math.ceil(outermost.length / MAX_GROUPS);
  const groups: Entry[] = [];
  for (let first = 0; first < outermost.length; first += size)
    groups.push(groupEntry(trace, outermost.slice(first, first + size)));
  return groups;
}

function messageEntry(trace: Trace, { span, from, to }: ShownMessage): Entry {
  const message = messageOf(trace, span);
  const name = message ? messageTitle(message) : `message ${formatCount(span.index + 1)}`;
  const detail = message && [stepsText(message.from, message.to), message.end?.outcome].filter(Boolean).join(', ');
  return { from, to, name, kind: SymbolKind.Function, ...(detail !== undefined && { detail }) };
}

function groupEntry(trace: Trace, group: readonly ShownMessage[]): Entry {
  const [first] = group;
  const last = group.at(-1);
  const [from, to] = [first?.from ?? 0, last?.to ?? 0];
  const steps = stepsText(trace.stepOf(from) + 1, trace.stepOf(to));
  return { from, to, name: formatCounted(group.length, 'message'), detail: steps, kind: SymbolKind.Package };
}

function stepsText(from: number, to: number): string {
  if (to < from) return 'no steps';
  return from === to ? `step #${from}` : `steps #${from} to #${to}`;
}

/** Returns the declarations of spaces, and the gaps. */
function eventEntries({ open: { trace }, document: { from, to } }: ShownTrace): readonly Entry[] {
  const entries: Entry[] = [];
  for (let index = from; index < to && entries.length < MAX_EVENTS; index++) {
    if (!trace.isKind(index, 'space') && !trace.isKind(index, 'gap')) continue;
    const event = trace.at(index);
    const at = { from: index, to: index };
    if (event.kind === 'space') {
      const name = trace.nameAt(index, event.name) ?? `space ${event.space}`;
      entries.push({ ...at, name, detail: event.spaceKind, kind: SymbolKind.Namespace });
    } else if (event.kind === 'gap') {
      entries.push({ ...at, name: `${formatCounted(event.lost, 'event')} lost`, kind: SymbolKind.Null });
    }
  }
  return entries;
}

function faultEntries(trace: Trace, faults: readonly Fault[]): readonly Entry[] {
  return faults.map(({ step, message }) => {
    const event = trace.eventOf(step);
    const name = message.replace(/^Step [\d,]+ /, `#${step} `);
    return { from: event, to: event, name, kind: SymbolKind.Event };
  });
}

interface OpenSymbol extends DocumentSymbol {
  readonly children: OpenSymbol[];
}

/** Puts each entry into the one around it. */
function nested({ document }: ShownTrace, entries: readonly Entry[]): readonly DocumentSymbol[] {
  const roots: OpenSymbol[] = [];
  const around: { readonly to: number; readonly symbol: OpenSymbol }[] = [];
  for (const { from, to, name, detail, kind } of entries.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    while ((around.at(-1)?.to ?? Number.POSITIVE_INFINITY) < from) around.pop();
    const [first, last] = [document.lineOfEvent(from), document.lineOfEvent(to)];
    const symbol: OpenSymbol = {
      name: visibleText(name).slice(0, MAX_NAME) || ' ',
      ...(detail !== undefined && { detail }),
      kind,
      range: linesRange(first, last),
      selectionRange: linesRange(first, first),
      children: [],
    };
    (around.at(-1)?.symbol.children ?? roots).push(symbol);
    if (to > from) around.push({ to, symbol });
  }
  return roots;
}
