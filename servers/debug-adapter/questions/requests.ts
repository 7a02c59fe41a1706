/** Requests of the debug session that the protocol does not have, and those that answer where a step is. */
import { UserError } from '../../../engine/core/user-error.ts';
import type { TraceEvent } from '../../../engine/trace/events.ts';
import type { Place } from '../../../engine/trace/search.ts';
import { type RangeToWatch, rangeToWatch } from '../breakpoints/watched-ranges.ts';
import type { Debuggee } from '../debuggee.ts';
import type { Value } from '../values/value.ts';
import { nearestWrite } from './nearest.ts';
import { rangeOf } from './places.ts';
import type { Trail } from './trail.ts';

/** Requests that go to another step. */
const MOVES = ['lastWrite', 'nextWrite', 'goBackInTime', 'goForwardInTime'] as const;
export type MoveRequest = (typeof MOVES)[number];

interface Session {
  readonly debuggee: Debuggee;
  readonly trail: Trail;
  /** Converts the client's number of a line. */
  readonly toLine: (line: number) => number;
  /** Returns the value of a row that the client shows. */
  readonly rowValue: (name: string, variablesReference: number) => Value | undefined;
}

/** Returns the step that a request goes to. @throws UserError if there is none */
export function stepToGoTo(command: MoveRequest, args: unknown, session: Session): number {
  const { debuggee, trail } = session;
  switch (command) {
    case 'lastWrite':
    case 'nextWrite': {
      const place = requestedPlace(propertiesOf(args), session);
      return nearestWrite(command === 'lastWrite' ? 'backward' : 'forward', place, debuggee.timeline);
    }
    case 'goBackInTime':
      return momentOf(trail.goBack(), 'before');
    case 'goForwardInTime':
      return momentOf(trail.goForward(), 'after');
  }
}

/** Returns the step of a reference to a location, which is its number. @throws UserError if it is none */
export function stepToLocate(args: unknown): number {
  const { locationReference } = propertiesOf(args);
  if (typeof locationReference === 'number' && Number.isInteger(locationReference) && locationReference > 0)
    return locationReference;
  throw new UserError('input', 'This is not a reference to a step of the trace.');
}

/** Reads the list of places to break on: `{ ranges: [{ place: "memory 3:0x40", bytes: 4, access: "write" }] }`. @throws UserError if it is none */
export function rangesToWatch(args: unknown): readonly RangeToWatch[] {
  const { ranges } = propertiesOf(args);
  if (!Array.isArray(ranges)) throw new UserError('input', 'The places to break on must be a list called “ranges”.');
  return ranges.map((range: unknown) => {
    const read = rangeToWatch(range);
    if (read) return read;
    throw new UserError('input', 'A range to break on has a place, a number of bytes, and the access write, read or readWrite.');
  });
}

/** Returns the place of a request: of a row that the client shows, of a memory reference or a text, or of the event on a line. */
function requestedPlace(args: Properties, { debuggee, toLine, rowValue }: Session): Place {
  const { name, variablesReference, memoryReference, place = memoryReference, length, line, document } = args;
  if (typeof line === 'number') return placeOnLine(toLine(line), document, debuggee);
  const row = typeof name === 'string' && typeof variablesReference === 'number' ? rowValue(name, variablesReference) : undefined;
  const text = row?.memoryReference ?? place;
  if (typeof text !== 'string') throw new UserError('input', 'This value has no bytes in a memory.');
  const range = rangeOf(text, debuggee.timeline);
  const bytes = row?.byteCount ?? length;
  return typeof bytes === 'number' ? { ...range, length: Math.max(1, Math.trunc(bytes)) } : range;
}

/** `name` is the document's. By default it is the one with the first step. */
function placeOnLine(line: number, name: unknown, debuggee: Debuggee): Place {
  const { trace } = debuggee.timeline;
  const document = typeof name === 'string' ? debuggee.documentNamed(name) : debuggee.documentOf(debuggee.source);
  const index = document?.eventOfLine(line);
  const place = index === undefined ? undefined : placeOfEvent(trace.at(index));
  if (place) return place;
  throw new UserError('input', 'The event on this line touches no bytes. Choose a write, a read, or the allocation of a block.');
}

function placeOfEvent(event: TraceEvent): Place | undefined {
  switch (event.kind) {
    case 'write':
      return { space: event.space, address: event.address, length: Math.max(1, event.bytes.length) };
    case 'read':
    case 'label':
      return { space: event.space, address: event.address, length: Math.max(1, event.length) };
    case 'allocate':
    case 'deallocate':
    case 'reallocate':
      return { space: event.space, address: event.address, length: Math.max(1, event.size) };
    default:
      return undefined;
  }
}

function momentOf(step: number | undefined, side: 'before' | 'after'): number {
  if (step !== undefined) return step;
  throw new UserError('input', `There is no moment ${side} this one: the debugger has not been anywhere else.`);
}

type Properties = Readonly<Record<string, unknown>>;

function propertiesOf(value: unknown): Properties {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
