import type { Budget } from '../../core/budget.ts';
import type { FindingCode } from '../../core/findings.ts';
import { formatCount, formatCounted, toHex } from '../../core/format.ts';
import type { ReadableMemory } from '../../core/memory/memory.ts';
import { MAX_PAGES } from '../../core/memory/overlay.ts';
import { hashMemory } from '../../core/sha256.ts';
import type { TraceFinding } from '../format/trace-sink.ts';
import { spaceIn } from '../state/allocation-state.ts';
import { memoryIn } from '../state/memory-state.ts';
import type { TimelineOptions, TraceState } from '../state/trace-state.ts';
import type { Trace } from '../trace.ts';

/** Result of comparing the replayed memory with the recording. */
export interface Verification {
  /** Number of checksums that were compared. */
  readonly checked: number;
  readonly findings: readonly TraceFinding[];
  /** Why some were not compared. */
  readonly cutShort: string | undefined;
}

/** A replayed trace with its state at any step. */
interface Replayed {
  readonly trace: Trace;
  readonly findings: readonly TraceFinding[];
  stateAt(step: number): TraceState;
}

/** A memory as the recorder saw it. */
export interface ExpectedMemory {
  readonly pages: number;
  readonly sha256: Uint8Array;
}

/** `differs` is a sentence about the difference. */
export type Comparison = 'equal' | 'cut short' | { readonly differs: string };

/** Compares a memory with what the recorder saw. `where` begins the sentence, such as "The memory after step 5". */
export function compareMemory(
  memory: ReadableMemory,
  expected: ExpectedMemory,
  where: string,
  { hasher }: TimelineOptions,
  budget: Budget,
): Comparison {
  if (memory.pages !== expected.pages) {
    const pages = `it has ${formatCount(memory.pages)}`;
    return { differs: `${where} should have ${formatCounted(expected.pages, 'page')}; ${pages}.` };
  }
  const found = hashMemory(memory, budget, hasher?.());
  if (!found) return 'cut short';
  const [sha256, wanted] = [toHex(found), toHex(expected.sha256)];
  return sha256 === wanted ? 'equal' : { differs: `${where} should have the SHA-256 ${wanted}; it has ${sha256}.` };
}

/** Returns findings about the start of the trace that need only the size of the image. */
export function initialFindings(trace: Trace, image: ReadableMemory | undefined): readonly TraceFinding[] {
  const [segment] = trace.segments;
  const initial = segment?.header.initial;
  if (!segment || !initial) return [];
  const offset = segment.offset;
  if (initial.pages > MAX_PAGES) {
    const message = `The header says that the memory had ${formatCounted(initial.pages, 'page')}, but no stable memory has more than ${formatCount(MAX_PAGES)} (500 GiB).`;
    return [{ code: 'trace.initial-differs', offset, step: 0, message }];
  }
  if (!image) {
    if (initial.pages === 0) return [];
    const file = initial.file === undefined ? '' : ` (${initial.file})`;
    const message = `The trace begins with a memory of ${formatCounted(initial.pages, 'page')}${file}, but no snapshot was given. Bytes that the trace does not write are shown as zero.`;
    return [{ code: 'trace.initial-missing', offset, step: 0, message }];
  }
  if (image.pages === initial.pages) return [];
  const message = `The trace was recorded from a memory of ${formatCounted(initial.pages, 'page')}; the snapshot has ${formatCount(image.pages)}.`;
  return [{ code: 'trace.initial-differs', offset, step: 0, message }];
}

/** Compares the image with the headers, and the replayed memory with every checkpoint. */
export function verify(timeline: Replayed, to: number, options: TimelineOptions, budget: Budget): Verification {
  const { trace } = timeline;
  const findings: TraceFinding[] = [];
  let checked = 0;
  if (timeline.findings.some((finding) => finding.code === 'trace.initial-missing')) {
    return { checked, findings, cutShort: 'Without the snapshot that the trace was recorded from, nothing can be compared.' };
  }
  /** Returns false if the budget is spent. */
  const compare = (
    code: FindingCode,
    memory: ReadableMemory,
    expected: ExpectedMemory,
    offset: number,
    step: number,
    what: string,
  ): boolean => {
    const where = `${what} ${step === 0 ? 'before the first step' : `after step ${formatCount(step)}`}`;
    const result = compareMemory(memory, expected, where, options, budget);
    if (result === 'cut short') return false;
    checked++;
    if (result !== 'equal') findings.push({ code, offset, step, message: result.differs });
    return true;
  };

  for (const [place, { header, offset, stepsBefore }] of trace.segments.entries()) {
    if (!header.initial || stepsBefore > to) continue;
    const image = place === 0 ? options.image : timeline.stateAt(stepsBefore).memoryState.image;
    if (!image) continue;
    if (!compare('trace.initial-differs', image, header.initial, offset, stepsBefore, 'The memory')) {
      return { checked, findings, cutShort: budget.cutShort };
    }
  }
  for (let index = 0; index < trace.count; index++) {
    if (!trace.isKind(index, 'checkpoint')) continue;
    const event = trace.at(index);
    const step = trace.stepOf(index);
    if (step > to || event.kind !== 'checkpoint') break;
    const { memoryState, allocation } = timeline.stateAt(step);
    const memory = event.space === 0 ? memoryState.image : memoryIn(memoryState, trace.spaceAt(index, event.space));
    if (!memory) continue;
    const name = event.space === 0 ? 'The memory' : (spaceIn(allocation, event.space)?.name ?? 'A memory');
    if (!compare('trace.checkpoint', memory, event, trace.offsetOf(index), step, name)) {
      return { checked, findings, cutShort: budget.cutShort };
    }
  }
  return { checked, findings, cutShort: undefined };
}
