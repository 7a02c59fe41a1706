/** Records canisters in this process, and compares what the trace replays to with what the recorder has. */
import { expect } from 'vitest';
import { Budget } from '../../../engine/core/budget.ts';
import { toHex } from '../../../engine/core/format.ts';
import type { ReadableMemory } from '../../../engine/core/memory/memory.ts';
import { GRANULE, OverlayState } from '../../../engine/core/memory/overlay.ts';
import { BytesSource } from '../../../engine/core/memory/source.ts';
import { hashMemory } from '../../../engine/core/sha256.ts';
import type { PreparedModule } from '../../../engine/recorder/prepared-module.ts';
import { prepareModule } from '../../../engine/recorder/prepared-module.ts';
import { type CallResult, type RecordedCall, Recorder, type RecorderOptions } from '../../../engine/recorder/recorder.ts';
import type { TraceEvent } from '../../../engine/trace/events.ts';
import { CborTraceWriter } from '../../../engine/trace/format/writer.ts';
import { openTrace } from '../../../engine/trace/import/import.ts';
import { Timeline } from '../../../engine/trace/timeline.ts';
import type { Trace } from '../../../engine/trace/trace.ts';

/** What a test says about a call. */
export type CallOptions = Partial<Omit<RecordedCall, 'kind' | 'method'>> & {
  readonly argument?: Uint8Array;
  /** The module of an installation or an upgrade. */
  readonly module?: PreparedModule;
};

/** A recording. */
export class Session {
  readonly recorder: Recorder;
  readonly #chunks: Uint8Array[] = [];
  readonly #writer = new CborTraceWriter((bytes) => this.#chunks.push(bytes));
  /** Stable memory after each call, and the step at which it was so. */
  readonly #states: { readonly step: number; readonly state: OverlayState }[] = [];

  constructor(options: Omit<RecorderOptions, 'writer' | 'header'> = {}) {
    const { stable } = options;
    const initial = stable && {
      pages: stable.pages,
      sha256: hashMemory(stable, new Budget()) ?? new Uint8Array(),
      file: undefined,
    };
    const header = { version: 1 as const, producer: 'test', canister: undefined, wasmSha256: undefined, initial };
    this.recorder = new Recorder({ ...options, writer: this.#writer, header });
  }

  /** Installs a module in a new recording. */
  static of(
    module: Uint8Array,
    options: Omit<RecorderOptions, 'writer' | 'header'> & { readonly argument?: Uint8Array } = {},
  ): Session {
    const { argument = new Uint8Array(), ...more } = options;
    const session = new Session(more);
    expect(session.call('init', '', { module: ready(module), argument })).toEqual({ outcome: 'replied', reply: undefined });
    return session;
  }

  call(kind: RecordedCall['kind'], method = '', options: CallOptions = {}): CallResult {
    const { argument = new Uint8Array(), module, ...more } = options;
    const call = { kind, method, caller: undefined, time: undefined, cycles: 0n, replies: [], seed: undefined, ...more };
    const result = this.recorder.call(call, argument, module);
    this.#states.push({ step: this.recorder.steps, state: this.stable });
    return result;
  }

  update(method: string, options?: CallOptions): CallResult {
    return this.call('update', method, options);
  }

  query(method: string, options?: CallOptions): CallResult {
    return this.call('query', method, options);
  }

  get stable(): OverlayState {
    const { stable } = this.recorder;
    if (!(stable instanceof OverlayState)) throw new Error('The recorder has another stable memory than these tests know.');
    return stable;
  }

  /** The hash of stable memory. */
  get digest(): string {
    return toHex(hashMemory(this.stable, new Budget()) ?? new Uint8Array());
  }

  /** The trace's bytes so far. */
  get bytes(): Uint8Array {
    this.#writer.finish();
    return Buffer.concat(this.#chunks);
  }

  get trace(): Trace {
    return openTrace(new BytesSource(this.bytes));
  }

  get events(): readonly TraceEvent[] {
    return [...this.trace.events()];
  }

  /** Outcomes of the messages of the trace. */
  get outcomes(): readonly string[] {
    return this.events.flatMap((event) => (event.kind === 'end' ? [event.outcome] : []));
  }

  /** What the canister has printed. */
  get notes(): readonly string[] {
    return this.events.flatMap((event) => (event.kind === 'note' ? [event.text] : []));
  }

  /** Checks that the trace can be read, and that after every call it replays to the recorder's memory. */
  expectReplays(options: { readonly image?: ReadableMemory } = {}): void {
    const { trace } = this;
    expect(trace).toMatchObject({ complete: true, findings: [], skipped: 0 });
    expect(trace.steps).toBe(this.recorder.steps);
    const timeline = Timeline.open(trace, options);
    const same = new SameMemories();
    for (const { step, state } of this.#states) {
      timeline.seek(step);
      const { memory } = timeline;
      if (memory instanceof OverlayState) expect(same.differenceOf(state, memory), `after step ${step}`).toBe('');
      else expect(state.pages, `after step ${step}`).toBe(0);
    }
  }
}

/** Compares states of two memories. Parts that several states of one memory have in common are compared once. */
class SameMemories {
  readonly #same = new WeakMap<object, object>();

  /** Returns words for a difference, or '' if there is none. */
  differenceOf(left: OverlayState, right: OverlayState): string {
    if (left.pages !== right.pages) return `${left.pages} pages and not ${right.pages}`;
    return this.#areSame(left.root, right.root) ? '' : 'other bytes';
  }

  #areSame(left: OverlayState['root'], right: OverlayState['root']): boolean {
    if (left === undefined || right === undefined) return left === right;
    if (this.#same.get(left) === right) return true;
    const same =
      'bytes' in left
        ? 'bytes' in right && Buffer.compare(granuleOf(left), granuleOf(right)) === 0
        : 'slots' in right && left.slots.every((part, index) => this.#areSame(part, right.slots[index]));
    if (same) this.#same.set(left, right);
    return same;
  }
}

function granuleOf({ bytes, start }: { readonly bytes: Uint8Array; readonly start: number }): Uint8Array {
  return bytes.subarray(start, start + GRANULE);
}

/** Prepares a module that must be usable. */
export function ready(module: Uint8Array): PreparedModule {
  const prepared = prepareModule(module);
  if ('problem' in prepared) throw new Error(prepared.problem);
  return prepared;
}

/** Returns the bytes of a reply. */
export function replyOf(result: CallResult): Uint8Array {
  if (result.outcome !== 'replied') throw new Error(`${result.outcome}: ${result.error}`);
  return result.reply ?? new Uint8Array();
}

/** Returns a reply of 8 bytes as a number. */
export function numberIn(result: CallResult): bigint {
  const bytes = replyOf(result);
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
}

export function textIn(result: CallResult): string {
  return Buffer.from(replyOf(result)).toString();
}

/** Returns the sentence of a call that did not reply. */
export function errorOf(result: CallResult): string {
  return result.outcome === 'replied' ? '' : `${result.outcome}: ${result.error}`;
}
