import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ReadableMemory } from '../../engine/core/memory/memory.ts';
import type { Direction } from '../../engine/trace/search.ts';
import { Timeline } from '../../engine/trace/timeline.ts';
import type { TraceDocument } from '../open-files/trace-document.ts';
import type { OpenTrace } from '../open-files/traces.ts';
import type { Breakpoint, Hit } from './breakpoints/breakpoints.ts';
import { FaultFinder } from './breakpoints/fault-finder.ts';
import { hitsAt, Run } from './run.ts';

/** A line of a document, counted from 0. */
interface Place {
  readonly source: DebugProtocol.Source;
  readonly line: number;
}

/** The debugged trace with its initial snapshot and the current position. */
export class Debuggee {
  readonly timeline: Timeline;
  readonly #open: OpenTrace;
  readonly #faults: FaultFinder;

  /** `image` is the memory before the first step. */
  constructor(open: OpenTrace, image: ReadableMemory | undefined) {
    this.#open = open;
    this.timeline = Timeline.open(open.trace, { image });
    this.#faults = new FaultFinder(this.timeline);
  }

  /** Full sentences about what could not be read or does not match. */
  get problems(): readonly string[] {
    const { findings } = this.timeline;
    return [...this.#open.summary.problems, ...findings.map((finding) => finding.message)];
  }

  get summary(): OpenTrace['summary'] {
    return this.#open.summary;
  }

  /** The document with the first step. */
  get source(): DebugProtocol.Source {
    return this.placeOfStep(0).source;
  }

  /** Returns the document in which the user steps, where it shows a step, and its line, counted from 0. */
  placeOfStep(step: number): Place {
    const { document, line } = this.#open.documents.ofStep(step);
    return { source: this.#sourceOf(document), line };
  }

  /** Returns the same for an event. */
  placeOfEvent(event: number): Place {
    const document = this.#open.documents.of(event);
    return { source: this.#sourceOf(document), line: document.lineOfEvent(event) };
  }

  isOf(open: OpenTrace): boolean {
    return open === this.#open;
  }

  /** Returns the document that a client calls by this name. Undefined if it does not show this trace. */
  documentNamed(name: string | undefined): TraceDocument | undefined {
    return name === undefined ? undefined : this.#open.documents.named(name);
  }

  /** Starts a run to the next breakpoint, or to step `until` at the latest. */
  run(breakpoints: readonly Breakpoint[], direction: Direction, until: number, log: (message: string) => void): Run {
    return new Run(this.timeline, breakpoints, { direction, until }, this.#faults, log);
  }

  /** Returns the breakpoints that stop at the current step. */
  hits(breakpoints: readonly Breakpoint[], direction: Direction, log: (message: string) => void): readonly Hit[] {
    return hitsAt(this.timeline, breakpoints, this.#faults, log, direction);
  }

  /** A client calls a file by its path, and any other document by its URI. */
  #sourceOf(document: TraceDocument): DebugProtocol.Source {
    const { path, documents } = this.#open;
    return { name: basename(path), path: document === documents.own ? path : document.uri };
  }
}
