/** Describes the parts of a line of a trace's text, in Markdown. */
import { Budget } from '../../../engine/core/budget.ts';
import { formatAddress, formatCount, formatCounted } from '../../../engine/core/format.ts';
import { codeSpan, markdownText } from '../../../engine/core/markdown.ts';
import type { SpaceNumber } from '../../../engine/trace/events.ts';
import { findStep, findTouch, touches } from '../../../engine/trace/search.ts';
import { type SpaceState, spaceIn } from '../../../engine/trace/state/allocation-state.ts';
import type { LiveBlock } from '../../../engine/trace/state/block-tree.ts';
import type { CodecTable } from '../../../engine/values/codec-table.ts';
import type { LinePart } from '../../../engine/views/trace/text-line.ts';
import { messageAt, messagesAround, messageTitle } from '../../debug-adapter/values/message-values.ts';
import type { OpenTrace } from '../../open-files/traces.ts';
import { describeBytes } from '../describe-bytes.ts';

/** Maximum time of a search through the trace, because a hover must be fast. Milliseconds. */
const MAX_SEARCH_TIME = 150;

/** Maximum overlapping blocks that are described. */
const MAX_BLOCKS = 4;

/** Describes a part of the line of `event`. Returns undefined if the text says it all. */
export function describePart(open: OpenTrace, part: LinePart, event: number, own: CodecTable): string | undefined {
  switch (part.kind) {
    case 'bytes':
      return describeBytes(part.bytes, own);
    case 'address':
      return describeAddress(open, part.space, part.address, event);
    case 'step':
      return describeStep(open, part.step);
    case 'space':
      return describeSpace(open, part.space, event);
    case 'message':
      return describeMessage(open, event);
    case 'size':
      return undefined;
  }
}

/**
 * Describes the block at an address and what happened to it, or else the block that was there before. Also names the last write.
 */
function describeAddress(open: OpenTrace, space: SpaceNumber, address: number, event: number): string {
  const { trace, history } = open;
  const step = trace.stepOf(event);
  const after = spaceIn(history.after(step), space);
  const before = spaceIn(history.after(Math.max(0, step - 1)), space);
  const title = `${codeSpan(formatAddress(address))} (${formatCount(address)}) in ${markdownText(after?.name ?? `space ${space}`)}`;
  const blocks = blocksAt(after, address);
  const described = blocks.length > 0 ? blocks : blocksAt(before, address);
  const sentences = described.map((block) => `- ${describeBlock(open, space, block, step)}`);
  if (sentences.length === 0 && after && after.size > 0) {
    sentences.push(address < after.size ? 'These bytes are free here.' : 'These bytes were never allocated.');
  }
  const writer = findTouch(trace, { space, address, length: 1 }, ['write'], step + 1, 'backward', 'effective');
  if (writer !== undefined) sentences.push(`Written last by ${stepText(open, writer)}.`);
  return [title, '', ...sentences].join('\n');
}

function blocksAt(state: SpaceState | undefined, address: number): readonly LiveBlock[] {
  return state ? [...state.blocks.overlapping(address, 1)].slice(0, MAX_BLOCKS) : [];
}

/** Describes a block as of `step`. */
function describeBlock(open: OpenTrace, space: SpaceNumber, block: LiveBlock, step: number): string {
  const range = codeSpan(`${formatAddress(block.address)} +${formatCount(block.size)}`);
  return `Block ${range}, allocated by ${stepText(open, block.step)}, ${endOf(open, space, block, step)}`;
}

/** Describes the end of a block after a step. */
function endOf({ trace, history }: OpenTrace, space: SpaceNumber, block: LiveBlock, step: number): string {
  const budget = new Budget({ milliseconds: MAX_SEARCH_TIME });
  const isLive = (at: number): boolean =>
    [...(spaceIn(history.after(at), space)?.blocks.overlapping(block.address, block.size) ?? [])].some(
      (other) => other.step === block.step && other.address === block.address,
    );
  const meets = touches(space, block.address, block.size);
  const freedBy = findStep(
    trace,
    (event, at, index) => (event.kind === 'end' || meets(event, at, index)) && !isLive(at),
    Math.max(block.step, step - 1),
    'forward',
    budget,
  );
  if (freedBy !== undefined) return `freed by step #${formatCount(freedBy)}.`;
  return budget.cutShort === undefined ? 'in use until the end of the trace.' : 'in use for a long time.';
}

/** Returns a step as text: `step #812 (allocate in addMessage)`. */
function stepText({ trace }: OpenTrace, step: number): string {
  const message = messageAt(trace, step);
  const kind = trace.kindAt(trace.eventOf(step));
  return `step #${formatCount(step)} (${kind}${message ? ` in ${markdownText(message.name)}` : ''})`;
}

/** Describes a step by its line and its faults. */
function describeStep(open: OpenTrace, step: number): string {
  const { trace, history, text } = open;
  const line = text.line(text.lineOfStep(step)).text.trim();
  const message = messageAt(trace, step);
  const faults = history.faultsOf(step).map((fault) => `**${markdownText(fault.message)}**`);
  return [
    codeSpan(line.replaceAll(/ {2,}/g, '  ')),
    '',
    `Step ${formatCount(step)} of ${formatCount(trace.steps)}${message ? `, in ${markdownText(messageTitle(message))}` : ''}.`,
    ...faults,
  ].join('\n');
}

function describeSpace({ history, trace }: OpenTrace, space: SpaceNumber, event: number): string | undefined {
  const state = spaceIn(history.after(trace.stepOf(event)), space);
  if (!state) return undefined;
  const params = Object.entries(state.params).map(([key, value]) => `${key} ${value}`);
  const figures = [
    ...(state.pages === undefined ? [] : [formatCounted(state.pages, 'page')]),
    ...(state.size > 0 ? [`${formatCounted(state.blocks.count, 'live block')} of ${formatCount(state.blocks.bytes)} B`] : []),
  ];
  const here = figures.length > 0 ? `\n\nHere: ${figures.join(', ')}.` : '';
  return `**${codeSpan(state.name)}** ${markdownText([state.kind, ...params].join(', '))}${here}`;
}

function describeMessage({ trace }: OpenTrace, event: number): string | undefined {
  const [message] = messagesAround(trace, event);
  if (!message) return undefined;
  const steps = message.to < message.from ? 'no steps' : `steps ${formatCount(message.from)} to ${formatCount(message.to)}`;
  return `**${codeSpan(message.name)}** ${message.kind}, ${steps}, ${message.end?.outcome ?? 'its end was not recorded'}.`;
}
