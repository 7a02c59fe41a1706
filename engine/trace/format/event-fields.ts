/** The fields of each event in the file's order. Only this file decodes and encodes them. */
import {
  EVENT_KINDS,
  type EventKind,
  exactAddress,
  exactOldAddress,
  MESSAGE_KINDS,
  OUTCOMES,
  SPACE_KINDS,
  type SpaceNumber,
  type TraceEvent,
} from '../events.ts';
import type { Fields, FieldValue, TraceForm } from './fields.ts';

/** Returns the kind with a number in the file, or undefined for kinds of later versions. */
export function kindOfNumber(number: number): EventKind | undefined {
  return EVENT_KINDS[number];
}

const NUMBERS: ReadonlyMap<EventKind, number> = new Map(EVENT_KINDS.map((kind, number) => [kind, number]));

/** Returns the number of a kind in the file. */
export function numberOfKind(kind: EventKind): number {
  return NUMBERS.get(kind) ?? 0;
}

/** Returns the space of an event, or undefined for events without one. */
export function spaceOf(event: TraceEvent): SpaceNumber | undefined {
  return 'space' in event ? event.space : undefined;
}

/**
 * Decodes an event from its fields, starting with the number of its kind. If `fields` has a problem afterwards, the event is
 * invalid.
 */
export function decodeEvent(fields: Fields, form: TraceForm, kind: EventKind, values: readonly unknown[]): TraceEvent {
  fields.open(form, `the ${kind} event`, values);
  const event = eventFrom(fields, kind);
  return fields.far !== undefined && 'address' in event ? { ...event, far: fields.far } : event;
}

function eventFrom(fields: Fields, kind: EventKind): TraceEvent {
  switch (kind) {
    case 'string':
      return { kind, id: fields.uint(1, 'id'), text: fields.text(2, 'text') };
    case 'begin':
      return {
        kind,
        message: fields.uint(1, 'message'),
        messageKind: fields.choice(2, 'message kind', MESSAGE_KINDS, 'test'),
        name: fields.uint(3, 'name'),
        time: fields.optionalLarge(4, 'time'),
        instructions: fields.optionalLarge(5, 'number of instructions'),
      };
    case 'end':
      return {
        kind,
        message: fields.uint(1, 'message'),
        outcome: fields.choice(2, 'outcome', OUTCOMES, 'replied'),
        time: fields.optionalLarge(3, 'time'),
        instructions: fields.optionalLarge(4, 'number of instructions'),
        text: fields.optionalUint(5, 'text'),
      };
    case 'space':
      return {
        kind,
        space: fields.uint(1, 'space'),
        spaceKind: fields.choice(2, 'space kind', SPACE_KINDS, 'physical'),
        name: fields.uint(3, 'name'),
        params: fields.params(4, 'parameters'),
      };
    case 'grow':
      return {
        kind,
        space: fields.uint(1, 'space'),
        by: fields.uint(2, 'number of pages'),
        before: fields.int(3, 'number of pages before', -1),
      };
    case 'write':
      return {
        kind,
        space: fields.uint(1, 'space'),
        address: fields.address(2, 'address'),
        bytes: fields.bytes(3, 'bytes'),
        stack: fields.optionalUint(4, 'stack'),
      };
    case 'read':
      return {
        kind,
        space: fields.uint(1, 'space'),
        address: fields.address(2, 'address'),
        length: fields.uint(3, 'length'),
        stack: fields.optionalUint(4, 'stack'),
      };
    case 'allocate':
      return {
        kind,
        space: fields.uint(1, 'space'),
        address: fields.address(2, 'address'),
        size: fields.uint(3, 'size'),
        requested: fields.optionalUint(4, 'requested size'),
        stack: fields.optionalUint(5, 'stack'),
      };
    case 'deallocate':
      return {
        kind,
        space: fields.uint(1, 'space'),
        address: fields.address(2, 'address'),
        size: fields.uint(3, 'size'),
        stack: fields.optionalUint(4, 'stack'),
      };
    case 'reallocate':
      return {
        kind,
        space: fields.uint(1, 'space'),
        oldAddress: fields.address(2, 'old address', 'oldAddress'),
        oldSize: fields.uint(3, 'old size'),
        address: fields.address(4, 'new address'),
        size: fields.uint(5, 'new size'),
        stack: fields.optionalUint(6, 'stack'),
      };
    case 'free':
      return { kind, space: fields.uint(1, 'space'), keep: fields.optionalUint(2, 'number of bytes to keep') };
    case 'label':
      return {
        kind,
        space: fields.uint(1, 'space'),
        address: fields.address(2, 'address'),
        length: fields.uint(3, 'length'),
        name: fields.uint(4, 'name'),
      };
    case 'checkpoint':
      return {
        kind,
        space: fields.uint(1, 'space'),
        pages: fields.uint(2, 'number of pages'),
        sha256: fields.sha256(3, 'checksum'),
      };
    case 'gap':
      return { kind, lost: fields.uint(1, 'number of lost events') };
    case 'stack':
      return {
        kind,
        id: fields.uint(1, 'id'),
        parent: fields.uint(2, 'parent'),
        name: fields.uint(3, 'name'),
        location: fields.optionalText(4, 'location'),
      };
    case 'note':
      return { kind, text: fields.text(1, 'text') };
  }
}

/** Returns the fields of an event, starting with the number of its kind. Omits absent optional fields at the end. */
export function encodeEvent(event: TraceEvent): readonly FieldValue[] {
  const values = [numberOfKind(event.kind), ...fieldsOf(event)];
  while (values.at(-1) === undefined) values.pop();
  return values;
}

function fieldsOf(event: TraceEvent): readonly FieldValue[] {
  switch (event.kind) {
    case 'string':
      return [event.id, event.text];
    case 'begin':
      return [event.message, MESSAGE_KINDS.indexOf(event.messageKind), event.name, event.time, event.instructions];
    case 'end':
      return [event.message, OUTCOMES.indexOf(event.outcome), event.time, event.instructions, event.text];
    case 'space': {
      const params = Object.keys(event.params).length > 0 ? event.params : undefined;
      return [event.space, SPACE_KINDS.indexOf(event.spaceKind), event.name, params];
    }
    case 'grow':
      return [event.space, event.by, event.before];
    case 'write':
      return [event.space, exactAddress(event), event.bytes, event.stack];
    case 'read':
      return [event.space, exactAddress(event), event.length, event.stack];
    case 'allocate':
      return [event.space, exactAddress(event), event.size, event.requested, event.stack];
    case 'deallocate':
      return [event.space, exactAddress(event), event.size, event.stack];
    case 'reallocate':
      return [event.space, exactOldAddress(event), event.oldSize, exactAddress(event), event.size, event.stack];
    case 'free':
      return [event.space, event.keep];
    case 'label':
      return [event.space, exactAddress(event), event.length, event.name];
    case 'checkpoint':
      return [event.space, event.pages, event.sha256];
    case 'gap':
      return [event.lost];
    case 'stack':
      return [event.id, event.parent, event.name, event.location];
    case 'note':
      return [event.text];
  }
}
