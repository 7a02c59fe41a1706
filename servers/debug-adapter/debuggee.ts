import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ReadableMemory } from '../../engine/core/memory/memory.ts';
import { nodeHasher } from '../../engine/node/hasher.ts';
import type { Direction } from '../../engine/trace/search.ts';
import { Timeline } from '../../engine/trace/timeline.ts';
import type { TraceLines } from '../open-files/file-lines.ts';
import { tracePathOf } from '../open-files/trace-uri.ts';
import type { OpenTrace } from '../open-files/traces.ts';
import type { Breakpoint, Hit } from './breakpoints/breakpoints.ts';
import { FaultFinder } from './breakpoints/fault-finder.ts';
import type { ClientPlaces } from './client-places.ts';
import { hitsAt, Run } from './run.ts';

/** The reference of a trace's text. */
export const TEXT_REFERENCE = 1;
/** Maximum characters of a text that a client requests. */
const MAX_SOURCE = 32 * 1024 * 1024;
const LINES_AT_ONCE = 10_000;

/** The debugged trace with its initial snapshot and the current position. */
export class Debuggee {
  readonly timeline: Timeline;
  readonly #open: OpenTrace;
  readonly #image: ReadableMemory | undefined;
  readonly #opensText: boolean;
  readonly #faults: FaultFinder;

  /** `image`: the memory before the first step. `opensText`: whether the client opens the URI of a trace's text itself. */
  constructor(open: OpenTrace, image: ReadableMemory | undefined, opensText: boolean) {
    this.#open = open;
    this.#image = image;
    this.#opensText = opensText;
    this.timeline = Timeline.open(open.trace, { image, hasher: nodeHasher });
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

  /** The document in which the user steps. */
  get source(): DebugProtocol.Source {
    const { path, document } = this.#open;
    const checksum = this.#open.checksum();
    return {
      name: basename(path),
      path: document,
      ...(document !== path && !this.#opensText && { sourceReference: TEXT_REFERENCE }),
      ...(checksum !== undefined && { checksums: [{ algorithm: 'SHA256', checksum }] }),
    };
  }

  /** Returns the place of a step in that document, by default of the current one, as the client counts. */
  placeOfStep(
    client: ClientPlaces,
    step = this.timeline.position,
  ): { readonly source: DebugProtocol.Source; readonly line: number; readonly column: number } {
    return { source: this.source, line: client.toClientLine(this.lines.lineOfStep(step)), column: client.toClientColumn(0) };
  }

  /** Returns the same trace at its start. Moving in one does not move in the other. */
  again(): Debuggee {
    return new Debuggee(this.#open, this.#image, this.#opensText);
  }

  isOf(open: OpenTrace): boolean {
    return open === this.#open;
  }

  /** Returns true if a client's source is that document. */
  isSource({ path, sourceReference }: DebugProtocol.Source): boolean {
    if (path === undefined) return sourceReference === TEXT_REFERENCE;
    return path === this.#open.document || samePath(tracePathOf(path) ?? path, this.#open.path);
  }

  /** The lines of that document, counted from 0. */
  get lines(): TraceLines {
    return this.#open.documentLines;
  }

  /** Returns the text of that document for clients that do not open it themselves. A very long one is cut, and says so. */
  get text(): string {
    let text = '';
    for (let line = 0; ; ) {
      const { text: next, lines } = this.#open.lines(line, LINES_AT_ONCE);
      if (lines === 0) return text;
      if (text.length + next.length > MAX_SOURCE)
        return `${text}… The text is cut here. Step ahead: the debugger knows all of it.\n`;
      text += next;
      line += lines;
    }
  }

  /** Starts a run to the next breakpoint, or to step `until` at the latest. */
  run(breakpoints: readonly Breakpoint[], direction: Direction, until: number, log: (message: string) => void): Run {
    return new Run(this.timeline, inDirection(breakpoints, direction), { direction, until }, this.#faults, log);
  }

  /** Returns the breakpoints that stop at the current step. */
  hits(breakpoints: readonly Breakpoint[], direction: Direction, log: (message: string) => void): readonly Hit[] {
    return hitsAt(this.timeline, inDirection(breakpoints, direction), this.#faults, log, direction);
  }
}

function inDirection(breakpoints: readonly Breakpoint[], direction: Direction): readonly Breakpoint[] {
  return breakpoints.filter((breakpoint) => breakpoint.stopsIn(direction));
}

/** Returns true if two paths are equal. The case of a Windows drive does not matter. */
function samePath(a: string, b: string): boolean {
  const normal = (path: string): string => path.replaceAll('\\', '/').replace(/^[A-Z]:/, (drive) => drive.toLowerCase());
  return normal(a) === normal(b);
}
