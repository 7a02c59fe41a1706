import type { DebugProtocol } from '@vscode/debugprotocol';
import { UserError } from '../../../engine/core/user-error.ts';
import type { Fault } from '../../../engine/trace/analysis/faults.ts';
import { EVENT_KINDS, type EventKind } from '../../../engine/trace/events.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import type { TraceDocument } from '../../open-files/trace-document.ts';
import { Breakpoint, type BreakpointOptions, type Place } from './breakpoints.ts';
import { CHANGED_NAMES } from './changed-bytes.ts';
import { dataIdOf, dataRangeOf } from './data-range.ts';
import { isFaultCode } from './faults.ts';
import type { WatchedRange } from './watched-ranges.ts';

type RequestedLine = BreakpointOptions & { readonly line: number; readonly id: number };

/** A breakpoint as requested. If `place` is a sentence, it says why there is no place. `line` is where the client shows it. */
type RequestedBreakpoint = BreakpointOptions & { readonly id: number; readonly place: Place | string; readonly line?: number };

/** All breakpoints of a session. Each setter returns what the client shows. */
export class BreakpointList {
  readonly #names: readonly string[];
  readonly #toClientLine: (line: number) => number;
  /** By the URI of their document. */
  readonly #requestedLines = new Map<string, readonly RequestedLine[]>();
  readonly #lines = new Map<string, readonly Breakpoint[]>();
  #functions: readonly Breakpoint[] = [];
  #faults: readonly Breakpoint[] = [];
  #data: readonly Breakpoint[] = [];
  #instructions: readonly Breakpoint[] = [];
  /** Makes each log point again, as it was before its first hit. */
  readonly #remade = new WeakMap<Breakpoint, () => Breakpoint>();
  #watched: readonly Breakpoint[] = [];
  #last = 0;

  /** `names` are the names that conditions may use. */
  constructor(names: readonly string[], toClientLine: (line: number) => number) {
    this.#names = names;
    this.#toClientLine = toClientLine;
  }

  get all(): readonly Breakpoint[] {
    const data = this.#data.map(keyOf);
    const watched = this.#watched.filter((breakpoint) => !data.includes(keyOf(breakpoint)));
    return [
      ...[...this.#lines.values()].flat(),
      ...this.#functions,
      ...this.#faults,
      ...this.#data,
      ...this.#instructions,
      ...watched,
    ];
  }

  /** Returns the log points without their hits so far. */
  freshLogPoints(): readonly Breakpoint[] {
    return this.all.flatMap((breakpoint) => this.#remade.get(breakpoint)?.() ?? []);
  }

  /** Returns a log point at every step where a condition holds. @throws UserError if the message or the condition cannot be parsed */
  logPoint(logMessage: string, condition: string | undefined): Breakpoint {
    return new Breakpoint(0, { kind: 'operation', operations: EVENT_KINDS }, { logMessage, condition }, this.#names);
  }

  /** Returns true if faults of this kind stop. */
  waitsFor({ code }: Fault): boolean {
    return this.#faults.some(({ place }) => place.kind === 'fault' && place.code === code);
  }

  resetHits(): void {
    for (const breakpoint of this.all) breakpoint.resetHits();
  }

  /**
   * Sets the breakpoints of a document. Each moves down to the next line with a step. The other documents of the trace keep theirs.
   * Lines count from 0.
   */
  setLines(
    requested: readonly (BreakpointOptions & { readonly line: number })[],
    document: TraceDocument,
  ): DebugProtocol.Breakpoint[] {
    this.#requestedLines.set(
      document.uri,
      requested.map((each) => ({ ...each, id: this.#nextId() })),
    );
    return this.#bind(document.uri, document);
  }

  /** Binds the same breakpoints to changed documents. `find` returns a document by its URI, unless it is gone. */
  rebind(find: (uri: string) => TraceDocument | undefined): DebugProtocol.Breakpoint[] {
    return [...this.#requestedLines.keys()].flatMap((uri) => this.#bind(uri, find(uri)));
  }

  #bind(uri: string, document: TraceDocument | undefined): DebugProtocol.Breakpoint[] {
    const [breakpoints, results] = this.#make(
      (this.#requestedLines.get(uri) ?? []).map((requested): RequestedBreakpoint => {
        const step = document?.stepFromLine(requested.line);
        if (!document || step === undefined) return { ...requested, place: 'No step starts on this line or below it.' };
        return { ...requested, place: { kind: 'step', step }, line: document.lineOfStep(step) };
      }),
    );
    this.#lines.set(uri, breakpoints);
    return results;
  }

  /** Sets breakpoints by the name of an operation, such as `allocate`, `free`, `split` or `merge`, or of a message. */
  setFunctions(requested: readonly DebugProtocol.FunctionBreakpoint[], trace: Trace): DebugProtocol.Breakpoint[] {
    const places = requested.map(({ name, ...options }) => ({
      ...options,
      id: this.#nextId(),
      place: placeOf(name.trim(), trace),
    }));
    const [breakpoints, results] = this.#make(places);
    this.#functions = breakpoints;
    return results;
  }

  setFaults(requested: readonly (BreakpointOptions & { readonly filterId: string })[]): DebugProtocol.Breakpoint[] {
    const [breakpoints, results] = this.#make(
      requested.map(({ filterId, ...options }): RequestedBreakpoint => {
        const place: Place | string = isFaultCode(filterId)
          ? { kind: 'fault', code: filterId }
          : `There is no fault called ${filterId}.`;
        return { ...options, id: this.#nextId(), place };
      }),
    );
    this.#faults = breakpoints;
    return results;
  }

  /** Sets breakpoints on bytes, by the ids that `dataRangeOf` reads. */
  setData(requested: readonly DebugProtocol.DataBreakpoint[]): DebugProtocol.Breakpoint[] {
    const [breakpoints, results] = this.#make(
      requested.map(({ dataId, accessType = 'write', ...options }): RequestedBreakpoint => {
        const range = dataRangeOf(dataId);
        const place: Place | string = range
          ? { kind: 'data', range, access: accessType }
          : 'These bytes are not known. Set the breakpoint again.';
        return { ...options, id: this.#nextId(), place };
      }),
      [...this.#names, ...CHANGED_NAMES],
    );
    this.#data = breakpoints;
    return results;
  }

  /** Sets breakpoints on parts of steps. They stop at the step. */
  setInstructions(requested: readonly (BreakpointOptions & { readonly step: number | undefined })[]): DebugProtocol.Breakpoint[] {
    const [breakpoints, results] = this.#make(
      requested.map(({ step, ...options }): RequestedBreakpoint => {
        const place: Place | string = step === undefined ? 'No step has this address.' : { kind: 'step', step };
        return { ...options, id: this.#nextId(), place };
      }),
    );
    this.#instructions = breakpoints;
    return results;
  }

  /** Sets breakpoints on the bytes that our own views watch. One that the client also has counts once. */
  setWatched(ranges: readonly WatchedRange[]): readonly (DebugProtocol.Breakpoint & { readonly dataId: string | undefined })[] {
    const [breakpoints, results] = this.#make(
      ranges.map((watched) => {
        const place: Place | string =
          'problem' in watched ? watched.problem : { kind: 'data', range: watched.range, access: watched.access };
        return { id: this.#nextId(), place };
      }),
    );
    this.#watched = breakpoints;
    return results.map((result, index) => {
      const watched = ranges[index];
      return { ...result, dataId: watched && 'dataId' in watched ? watched.dataId : undefined };
    });
  }

  #make(
    requested: readonly RequestedBreakpoint[],
    names = this.#names,
  ): readonly [readonly Breakpoint[], DebugProtocol.Breakpoint[]] {
    const breakpoints: Breakpoint[] = [];
    const results = requested.map(({ id, place, line, ...options }): DebugProtocol.Breakpoint => {
      const where = line === undefined ? {} : { line: this.#toClientLine(line) };
      if (typeof place === 'string') return { id, verified: false, message: place, ...where };
      try {
        const make = (): Breakpoint => new Breakpoint(id, place, options, names);
        const made = make();
        if (options.logMessage) this.#remade.set(made, make);
        breakpoints.push(made);
        return { id, verified: true, ...where };
      } catch (error) {
        if (error instanceof UserError) return { id, verified: false, message: error.message, ...where };
        throw error;
      }
    });
    return [breakpoints, results];
  }

  #nextId(): number {
    this.#last += 1;
    return this.#last;
  }
}

/** Names of several operations, and of effects on the free list. */
const OTHER_NAMES: ReadonlyMap<string, Place> = new Map<string, Place>([
  ['free', { kind: 'operation', operations: ['deallocate', 'free'] }],
  ['split', { kind: 'part', part: 'split' }],
  ['merge', { kind: 'part', part: 'merged' }],
]);

/** Operations without which there is nothing to free, split or merge. */
const NEEDED: readonly EventKind[] = ['allocate', 'deallocate', 'reallocate', 'free'];
/** Returns a text that is equal for breakpoints on the same bytes with the same access. */
function keyOf({ place }: Breakpoint): string {
  return place.kind === 'data' ? `${dataIdOf(place.range)} ${place.access}` : '';
}

function placeOf(name: string, trace: Trace): Place | string {
  const [, method] = /^method:\s*(.+)$/.exec(name) ?? [];
  if (method !== undefined)
    return hasMessage(trace, method) ? { kind: 'message', name: method } : `No message in this trace is called “${method}”.`;
  const counted = (kind: EventKind): boolean => (trace.stepCounts.get(kind) ?? 0) > 0;
  const other = OTHER_NAMES.get(name);
  if (other && NEEDED.some(counted)) return other;
  const operation = EVENT_KINDS.find((kind) => kind === name);
  if (operation && counted(operation)) return { kind: 'operation', operations: [operation] };
  if (hasMessage(trace, name)) return { kind: 'message', name };
  const operations = [...trace.stepCounts.keys(), ...(NEEDED.some(counted) ? OTHER_NAMES.keys() : [])];
  const names = [...new Set(operations)].join(', ');
  return `Nothing in this trace is called “${name}”. Write the name of a message, such as method:transfer, or an operation: ${names}.`;
}

function hasMessage(trace: Trace, name: string): boolean {
  for (let index = 0; index < trace.messages.count; index++) {
    const { begin } = trace.messages.at(index);
    const event = trace.at(begin);
    if (event.kind === 'begin' && trace.nameAt(begin, event.name) === name) return true;
  }
  return false;
}
