import type { DebugProtocol } from '@vscode/debugprotocol';
import { EVENT_KINDS } from '../../../engine/trace/events.ts';
import type { Trace } from '../../../engine/trace/trace.ts';
import type { TraceLines } from '../../open-files/file-lines.ts';
import { Misfit } from '../values/value.ts';
import { Breakpoint, type Place, type Terms } from './breakpoints.ts';
import { isFaultCode } from './faults.ts';

type WantedLine = Terms & { readonly line: number; readonly id: number };

/** A place that is a sentence says why there is none. `line`: where it is shown. */
type Wanted = Terms & { readonly id: number; readonly place: Place | string; readonly line?: number };

/** All breakpoints of a session, and what the client is told about each. */
export class BreakpointList {
  readonly #names: readonly string[];
  readonly #toClientLine: (line: number) => number;
  #wantedLines: readonly WantedLine[] = [];
  #lines: readonly Breakpoint[] = [];
  #functions: readonly Breakpoint[] = [];
  #faults: readonly Breakpoint[] = [];
  #last = 0;

  /** `names` are those that conditions may use. */
  constructor(names: readonly string[], toClientLine: (line: number) => number) {
    this.#names = names;
    this.#toClientLine = toClientLine;
  }

  get all(): readonly Breakpoint[] {
    return [...this.#lines, ...this.#functions, ...this.#faults];
  }

  forgetHits(): void {
    for (const breakpoint of this.all) breakpoint.forgetHits();
  }

  /** Breakpoints on lines of the trace; each slides down to the next line that is a step. Lines count from 0. */
  setLines(wanted: readonly (Terms & { readonly line: number })[], lines: TraceLines): DebugProtocol.Breakpoint[] {
    this.#wantedLines = wanted.map((each) => ({ ...each, id: this.#nextId() }));
    return this.rebind(lines);
  }

  /** The same breakpoints in other lines. */
  rebind(lines: TraceLines): DebugProtocol.Breakpoint[] {
    const [breakpoints, told] = this.#make(
      this.#wantedLines.map((wanted): Wanted => {
        const step = lines.stepFromLine(wanted.line);
        if (step === undefined) return { ...wanted, place: 'There is no step in this line or below it.' };
        return { ...wanted, place: { kind: 'step', step }, line: lines.lineOfStep(step) };
      }),
    );
    this.#lines = breakpoints;
    return told;
  }

  /** Breakpoints by name: of an operation, as `allocate`, or of a message. */
  setFunctions(wanted: readonly DebugProtocol.FunctionBreakpoint[], trace: Trace): DebugProtocol.Breakpoint[] {
    const places = wanted.map(({ name, ...terms }) => ({ ...terms, id: this.#nextId(), place: placeOf(name.trim(), trace) }));
    const [breakpoints, told] = this.#make(places);
    this.#functions = breakpoints;
    return told;
  }

  setFaults(wanted: readonly (Terms & { readonly filterId: string })[]): DebugProtocol.Breakpoint[] {
    const [breakpoints, told] = this.#make(
      wanted.map(({ filterId, ...terms }): Wanted => {
        const place: Place | string = isFaultCode(filterId)
          ? { kind: 'fault', code: filterId }
          : `There is no fault called ${filterId}.`;
        return { ...terms, id: this.#nextId(), place };
      }),
    );
    this.#faults = breakpoints;
    return told;
  }

  #make(wanted: readonly Wanted[]): readonly [readonly Breakpoint[], DebugProtocol.Breakpoint[]] {
    const breakpoints: Breakpoint[] = [];
    const told = wanted.map(({ id, place, line, ...terms }): DebugProtocol.Breakpoint => {
      const where = line === undefined ? {} : { line: this.#toClientLine(line) };
      if (typeof place === 'string') return { id, verified: false, message: place, ...where };
      try {
        breakpoints.push(new Breakpoint(id, place, terms, this.#names));
        return { id, verified: true, ...where };
      } catch (error) {
        if (error instanceof Misfit) return { id, verified: false, message: error.message, ...where };
        throw error;
      }
    });
    return [breakpoints, told];
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
