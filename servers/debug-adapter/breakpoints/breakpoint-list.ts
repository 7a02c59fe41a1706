import type { DebugProtocol } from '@vscode/debugprotocol';
import { UserError } from '../../../engine/core/user-error.ts';
import { EVENT_KINDS } from '../../../engine/trace/events.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import type { TraceDocument } from '../../open-files/trace-document.ts';
import { Breakpoint, type BreakpointOptions, type Place } from './breakpoints.ts';
import { dataRangeOf } from './data-range.ts';
import { isFaultCode } from './faults.ts';

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
  #last = 0;

  /** `names` are the names that conditions may use. */
  constructor(names: readonly string[], toClientLine: (line: number) => number) {
    this.#names = names;
    this.#toClientLine = toClientLine;
  }

  get all(): readonly Breakpoint[] {
    return [...[...this.#lines.values()].flat(), ...this.#functions, ...this.#faults, ...this.#data];
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
        if (!document || step === undefined) return { ...requested, place: 'There is no step here or below.' };
        return { ...requested, place: { kind: 'step', step }, line: document.lineOfStep(step) };
      }),
    );
    this.#lines.set(uri, breakpoints);
    return results;
  }

  /** Sets breakpoints by the name of an operation, such as `allocate`, or of a message. */
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
    );
    this.#data = breakpoints;
    return results;
  }

  #make(requested: readonly RequestedBreakpoint[]): readonly [readonly Breakpoint[], DebugProtocol.Breakpoint[]] {
    const breakpoints: Breakpoint[] = [];
    const results = requested.map(({ id, place, line, ...options }): DebugProtocol.Breakpoint => {
      const where = line === undefined ? {} : { line: this.#toClientLine(line) };
      if (typeof place === 'string') return { id, verified: false, message: place, ...where };
      try {
        breakpoints.push(new Breakpoint(id, place, options, this.#names));
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

function placeOf(name: string, trace: Trace): Place | string {
  const operation = EVENT_KINDS.find((kind) => kind === name);
  if (operation && (trace.stepCounts.get(operation) ?? 0) > 0) return { kind: 'operation', operation };
  if (hasMessage(trace, name)) return { kind: 'message', name };
  const operations = [...trace.stepCounts.keys()].join(', ');
  return `Nothing in this trace is called “${name}”. Write the name of a message or an operation: ${operations}.`;
}

function hasMessage(trace: Trace, name: string): boolean {
  for (let index = 0; index < trace.messages.count; index++) {
    const { begin } = trace.messages.at(index);
    const event = trace.at(begin);
    if (event.kind === 'begin' && trace.nameAt(begin, event.name) === name) return true;
  }
  return false;
}
