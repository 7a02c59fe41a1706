import { formatAddress, formatCount, formatCounted, toHex } from '../../../engine/core/format.ts';
import { exactAddress, exactOldAddress, type TraceEvent } from '../../../engine/trace/events.ts';
import { spaceOf } from '../../../engine/trace/format/event-fields.ts';
import type { SpaceState } from '../../../engine/trace/state/allocation-state.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { referenceAt } from '../memory-reference.ts';
import { messageAt, messageValue } from './message-values.ts';
import { addressValue, countValue, type Field, lazy, NOTHING, sizeText, sizeValue, textValue, type Value } from './value.ts';

/** Maximum bytes of a value that are shown. The memory view shows more, and a copy has them all. */
export const MAX_SHOWN = 64;
/** Maximum bytes of a copied value. */
const MAX_COPIED = 1024 * 1024;

/** Describes an event in one line: `allocate 128 B → 0x2f00`. */
export function eventTitle(event: TraceEvent, hex = false): string {
  const size = (bytes: number): string => sizeText(bytes, hex);
  const range = (address: number | bigint, length: number): string => rangeText(address, length, hex);
  switch (event.kind) {
    case 'allocate':
      return `allocate ${size(event.size)} → ${formatAddress(exactAddress(event))}`;
    case 'deallocate':
      return `deallocate ${range(exactAddress(event), event.size)}`;
    case 'reallocate':
      return `reallocate ${range(exactOldAddress(event), event.oldSize)} → ${range(exactAddress(event), event.size)}`;
    case 'grow': {
      const by = formatCounted(event.by, 'page');
      return event.before === -1 ? `grow by ${by}: refused` : `grow by ${by}`;
    }
    case 'write':
      return `write ${range(exactAddress(event), event.bytes.length)}`;
    case 'read':
      return `read ${range(exactAddress(event), event.length)}`;
    case 'free':
      return event.keep === undefined ? 'free' : `clear all but ${size(event.keep)}`;
    case 'end':
      return event.outcome === 'trapped' ? 'trap: the message is undone' : 'end of a query: the message is undone';
    default:
      return event.kind;
  }
}

export function rangeText(address: number | bigint, length: number, hex = false): string {
  return `${formatAddress(address)} +${hex ? formatAddress(length) : formatCount(length)}`;
}

/** Returns the fields of the step's event by their names in expressions. Missing ones are `NOTHING`. */
export function eventFields(timeline: Timeline): readonly Field[] {
  const { position, steps, trace } = timeline;
  const event = timeline.event();
  const number = event && spaceOf(event);
  const space = number === undefined ? undefined : timeline.space(number);
  const own = event ? ownValues(timeline, event, space) : {};
  const message = (): Value => {
    const innermost = messageAt(trace, position);
    return innermost ? messageValue(innermost) : NOTHING;
  };
  const fault = (): Value => {
    const sentences = timeline.faultsOf(position, 'quick').map((found) => found.message);
    return sentences.length > 0 ? textValue(sentences.join(' ')) : NOTHING;
  };
  return [
    {
      name: 'operation',
      value: event ? { text: eventTitle(event), hex: eventTitle(event, true), plain: event.kind } : NOTHING,
    },
    { name: 'space', value: space ? spaceValue(space) : NOTHING },
    { name: 'size', value: own.size ?? NOTHING },
    { name: 'address', value: own.address ?? NOTHING },
    { name: 'requested', value: own.requested ?? NOTHING },
    { name: 'oldAddress', label: 'old address', value: own.oldAddress ?? NOTHING },
    { name: 'oldSize', label: 'old size', value: own.oldSize ?? NOTHING },
    { name: 'pages', value: own.pages ?? NOTHING },
    { name: 'bytes', value: own.bytes ?? NOTHING },
    { name: 'step', value: { text: `${formatCount(position)} of ${formatCount(steps)}`, plain: position } },
    lazy('message', message),
    lazy('fault', fault),
  ];
}

type OwnName = 'size' | 'address' | 'requested' | 'oldAddress' | 'oldSize' | 'pages' | 'bytes';

function ownValues(timeline: Timeline, event: TraceEvent, space: SpaceState | undefined): Partial<Record<OwnName, Value>> {
  // No memory is so large that a number cannot hold its addresses.
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
    case 'write': {
      const address = addressOf(exactAddress(event));
      const bytes = { ...bytesValue(event.bytes), memoryReference: address.memoryReference, byteCount: event.bytes.length };
      return { size: sizeValue(event.bytes.length), address, bytes };
    }
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

/** Returns bytes as hex, which expressions compare. */
function bytesValue(bytes: Uint8Array): Value {
  return { text: bytesText(bytes), plain: toHex(bytes.subarray(0, MAX_SHOWN)), full: () => fullBytesText(bytes) };
}

export function bytesText(bytes: Uint8Array, length = bytes.length): string {
  const shown = Math.min(bytes.length, MAX_SHOWN);
  const hex = toHex(bytes.subarray(0, shown));
  return length > shown ? `${hex}… (${sizeText(length)})` : hex;
}

/** Returns all bytes as hex, for a copy. Longer values end with their length. */
export function fullBytesText(bytes: Uint8Array, length = bytes.length): string {
  const copied = Math.min(bytes.length, MAX_COPIED);
  const hex = toHex(bytes.subarray(0, copied));
  return length > copied ? `${hex}… (${sizeText(length)})` : hex;
}
