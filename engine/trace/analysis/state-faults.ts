import { Budget } from '../../core/budget.ts';
import { FINDINGS, type Finding } from '../../core/findings.ts';
import { formatAddress, formatCount, formatCounted } from '../../core/format.ts';
import { at, type ReadableMemory, readBytes } from '../../core/memory/memory.ts';
import { inspectRegionManager } from '../../motoko/regions/inspect.ts';
import { METADATA_LENGTH, MAGIC as REGION_MAGIC } from '../../motoko/regions/layout.ts';
import { inspectManager } from '../../rust/memory-manager/inspect.ts';
import { MAGIC as MANAGER_MAGIC, TABLES_LENGTH } from '../../rust/memory-manager/layout.ts';
import type { TraceEvent } from '../events.ts';
import { declaredSpaces, type SpaceState, spaceIn } from '../state/allocation-state.ts';
import type { LiveBlock } from '../state/block-tree.ts';
import { memoryIn } from '../state/memory-state.ts';
import type { TimelineOptions, TraceState } from '../state/trace-state.ts';
import type { Trace } from '../trace.ts';
import { damagedChunk } from './damaged-chunk.ts';
import { type Fault, type FaultCode, STATE_FAULTS, type StateFaultCode } from './faults.ts';
import { compareMemory } from './verify.ts';

/** Maximum bytes of a memory that is compared with a checkpoint. A larger one has no fault. */
const MAX_HASHED = 1024 ** 3;

/** A replayed trace with its state at any step. */
interface Replayed {
  readonly trace: Trace;
  stateAt(step: number): TraceState;
}

export function isStateFault(code: FaultCode): code is StateFaultCode {
  return STATE_FAULTS.some((one) => one === code);
}

/** Finds the faults that only the memory or the state after a step shows. Steps that cannot have one cost nothing. */
export class StateFaults {
  readonly #timeline: Replayed;
  readonly #options: TimelineOptions;
  /** Faults of checkpoints by step, because a whole memory is hashed for each. */
  readonly #checkpoints = new Map<number, readonly Fault[]>();

  constructor(timeline: Replayed, options: TimelineOptions) {
    this.#timeline = timeline;
    this.#options = options;
  }

  /** Returns the faults of a step with a code. */
  at(step: number, code: StateFaultCode): readonly Fault[] {
    if (step < 1 || step > this.#timeline.trace.steps) return [];
    switch (code) {
      case 'trace.leak':
        return step === this.#timeline.trace.steps ? this.#leaks(step) : [];
      case 'trace.metadata':
        return this.#damage(step);
      case 'trace.checkpoint': {
        const faults = this.#checkpoints.get(step) ?? this.#failedCheckpoints(step);
        this.#checkpoints.set(step, faults);
        return faults;
      }
    }
  }

  /** Returns a fault for each completely known space with blocks that are live at the end. */
  #leaks(step: number): readonly Fault[] {
    return declaredSpaces(this.#timeline.stateAt(step).allocation).flatMap((state) => {
      const oldest = state.known ? oldestBlock(state) : undefined;
      if (!oldest) return [];
      const { count, bytes } = state.blocks;
      const blocks = `${formatCounted(count, 'block')} of ${state.name}, ${formatCounted(bytes, 'byte')}`;
      const first = `${formatAddress(oldest.address)} + ${formatCount(oldest.size)}, since step ${formatCount(oldest.step)}`;
      const message = `At the end of the trace, ${blocks}, ${count === 1 ? 'is' : 'are'} still live. The oldest is ${first}.`;
      const { address, size } = oldest;
      return [{ code: 'trace.leak' as const, step, space: state.space, address, size, block: oldest, message }];
    });
  }

  /**
   * Returns the fault of a write that damaged tables or the header of a chunk. A library writes its tables in several writes, so they
   * are judged after the last of successive writes to them, and compared with what they were before the first.
   */
  #damage(step: number): readonly Fault[] {
    const event = this.#writeAt(step);
    if (!event) return [];
    const before = this.#timeline.stateAt(step - 1);
    const length = this.#tablesLength(event, before.memoryState.image);
    if (length > 0) {
      if (this.#writesTables(step, 1, length) !== undefined) return [];
      let first = step;
      for (let earlier: number | undefined = first; earlier !== undefined; earlier = this.#writesTables(first, -1, length))
        first = earlier;
      const sound = this.#timeline.stateAt(first - 1).memoryState.image;
      const damage = sound && damageOf(sound, this.#timeline.stateAt(step).memoryState.image);
      return damage === undefined ? [] : [metadataFault(step, event, `damaged the tables of the memory. ${damage}`)];
    }
    const state = spaceIn(before.allocation, event.space);
    const [old, now] = [before, this.#timeline.stateAt(step)].map((one) => this.#memoryOf(one, event.space));
    const chunk = old && now && damagedChunk(old, now, event.address, event.bytes.length);
    if (chunk === undefined) return [];
    const where = state ? ` of ${state.name}` : '';
    return [metadataFault(step, event, `damaged the header of the chunk at ${formatAddress(chunk)}${where}.`)];
  }

  /** Returns the next or previous step if it writes the tables. Between two writes the memory can grow. */
  #writesTables(step: number, by: 1 | -1, length: number): number | undefined {
    const { trace } = this.#timeline;
    let next = step + by;
    while (next >= 1 && next <= trace.steps && trace.isKind(trace.eventOf(next), 'grow')) next += by;
    const event = this.#writeAt(next);
    return event?.space === 0 && event.address < length ? next : undefined;
  }

  #writeAt(step: number): Extract<TraceEvent, { kind: 'write' }> | undefined {
    const { trace } = this.#timeline;
    if (step < 1 || step > trace.steps || !trace.isKind(trace.eventOf(step), 'write')) return undefined;
    const event = trace.at(trace.eventOf(step));
    return event.kind === 'write' ? event : undefined;
  }

  /** Returns the length of the tables at the start of the image if the write touches them, else 0. */
  #tablesLength(event: Extract<TraceEvent, { kind: 'write' }>, image: ReadableMemory | undefined): number {
    if (event.space !== 0 || event.address >= METADATA_LENGTH || !image || image.pages === 0) return 0;
    const magic = String.fromCharCode(...readBytes(image, at(0, 0), REGION_MAGIC.length));
    const length = magic.startsWith(MANAGER_MAGIC) ? TABLES_LENGTH : magic === REGION_MAGIC ? METADATA_LENGTH : 0;
    return event.address < length ? length : 0;
  }

  #memoryOf({ memoryState, allocation }: TraceState, space: number): ReadableMemory | undefined {
    if (space === 0) return memoryState.image;
    return memoryIn(memoryState, this.#timeline.trace.spaceAt(Math.max(0, allocation.next - 1), space));
  }

  /** Returns the faults of the checkpoints that directly follow a step. Without the first snapshot, nothing can be compared. */
  #failedCheckpoints(step: number): readonly Fault[] {
    const { trace } = this.#timeline;
    if (!this.#options.image && (trace.segments[0]?.header.initial?.pages ?? 0) > 0) return [];
    const faults: Fault[] = [];
    for (let index = trace.eventOf(step) + 1; index < trace.count && trace.stepOf(index) === step; index++) {
      const event = trace.isKind(index, 'checkpoint') ? trace.at(index) : undefined;
      if (event?.kind !== 'checkpoint') continue;
      const after = this.#timeline.stateAt(step);
      const memory = this.#memoryOf(after, event.space);
      if (!memory) continue;
      const name = event.space === 0 ? 'The memory' : (spaceIn(after.allocation, event.space)?.name ?? 'A memory');
      const where = `${name} after step ${formatCount(step)}`;
      const result = compareMemory(memory, event, where, this.#options, new Budget({ bytes: MAX_HASHED }));
      if (typeof result === 'string') continue;
      const { space } = event;
      faults.push({ code: 'trace.checkpoint', step, space, address: 0, size: 0, block: undefined, message: result.differs });
    }
    return faults;
  }
}

function oldestBlock({ blocks }: SpaceState): LiveBlock | undefined {
  let oldest: LiveBlock | undefined;
  for (const block of blocks.fromIndex(0)) if (!oldest || block.step < oldest.step) oldest = block;
  return oldest;
}

/** Returns what is wrong with the tables of an image that were sound before, or undefined. */
function damageOf(before: ReadableMemory, after: ReadableMemory | undefined): string | undefined {
  if (!after || errorsIn(before)?.length !== 0) return undefined;
  const errors = errorsIn(after);
  return errors ? errors[0]?.message : 'Their header is lost.';
}

/** Returns the errors in the tables at the start of an image, or undefined if there are no tables. */
function errorsIn(image: ReadableMemory): readonly Finding[] | undefined {
  const errors: Finding[] = [];
  const report = (finding: Finding): void => {
    if (FINDINGS[finding.code].severity === 'error') errors.push(finding);
  };
  return (inspectManager(image, report) ?? inspectRegionManager(image, report)) && errors;
}

function metadataFault(step: number, event: Extract<TraceEvent, { kind: 'write' }>, damage: string): Fault {
  const { space, address, bytes } = event;
  const wrote = `Step ${formatCount(step)} wrote ${formatAddress(address)} + ${formatCount(bytes.length)} and ${damage}`;
  return { code: 'trace.metadata', step, space, address, size: bytes.length, block: undefined, message: wrote };
}
