import type { MessageSpan } from '../../../engine/trace/messages.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import type { TraceDocument } from '../../open-files/trace-document.ts';

/** A message that a document shows, at least in part. */
export interface ShownMessage {
  readonly span: MessageSpan;
  /** Its first and last event that the document shows. */
  readonly from: number;
  readonly to: number;
  /** Number of messages around it. */
  readonly depth: number;
}

/** Returns the messages that a document shows, in the order of their beginnings. */
export function* messagesIn(trace: Trace, { from, to }: TraceDocument): Generator<ShownMessage, void, undefined> {
  if (from >= to) return;
  const { messages } = trace;
  /** The ends of the messages around the next one. */
  const open: number[] = [];
  const shown = (span: MessageSpan): ShownMessage => {
    const last = Math.min(to - 1, span.end ?? trace.count - 1);
    while ((open.at(-1) ?? Number.POSITIVE_INFINITY) < span.begin) open.pop();
    open.push(span.end ?? trace.count - 1);
    return { span, from: Math.max(from, span.begin), to: last, depth: open.length - 1 };
  };
  for (const span of messages.around(from).toReversed()) if (span.begin < from) yield shown(span);
  for (let index = messages.begunBefore(from); index < messages.count; index++) {
    const span = messages.at(index);
    if (span.begin >= to) return;
    yield shown(span);
  }
}

/** Returns messages of the outermost levels: as many levels as have at most `max` messages together. None if there are more outermost ones. */
export function outermostLevels(messages: readonly ShownMessage[], max: number): readonly ShownMessage[] {
  const counts: number[] = [];
  for (const { depth } of messages) counts[depth] = (counts[depth] ?? 0) + 1;
  let levels = 0;
  for (let total = counts[0] ?? 0; levels < counts.length && total <= max; total += counts[levels] ?? 0) levels += 1;
  return messages.filter(({ depth }) => depth < levels);
}
