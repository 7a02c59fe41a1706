import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { nodeHasher } from '../../engine/node/hasher.ts';
import type { Direction } from '../../engine/trace/search.ts';
import type { TimelineOptions } from '../../engine/trace/state/trace-state.ts';
import { Timeline } from '../../engine/trace/timeline.ts';
import type { TraceDocument } from '../open-files/trace-document.ts';
import type { TracePart } from '../open-files/trace-part.ts';
import { partOf, traceTextUri } from '../open-files/trace-uri.ts';
import { linesOf, type OpenTrace } from '../open-files/traces.ts';
import type { Breakpoint, Hit } from './breakpoints/breakpoints.ts';
import { FaultFinder } from './breakpoints/fault-finder.ts';
import type { ClientPlaces } from './client-places.ts';
import { hitsAt, Run } from './run.ts';

const LINES_AT_ONCE = 10_000;

/** The debugged trace with its initial snapshot and the current position. */
export class Debuggee {
  readonly timeline: Timeline;
  readonly #open: OpenTrace;
  readonly #options: TimelineOptions;
  readonly #opensText: boolean;
  readonly #faults: FaultFinder;

  /** `opensText`: whether the client opens the URI of a trace's text itself. */
  constructor(open: OpenTrace, options: TimelineOptions, opensText: boolean) {
    this.#open = open;
    this.#options = options;
    this.#opensText = opensText;
    this.timeline = Timeline.open(open.trace, { ...options, hasher: nodeHasher });
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
    return this.#sourceOf(this.#open.documents.ofStep(0).document);
  }

  /** Returns the place of a step in the document in which the user steps, by default of the current one, as the client counts. */
  placeOfStep(client: ClientPlaces, step = this.timeline.position): Place {
    const { document, line } = this.#open.documents.ofStep(step);
    return this.#placeIn(document, line, client);
  }

  /** Returns the same for an event. */
  placeOfEvent(client: ClientPlaces, event: number): Place {
    const document = this.#open.documents.of(event);
    return this.#placeIn(document, document.lineOfEvent(event), client);
  }

  /** Returns the same trace at its start. Moving in one does not move in the other. */
  again(): Debuggee {
    return new Debuggee(this.#open, this.#options, this.#opensText);
  }

  isOf(open: OpenTrace): boolean {
    return open === this.#open;
  }

  /** Returns the document of a client's source. Undefined if it does not show this trace. */
  documentOf({ path, sourceReference }: DebugProtocol.Source): TraceDocument | undefined {
    if (path !== undefined) return this.#open.documents.named(path);
    return sourceReference === undefined ? undefined : this.#part(sourceReference);
  }

  /** Returns the document that a client calls by this name. Undefined if it does not show this trace. */
  documentNamed(name: string): TraceDocument | undefined {
    return this.#open.documents.named(name);
  }

  /** Returns the text of a document, by its source reference, for clients that do not open it themselves. */
  textOf(sourceReference: number): string | undefined {
    const part = this.#part(sourceReference);
    if (!part) return undefined;
    let text = '';
    for (let line = 0; line < part.lines; ) {
      const next = linesOf(part, line, LINES_AT_ONCE);
      text += next.text;
      line += Math.max(1, next.lines);
    }
    return text;
  }

  /** Starts a run to the next breakpoint, or to step `until` at the latest. */
  run(breakpoints: readonly Breakpoint[], direction: Direction, until: number, log: (message: string) => void): Run {
    return new Run(this.timeline, inDirection(breakpoints, direction), { direction, until }, this.#faults, log);
  }

  /** Returns the breakpoints that stop at the current step. */
  hits(breakpoints: readonly Breakpoint[], direction: Direction, log: (message: string) => void): readonly Hit[] {
    return hitsAt(this.timeline, inDirection(breakpoints, direction), this.#faults, log, direction);
  }

  #part(part: number): TracePart | undefined {
    return this.#open.documents.part(traceTextUri(this.#open.path, part));
  }

  #placeIn(document: TraceDocument, line: number, client: ClientPlaces): Place {
    return { source: this.#sourceOf(document), line: client.toClientLine(line), column: client.toClientColumn(0) };
  }

  /** A client calls a file by its path, and any other document by its URI. */
  #sourceOf(document: TraceDocument): DebugProtocol.Source {
    const { path, documents } = this.#open;
    const isOwn = document === documents.own;
    const checksum = isOwn ? this.#open.checksum() : undefined;
    return {
      name: basename(path),
      path: isOwn ? path : document.uri,
      ...(!isOwn && !this.#opensText && { sourceReference: partOf(document.uri) }),
      ...(checksum !== undefined && { checksums: [{ algorithm: 'SHA256', checksum }] }),
    };
  }
}

/** A place in a document, as the client counts. */
interface Place {
  readonly source: DebugProtocol.Source;
  readonly line: number;
  readonly column: number;
}

function inDirection(breakpoints: readonly Breakpoint[], direction: Direction): readonly Breakpoint[] {
  return breakpoints.filter((breakpoint) => breakpoint.stopsIn(direction));
}
