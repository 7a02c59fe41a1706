import { at } from '../../../engine/core/memory/memory.ts';
import type { TraceEvent } from '../../../engine/trace/events.ts';
import { traceBytes } from './fixtures.ts';

/** An operation of a recorded run of the real library. */
interface Row {
  readonly op?: string;
  readonly mem?: number;
  readonly ev?: readonly {
    readonly t: string;
    readonly mem?: number;
    readonly delta?: number;
    readonly ret?: number;
    readonly buckets?: readonly number[];
    readonly base_pages?: readonly number[];
  }[];
}

/** The grows and frees of a recorded run, and the buckets that the library allocated at each step. */
export interface RecordedRun {
  readonly events: readonly TraceEvent[];
  readonly buckets: ReadonlyMap<number, readonly number[]>;
  /** Pages of the image at the end. */
  readonly pages: number;
}

export function recordedRun(name: string): RecordedRun {
  const rows = new TextDecoder().decode(traceBytes(name)).trim().split('\n').slice(1);
  const spaces = new Set<number>();
  const events: TraceEvent[] = [];
  const buckets = new Map<number, readonly number[]>();
  let steps = 0;
  let pages = 0;
  const declare = (memory: number): void => {
    if (spaces.has(memory)) return;
    spaces.add(memory);
    events.push(virtualMemory(memory, 1));
  };
  for (const line of rows) {
    const row: Row = JSON.parse(line);
    if (row.op === 'reclaim' && row.mem !== undefined) {
      declare(row.mem);
      events.push({ kind: 'free', space: row.mem + 1, keep: undefined });
      steps++;
    }
    for (const { t, mem, delta = 0, ret = 0, buckets: taken = [], base_pages: [, base = 0] = [] } of row.ev ?? []) {
      if (t !== 'grow' || mem === undefined) continue;
      declare(mem);
      events.push({ kind: 'grow', space: mem + 1, by: delta, before: ret });
      buckets.set(++steps, taken);
      pages = base;
    }
  }
  return { events, buckets, pages };
}

/** Declares a manager's virtual memory as the space with its id plus one. */
export function virtualMemory(memory: number, bucketPages: number, reuse?: string): TraceEvent {
  const params = { memory, bucketPages, ...(reuse === undefined ? {} : { reuse }) };
  return { kind: 'space', space: memory + 1, spaceKind: 'virtual-memory', name: 0, params };
}

export function grow(memory: number, by: number, before: number): TraceEvent {
  return { kind: 'grow', space: memory + 1, by, before };
}

export function free(memory: number): TraceEvent {
  return { kind: 'free', space: memory + 1, keep: undefined };
}

export function write(memory: number, address: number, ...bytes: readonly number[]): TraceEvent {
  return { kind: 'write', space: memory + 1, address: at(0, address), bytes: Uint8Array.from(bytes), stack: undefined };
}

export function begin(message: number, messageKind: 'update' | 'post-upgrade' = 'update'): TraceEvent {
  return { kind: 'begin', message, messageKind, name: 0, time: undefined, instructions: undefined };
}

export function end(message: number, outcome: 'replied' | 'trapped' = 'replied'): TraceEvent {
  return { kind: 'end', message, outcome, time: undefined, instructions: undefined, text: undefined };
}
