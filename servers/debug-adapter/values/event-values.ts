import { formatAddress, formatCount, formatCounted, toHex } from '../../../engine/core/format.ts';
import { exactAddress, exactOldAddress, type TraceEvent } from '../../../engine/trace/events.ts';
import { spaceOf } from '../../../engine/trace/format/event-fields.ts';
import type { SpaceState } from '../../../engine/trace/state/allocation-state.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { referenceAt } from '../memory-reference.ts';
import { messageAt, messageValue } from './message-values.ts';
import { addressValue, countValue, type Field, lazy, NOTHING, sizeText, sizeValue, textValue, type Value } from './value.ts';

/** Of a value so many bytes are shown; more can be viewed in memory. */
const MAX_SHOWN = 64;

/** What an event does, in a line: `allocate 128 B → 0x2f00`. */
export function eventTitle(event: TraceEvent): string {
  switch (event.kind) {
    case 'allocate':
      return `allocate ${sizeText(event.size)} → ${formatAddress(exactAddress(event))}`;
    case 'deallocate':
      return `deallocate ${rangeText(exactAddress(event), event.size)}`;
    case 'reallocate':
      return `reallocate ${rangeText(exactOldAddress(event), event.oldSize)} → ${rangeText(exactAddress(event), event.size)}`;
    case 'grow': {
      const by = formatCounted(event.by, 'page');
      return event.before === -1 ? `grow by ${by}: refused` : `grow by ${by}`;
    }
    case 'write':
      return `write ${rangeText(exactAddress(event), event.bytes.length)}`;
    case 'read':
      return `read ${rangeText(exactAddress(event), event.length)}`;
    case 'free':
      return event.keep === undefined ? 'free' : `clear, but for ${sizeText(event.keep)}`;
    case 'end':
      return event.outcome === 'trapped' ? 'trap: the message is undone' : 'end of a query: it is undone';
    default:
      return event.kind;
  }
}

export function rangeText(address: number | bigint, length: number): string {
  return `${formatAddress(address)} +${formatCount(length)}`;
}

/** All that can be said about the step's event, by the names of expressions; what the event does not have is `NOTHING`. */
export function eventFields(timeline: Timeline): readonly Field[] {
  const { position, steps, trace } = timeline;
  const event = timeline.event();
  const number = event && spaceOf(event);
  const space = number === undefined ? undefined : timeline.space(number);
  const has = event ? ownValues(timeline, event, space) : {};
  const message = (): Value => {
    const innermost = messageAt(trace, position);
    return innermost ? messageValue(innermost) : NOTHING;
  };
  const fault = (): Value => {
    const sentences = timeline.faultsOf(position).map((found) => found.message);
    return sentences.length > 0 ? textValue(sentences.join(' ')) : NOTHING;
  };
  return [
    { name: 'operation', value: event ? { text: eventTitle(event), plain: event.kind } : NOTHING },
    { name: 'space', value: space ? spaceValue(space) : NOTHING },
    { name: 'size', value: has.size ?? NOTHING },
    { name: 'address', value: has.address ?? NOTHING },
    { name: 'requested', value: has.requested ?? NOTHING },
    { name: 'oldAddress', label: 'old address', value: has.oldAddress ?? NOTHING },
    { name: 'oldSize', label: 'old size', value: has.oldSize ?? NOTHING },
    { name: 'pages', value: has.pages ?? NOTHING },
    { name: 'bytes', value: has.bytes ?? NOTHING },
    { name: 'step', value: { text: `${formatCount(position)} of ${formatCount(steps)}`, plain: position } },
    lazy('message', message),
    lazy('fault', fault),
  ];
}

type OwnName = 'size' | 'address' | 'requested' | 'oldAddress' | 'oldSize' | 'pages' | 'bytes';

function ownValues(timeline: Timeline, event: TraceEvent, space: SpaceState | undefined): Partial<Record<OwnName, Value>> {
  // No memory has the bytes at an address that a number cannot hold.
  const addressOf = (address: number | bigint): Value =>
    addressValue(address, typeof address === 'bigint' ? undefined : space && referenceAt(timeline, space, address));
  switch (event.kind) {
    case 'allocate':
      return {
        size: sizeValue(event.size),
        address: addressOf(exactAddress(event)),
        ...(event.requested !== undefined && { requested: sizeValue(event.requested) }),
      };
    case 'deallocate':
      return { size: sizeValue(event.size), address: addressOf(exactAddress(event)) };
    case 'reallocate':
      return {
        size: sizeValue(event.size),
        address: addressOf(exactAddress(event)),
        oldAddress: addressOf(exactOldAddress(event)),
        oldSize: sizeValue(event.oldSize),
      };
    case 'grow':
      return { pages: countValue(event.by) };
    case 'write':
      return { size: sizeValue(event.bytes.length), address: addressOf(exactAddress(event)), bytes: bytesValue(event.bytes) };
    case 'read':
      return { size: sizeValue(event.length), address: addressOf(exactAddress(event)) };
    default:
      return {};
  }
}

function spaceValue({ name, kind, space }: SpaceState): Value {
  return {
    text: name,
    plain: name,
    fields: () => [
      { name: 'kind', value: textValue(kind) },
      { name: 'number', value: countValue(space) },
    ],
  };
}

/** Bytes in hex; an expression compares them as such. */
export function bytesValue(bytes: Uint8Array): Value {
  return { text: bytesText(bytes), plain: toHex(bytes.subarray(0, MAX_SHOWN)) };
}

export function bytesText(bytes: Uint8Array, length = bytes.length): string {
  const shown = Math.min(bytes.length, MAX_SHOWN);
  const hex = toHex(bytes.subarray(0, shown));
  return length > shown ? `${hex}… (${sizeText(length)})` : hex;
}
