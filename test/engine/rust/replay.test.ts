import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { type Address, at, type Memory, readBytes } from '../../../engine/core/memory/memory.ts';
import { BTreeMap } from '../../../engine/rust/btree/operate.ts';
import { Log } from '../../../engine/rust/log/operate.ts';
import { MemoryManager, type VirtualMemory } from '../../../engine/rust/memory-manager/operate.ts';
import { MinHeap } from '../../../engine/rust/minheap/operate.ts';
import { Vec } from '../../../engine/rust/vec/operate.ts';
import { compareBytes } from '../../../engine/values/codec.ts';
import { traceBytes } from '../trace/fixtures.ts';
import { sha256 } from './sidecar.ts';

/** Returns the bytes that a recorded program derived from a seed. */
interface Pattern {
  readonly seed: number;
  readonly len: number;
}

/** The effect of a step on buckets and chunks, as the library's memories saw it. */
type Effect =
  | {
      readonly t: 'grow';
      readonly mem: number;
      readonly delta: number;
      readonly ret: number;
      readonly buckets: readonly number[];
      readonly base_pages: readonly number[];
    }
  | { readonly t: 'alloc' | 'newfree'; readonly mem: number; readonly chunk: number }
  | { readonly t: 'free'; readonly mem: number; readonly chunk: number; readonly next: number };

/** A line of a trace: a step, or the state after some steps. */
interface Line {
  readonly i?: number;
  readonly op?: string;
  /** Two memories for a log. */
  readonly mem?: number | readonly number[];
  readonly ev?: readonly Effect[];
  readonly key?: number;
  readonly key_hex?: string;
  readonly val?: Pattern;
  readonly val_len?: number | null;
  readonly old_len?: number | null;
  readonly value?: number | null;
  readonly index?: number;
  readonly delta?: number;
  readonly ret?: number;
  readonly ret_pages?: number;
  readonly off?: number;
  readonly len?: number;
  readonly sha256?: string;
  readonly checkpoint?: number;
  readonly pages?: number;
  readonly num_allocated_buckets?: number;
  readonly freed?: number;
  readonly len0?: number;
  readonly len1?: number;
  readonly vec?: number | undefined;
  readonly log?: number | undefined;
  readonly heap?: number | undefined;
}

function pattern({ seed, len }: Pattern): Uint8Array {
  return Uint8Array.from({ length: len }, (_, index) => (seed * 31 + index * 7 + (index >> 8)) & 255);
}

function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

const numberOf = (bytes: Uint8Array | undefined): number | null => (bytes ? Number(Buffer.from(bytes).readBigUInt64BE()) : null);

/** A virtual memory that reports its grows, and the chunk headers that are written to it. */
class Watched implements Memory {
  readonly #memory: VirtualMemory;
  readonly #base: Memory;
  readonly #manager: MemoryManager;
  readonly #reportAt: (effect: Effect) => void;
  #highest = -1;

  constructor(manager: MemoryManager, base: Memory, id: number, reportAt: (effect: Effect) => void) {
    this.#manager = manager;
    this.#base = base;
    this.#memory = manager.get(id);
    this.#reportAt = reportAt;
  }

  get pages(): number {
    return this.#memory.pages;
  }
  grow(by: number): number {
    const mem = this.#memory.id;
    const [before, own] = [this.#base.pages, this.#manager.bucketsOf(mem).length];
    const ret = this.#memory.grow(by);
    const buckets = this.#manager.bucketsOf(mem).slice(own);
    this.#reportAt({ t: 'grow', mem, delta: by, ret, buckets, base_pages: [before, this.#base.pages] });
    return ret;
  }
  read(from: Address, into: Uint8Array): void {
    this.#memory.read(from, into);
  }
  write(to: Address, bytes: Uint8Array): void {
    this.#memory.write(to, bytes);
    if (bytes.length !== 16 || Buffer.from(bytes.subarray(0, 4)).toString('latin1') !== 'CHK\x01') return;
    const chunk = { mem: this.#memory.id, chunk: Number(to) };
    const next = Number(Buffer.from(bytes).readBigUInt64LE(8));
    if (bytes[4] === 1) this.#reportAt({ t: 'alloc', ...chunk });
    else if (to > this.#highest) this.#reportAt({ t: 'newfree', ...chunk });
    else this.#reportAt({ t: 'free', ...chunk, next });
    this.#highest = Math.max(this.#highest, to);
  }
}

/** Replays the recorded program with our structures. */
class Program {
  readonly image = new BytesMemory();
  readonly manager: MemoryManager;
  effects: Effect[] = [];
  readonly #maps = new Map<number, BTreeMap>();
  #vec: Vec | undefined;
  #log: Log | undefined;
  #heap: MinHeap | undefined;

  constructor(reclaims: boolean) {
    this.manager = MemoryManager.init(this.image, 1, reclaims ? 'lowest-first' : 'never');
  }

  /** Creates the structure that starts in `mem`. */
  #init(mem: Line['mem']): void {
    const u64Type = { max: 8, fixed: true };
    if (mem === 0) this.#maps.set(0, BTreeMap.init(this.#memory(0), { key: { bound: u64Type }, value: {} }));
    else if (mem === 1) {
      const types = { key: { bound: { max: 12, fixed: false } }, value: { bound: { max: 20, fixed: false } } };
      this.#maps.set(1, BTreeMap.init(this.#memory(1), types));
    } else if (mem === 2) this.#vec = Vec.init(this.#memory(2), u64Type);
    else if (mem === 5) this.#heap = MinHeap.init(this.#memory(5), u64Type, compareBytes);
    else this.#log = Log.init(this.#memory(3), this.#memory(4));
  }

  /** Does a step. Returns its effects next to the recorded ones. */
  step(line: Line): readonly [seen: unknown, recorded: unknown] {
    const mem = typeof line.mem === 'number' ? line.mem : 0;
    const map = this.#maps.get(mem);
    const key = line.key_hex === undefined ? u64(line.key ?? 0) : new Uint8Array(Buffer.from(line.key_hex, 'hex'));
    const value = pattern(line.val ?? { seed: 0, len: 0 });
    const memory = this.#memory(mem);
    switch (line.op) {
      case 'init':
        return [this.#init(line.mem), undefined];
      case 'map_insert':
        return [map?.insert(key, value)?.length ?? null, line.old_len];
      case 'map_remove':
        return [map?.remove(key)?.length ?? null, line.old_len];
      case 'map_get':
        return [map?.get(key)?.length ?? null, line.val_len];
      case 'map_pop_first':
      case 'map_pop_last': {
        const entry = line.op === 'map_pop_first' ? map?.popFirst() : map?.popLast();
        return [entry && Buffer.from(entry[0]).toString('hex'), Buffer.from(key).toString('hex')];
      }
      case 'vec_push':
        return [this.#vec?.push(u64(line.value ?? 0)), undefined];
      case 'vec_pop':
        return [numberOf(this.#vec?.pop()), line.value];
      case 'log_append':
        return [this.#log?.append(value), line.index];
      case 'heap_push':
        return [this.#heap?.push(u64(line.value ?? 0)), undefined];
      case 'heap_pop':
        return [numberOf(this.#heap?.pop()), line.value];
      case 'grow':
        return [memory.grow(line.delta ?? 0), line.ret];
      case 'write':
        return [memory.write(at(0, line.off ?? 0), value), undefined];
      case 'read': {
        const bytes = readBytes(memory, at(0, line.off ?? 0), line.len ?? 0);
        return [createHash('sha256').update(bytes).digest('hex'), line.sha256];
      }
      case 'reclaim':
        return [this.manager.reclaim(mem), line.ret_pages];
      default:
        return [line.op?.endsWith('_skipped'), true];
    }
  }

  get state(): Line {
    const buckets = this.manager.allocatedBuckets;
    const used = Array.from({ length: 255 }, (_, id) => this.manager.bucketsOf(id).length);
    return {
      pages: this.image.pages,
      sha256: sha256(this.image),
      num_allocated_buckets: buckets,
      freed: buckets - used.reduce((sum, one) => sum + one, 0),
      len0: Number(this.#maps.get(0)?.length),
      len1: Number(this.#maps.get(1)?.length),
      vec: this.#vec?.length,
      log: this.#log?.length,
      heap: this.#heap?.length,
    };
  }

  #memory(id: number): Memory {
    return new Watched(this.manager, this.image, id, (effect) => this.effects.push(effect));
  }
}

describe.each([
  ['trace-main', false],
  ['trace-v071', true],
])('%s', (name, reclaims) => {
  const lines = new TextDecoder().decode(traceBytes(name)).trim().split('\n').slice(1);

  test('the same operations produce the same results, buckets, chunks and images', () => {
    const program = new Program(reclaims);
    let [steps, effects, checkpoints] = [0, 0, 0];
    for (const text of lines) {
      const line: Line = JSON.parse(text);
      if (line.checkpoint !== undefined) {
        expect({ ...program.state, checkpoint: line.checkpoint }).toEqual(line);
        checkpoints += 1;
        continue;
      }
      const [seen, recorded] = program.step(line);
      if (seen !== recorded) expect(seen, `result of step ${line.i}`).toEqual(recorded);
      if (JSON.stringify(program.effects) !== JSON.stringify(line.ev)) expect(program.effects, `step ${line.i}`).toEqual(line.ev);
      steps += 1;
      effects += program.effects.length;
      program.effects = [];
    }
    expect([steps, checkpoints]).toEqual([5005, 20]);
    expect(effects).toBeGreaterThan(2000);
  });
});
