/** Formats each event as a line: `#812  transfer ▸ allocate    region 17     128 B → 0x2f00`. */
import { formatAddress, formatCount, formatCounted, toHex } from '../../core/format.ts';
import type { Annotation } from '../../trace/analysis/annotations.ts';
import {
  exactAddress,
  exactOldAddress,
  type Outcome,
  type SpaceNumber,
  type TraceEvent,
  type TraceHeader,
} from '../../trace/events.ts';
import type { Trace } from '../../trace/trace.ts';
import { formatPrincipal, MAX_PRINCIPAL_BYTES } from '../../values/codecs/principal.ts';
import { decodeUtf8 } from '../../values/utf8.ts';
import { LineBuilder, type TextLine } from './text-line.ts';

const MAX_MESSAGE_NAME = 28;
const MAX_SPACE_NAME = 24;
const KIND_WIDTH = 'deallocate'.length;
const SIZE_WIDTH = 9;
const OPERAND_WIDTH = 24;
const MAX_SHOWN_BYTES = 16;
const MAX_SHOWN_CHARACTERS = 32;

/** Start of each column of a trace's text. */
export interface Columns {
  readonly who: number;
  readonly messageNames: boolean;
  readonly space: number;
  readonly operand: number;
  readonly note: number;
}

/** Returns columns that are wide enough for the names in the trace. They are the same for all lines. */
export function columnsOf(trace: Trace): Columns {
  let longestMessage = 0;
  let longestSpace = 'physical memory'.length;
  for (const { names, messageNames, spaces } of trace.segments) {
    for (const name of messageNames) longestMessage = Math.max(longestMessage, (names.get(name) ?? 'message 0000').length);
    for (const space of spaces.values()) longestSpace = Math.max(longestSpace, (names.get(space.name) ?? '').length);
  }
  const hasMessages = trace.messages.count > 0;
  const who = `#${trace.steps}`.length + 2;
  const name = hasMessages ? Math.min(longestMessage, MAX_MESSAGE_NAME) + ' ▸ '.length : 0;
  const space = who + name + KIND_WIDTH + 2;
  const operand = space + Math.min(longestSpace, MAX_SPACE_NAME) + 2;
  return { who, messageNames: hasMessages, space, operand, note: operand + OPERAND_WIDTH + 2 };
}

/** Context of an event that its line shows. */
export interface LineContext {
  readonly trace: Trace;
  readonly columns: Columns;
  readonly index: number;
  /** The name of the message that the event belongs to. */
  readonly message: { readonly index: number; readonly name: string } | undefined;
  readonly annotation: Annotation | undefined;
}

export function headerLine(header: TraceHeader): TextLine {
  const line = new LineBuilder().add(`trace, written by ${quote(header.producer)}`);
  if (header.canister) {
    line.add(
      `, canister ${header.canister.length <= MAX_PRINCIPAL_BYTES ? formatPrincipal(header.canister) : toHex(header.canister)}`,
    );
  }
  if (header.initial) {
    const file = header.initial.file === undefined ? '' : ` in ${quote(header.initial.file)}`;
    line.add(`, from a memory of ${formatCounted(header.initial.pages, 'page')}${file}`);
  }
  return line.line(undefined, undefined);
}

export function eventLine(event: TraceEvent, context: LineContext): TextLine {
  const { trace, columns, index, message, annotation } = context;
  const step = trace.isStep(index) ? trace.stepOf(index) : undefined;
  const line = new LineBuilder();
  if (step === undefined) line.column(columns.who);
  else
    line
      .add(' '.repeat(columns.who - 2 - `#${step}`.length))
      .part(`#${step}`, { kind: 'step', step })
      .add('  ');
  if (message) line.part(clip(message.name, MAX_MESSAGE_NAME), { kind: 'message', message: message.index }).add(' ▸ ');
  line.add(event.kind).column(columns.space);
  describe(line, event, context);
  if (annotation) {
    line.column(columns.note);
    if (annotation.step === undefined) line.add(annotation.text);
    else line.part(annotation.text, { kind: 'step', step: annotation.step });
  }
  return line.line(index, step);
}

function describe(line: LineBuilder, event: TraceEvent, context: LineContext): void {
  const { trace, columns, index } = context;
  const name = (id: number): string => trace.nameAt(index, id) ?? `name ${id}`;
  const inSpace = (space: SpaceNumber): LineBuilder => {
    const declared = trace.spaceAt(index, space);
    const text = space === 0 ? 'physical memory' : ((declared && trace.nameAt(index, declared.name)) ?? `space ${space}`);
    return line.part(clip(text, MAX_SPACE_NAME), { kind: 'space', space }).column(columns.operand);
  };
  switch (event.kind) {
    case 'string':
      line.add(`${event.id} is ${quote(event.text)}`);
      break;
    case 'begin':
      line.add(words([event.messageKind, timeText(event.time), instructionsText(event.instructions)]));
      break;
    case 'end': {
      const text = event.text === undefined ? undefined : quote(name(event.text));
      line.add(
        words([
          OUTCOME_WORDS[event.outcome],
          text,
          undoneText(trace, index),
          timeText(event.time),
          instructionsText(event.instructions),
        ]),
      );
      break;
    }
    case 'space': {
      const params = Object.entries(event.params).map(([key, value]) => `${key} ${value}`);
      line.part(clip(name(event.name), MAX_SPACE_NAME), { kind: 'space', space: event.space });
      line.column(columns.operand).add(words([`${event.spaceKind} ${event.space}`, ...params]));
      break;
    }
    case 'grow':
      inSpace(event.space).add(growText(event.before, event.by));
      break;
    case 'write':
      addRange(inSpace(event.space), event.space, exactAddress(event), event.bytes.length).column(columns.note);
      line.part(preview(event.bytes), { kind: 'bytes', bytes: event.bytes });
      break;
    case 'read':
      addRange(inSpace(event.space), event.space, exactAddress(event), event.length);
      break;
    case 'allocate':
      addSize(inSpace(event.space), event.size).add(' → ');
      addAddress(line, event.space, exactAddress(event), event.size);
      if (event.requested !== undefined) line.add(` for ${formatCount(event.requested)} B`);
      break;
    case 'deallocate':
      addSize(inSpace(event.space), event.size).add('   ');
      addAddress(line, event.space, exactAddress(event), event.size);
      break;
    case 'reallocate':
      addSize(inSpace(event.space), event.size).add(' → ');
      addAddress(line, event.space, exactAddress(event), event.size).add(' from ');
      addRange(line, event.space, exactOldAddress(event), event.oldSize);
      break;
    case 'free':
      inSpace(event.space).add(
        event.keep === undefined ? 'everything' : `all but the first ${formatCounted(event.keep, 'byte')}`,
      );
      break;
    case 'label':
      addRange(inSpace(event.space), event.space, exactAddress(event), event.length)
        .column(columns.note)
        .add(quote(name(event.name)));
      break;
    case 'checkpoint':
      inSpace(event.space)
        .add(formatCounted(event.pages, 'page'))
        .column(columns.note)
        .add(`SHA-256 ${toHex(event.sha256.subarray(0, 8))}…`);
      break;
    case 'gap':
      line.add(`${formatCounted(event.lost, 'event')} lost`);
      break;
    case 'stack':
      line.add(
        words([
          `${event.id} is ${name(event.name)}`,
          event.parent === 0 ? undefined : `called by ${event.parent}`,
          event.location,
        ]),
      );
      break;
    case 'note':
      line.add(oneLine(event.text));
  }
}

const OUTCOME_WORDS = {
  replied: 'replied',
  'rolled-back': 'rolled back',
  trapped: 'trapped',
  rejected: 'rejected',
} as const satisfies Record<Outcome, string>;

function addSize(line: LineBuilder, size: number): LineBuilder {
  const text = `${formatCount(size)} B`;
  return line.add(' '.repeat(Math.max(0, SIZE_WIDTH - text.length))).part(text, { kind: 'size', size });
}

/** Adds an exact address. Its link may be rounded, because no memory is so large that a number cannot hold its addresses. */
function addAddress(line: LineBuilder, space: SpaceNumber, address: number | bigint, length: number): LineBuilder {
  return line.part(formatAddress(address), { kind: 'address', space, address: Number(address), length });
}

function addRange(line: LineBuilder, space: SpaceNumber, address: number | bigint, size: number): LineBuilder {
  return addAddress(line, space, address, size).add(' +').part(String(size), { kind: 'size', size });
}

function growText(before: number, by: number): string {
  return before === -1 ? `by ${formatCounted(by, 'page')}` : `${formatCount(before)} → ${formatCounted(before + by, 'page')}`;
}

function undoneText(trace: Trace, index: number): string | undefined {
  const begin = trace.messages.undoneFrom(index);
  if (begin === undefined) return undefined;
  return `undoes ${formatCounted(trace.stepOf(index) - trace.stepOf(begin) - 1, 'step')}`;
}

function timeText(nanoseconds: bigint | undefined): string | undefined {
  if (nanoseconds === undefined) return undefined;
  const milliseconds = Number(nanoseconds / 1_000_000n);
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? `at ${nanoseconds} ns` : date.toISOString().replace('T', ' ').replace('Z', '');
}

function instructionsText(instructions: bigint | undefined): string | undefined {
  return instructions === undefined ? undefined : `${formatCount(instructions)} instructions`;
}

/** Returns the first bytes in quotes, as text if they are text, else as hex. Text of only hex digits is shown as hex. */
function preview(bytes: Uint8Array): string {
  let end = Math.min(bytes.length, 4 * MAX_SHOWN_CHARACTERS);
  // Do not cut within a multi-byte character.
  while (end > 0 && end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  const text = textOf(bytes.subarray(0, end));
  if (text !== undefined) return quote(clip(text, MAX_SHOWN_CHARACTERS));
  return `"${toHex(bytes.subarray(0, MAX_SHOWN_BYTES))}${bytes.length > MAX_SHOWN_BYTES ? '…' : ''}"`;
}

function textOf(bytes: Uint8Array): string | undefined {
  // Most writes are numbers, which soon contain a control character.
  if (bytes.some((byte) => byte < 0x20)) return undefined;
  const text = decodeUtf8(bytes);
  if (text === undefined || text.length < 2 || /[\p{C}\p{Zl}\p{Zp}"]/u.test(text) || /^[0-9a-f]*$/.test(text)) return undefined;
  return text;
}

function quote(text: string): string {
  return `"${oneLine(text)}"`;
}

/** Replaces control characters, which would break the line or hide text. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}

function clip(text: string, length: number): string {
  const line = oneLine(text);
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

function words(some: readonly (string | undefined)[]): string {
  return some.filter((word) => word !== undefined).join(', ');
}
