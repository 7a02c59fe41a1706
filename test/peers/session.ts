import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { BytesMemory } from '../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, holds, type Memory, readBytes } from '../../engine/core/memory/memory.ts';
import { BTreeMap, type BTreeTypes } from '../../engine/rust/btree/operate.ts';
import { BTreeSet, type SetTypes } from '../../engine/rust/btree/set.ts';
import { Cell } from '../../engine/rust/cell/operate.ts';
import { Log } from '../../engine/rust/log/operate.ts';
import { type BucketReuse, MemoryManager } from '../../engine/rust/memory-manager/operate.ts';
import { MinHeap } from '../../engine/rust/minheap/operate.ts';
import { BufferedReader, BufferedWriter, Reader, Writer } from '../../engine/rust/reader-writer.ts';
import { RestrictedMemory } from '../../engine/rust/restricted-memory.ts';
import { Vec } from '../../engine/rust/vec/operate.ts';
import { compareBytes } from '../../engine/values/codec.ts';
import type { Checkpoint, MemoryStep, OpenStep, Operation, Result, SetupStep, Step } from './steps.ts';

/** A structure of the engine, with the operations of the steps. */
interface Opened {
  apply(step: Operation): Result;
  list(): readonly Result[];
}

/** Runs the steps on the engine: the counterpart of `src/session.rs`. */
export class Session {
  #image = new BytesMemory();
  readonly #reuse: BucketReuse;
  #manager: MemoryManager | undefined;
  readonly #windows = new Map<number, Memory>();
  readonly #structures = new Map<number, Opened>();
  readonly #setup: SetupStep[] = [];
  #results: Result[] = [];

  constructor(reuse: BucketReuse = 'never') {
    this.#reuse = reuse;
  }

  /** Runs all steps. Returns the checkpoints among them. */
  run(steps: readonly Step[]): readonly Checkpoint[] {
    return steps.flatMap((step) => this.#step(step) ?? []);
  }

  #step(step: Step): Checkpoint | undefined {
    switch (step.do) {
      case 'checkpoint':
        return this.#checkpoint();
      case 'load':
        this.#image = BytesMemory.of(readFileSync(step.image));
        break;
      case 'store':
        writeFileSync(step.image, this.#bytes());
        break;
      case 'reload':
        this.#structures.clear();
        this.#manager = undefined;
        for (const earlier of this.#setup) this.#setUp(earlier, false);
        break;
      case 'manage':
      case 'window':
      case 'open':
        this.#setUp(step, 'new' in step && step.new === true);
        this.#setup.push(step);
        break;
      case 'list':
        this.#results.push([...this.#structures].sort(([a], [b]) => a - b).map(([id, structure]) => [id, structure.list()]));
        break;
      default: {
        const structure = this.#structures.get(step.memory);
        this.#results.push(structure ? structure.apply(step) : this.#applyPlain(step));
      }
    }
    return undefined;
  }

  #checkpoint(): Checkpoint {
    const results = this.#results;
    this.#results = [];
    return { pages: this.#image.pages, sha256: createHash('sha256').update(this.#bytes()).digest('hex'), results };
  }

  /** Returns the whole image. */
  #bytes(): Uint8Array {
    return readBytes(this.#image, at(0, 0), byteLength(this.#image));
  }

  #setUp(step: SetupStep, isNew: boolean): void {
    if (step.do === 'manage') this.#manager = MemoryManager.init(this.#image, step.bucketPages, this.#reuse);
    else if (step.do === 'window') this.#windows.set(step.memory, new RestrictedMemory(this.#image, step.start, step.end));
    else this.#structures.set(step.memory, this.#open(step, isNew));
  }

  #memory(id: number): Memory {
    return this.#windows.get(id) ?? this.#manager?.get(id) ?? this.#image;
  }

  #open(step: OpenStep, isNew: boolean): Opened {
    const memory = this.#memory(step.memory);
    switch (step.kind) {
      case 'vec':
        return openedVec(isNew ? Vec.new(memory, step.item) : Vec.init(memory, step.item));
      case 'minheap':
        return openedHeap(isNew ? MinHeap.new(memory, step.item, compareBytes) : MinHeap.init(memory, step.item, compareBytes));
      case 'cell':
        return openedCell(isNew ? Cell.new(memory, bytes(step.initial)) : Cell.init(memory, bytes(step.initial)));
      case 'log':
        return openedLog(isNew ? Log.new(memory, this.#memory(step.data)) : Log.init(memory, this.#memory(step.data)));
      case 'btreemap': {
        const types: BTreeTypes = { key: step.key ? { bound: step.key } : {}, value: step.value ? { bound: step.value } : {} };
        return openedMap(isNew ? BTreeMap.new(memory, types) : BTreeMap.init(memory, types));
      }
      case 'btreeset': {
        const types: SetTypes = { key: step.key ? { bound: step.key } : {} };
        return openedSet(isNew ? BTreeSet.new(memory, types) : BTreeSet.init(memory, types));
      }
    }
  }

  #applyPlain(step: MemoryStep): Result {
    const memory = this.#memory(step.memory);
    switch (step.do) {
      case 'grow':
        return memory.grow(step.by);
      case 'write':
        if (holds(memory, step.at, step.bytes.length / 2)) memory.write(at(0, step.at), bytes(step.bytes));
        return null;
      case 'save': {
        const writer = new BufferedWriter(new Writer(memory, at(0, step.at)), step.capacity);
        for (const piece of step.pieces) writer.write(bytes(piece.bytes));
        writer.flush();
        return null;
      }
      case 'read': {
        const reader = new BufferedReader(new Reader(memory, at(0, step.at)), step.capacity);
        let found = '';
        for (let more = reader.read(step.length); more.length > 0; more = reader.read(step.length - found.length / 2)) {
          found += hex(more);
        }
        return found;
      }
      case 'reclaim':
        return this.#manager?.reclaim(step.memory) ?? unknown(step);
      default:
        return unknown(step);
    }
  }
}

function openedVec(vec: Vec): Opened {
  return {
    apply(step) {
      switch (step.do) {
        case 'push':
          vec.push(bytes(step.item));
          return null;
        case 'set':
          if (vec.length > 0) vec.set((step.index ?? 0) % vec.length, bytes(step.item));
          return null;
        case 'at':
          return hexOrNull(vec.get(step.index));
        case 'pop':
          return hexOrNull(vec.pop());
        default:
          return unknown(step);
      }
    },
    list: () => [...vec.items()].map(hex),
  };
}

function openedHeap(heap: MinHeap): Opened {
  return {
    apply(step) {
      switch (step.do) {
        case 'push':
          heap.push(bytes(step.item));
          return null;
        case 'peek':
          return hexOrNull(heap.peek());
        case 'pop':
          return hexOrNull(heap.pop());
        default:
          return unknown(step);
      }
    },
    list: () => [...heap.items()].map(hex),
  };
}

function openedCell(cell: Cell): Opened {
  return {
    apply: (step) => (step.do === 'set' ? hex(cell.set(bytes(step.item))) : unknown(step)),
    list: () => [hex(cell.get())],
  };
}

function openedLog(log: Log): Opened {
  return {
    apply(step) {
      switch (step.do) {
        case 'append':
          return log.append(bytes(step.item));
        case 'at':
          return hexOrNull(log.get(step.index));
        default:
          return unknown(step);
      }
    },
    list: () => [...log.entries()].map(hex),
  };
}

function openedMap(map: BTreeMap): Opened {
  const pair = (entry: readonly [Uint8Array, Uint8Array] | undefined): Result => entry?.map(hex) ?? null;
  return {
    apply(step) {
      switch (step.do) {
        case 'insert':
          return hexOrNull(map.insert(bytes(step.key), bytes(step.value ?? '')));
        case 'remove':
          return hexOrNull(map.remove(bytes(step.key)));
        case 'get':
          return hexOrNull(map.get(bytes(step.key)));
        case 'popFirst':
          return pair(map.popFirst());
        case 'popLast':
          return pair(map.popLast());
        case 'clear':
          map.clear();
          return null;
        default:
          return unknown(step);
      }
    },
    list: () => [...map.entries()].map(pair),
  };
}

function openedSet(set: BTreeSet): Opened {
  return {
    apply(step) {
      switch (step.do) {
        case 'insert':
          return set.insert(bytes(step.key));
        case 'remove':
          return set.remove(bytes(step.key));
        case 'get':
          return set.contains(bytes(step.key));
        case 'popFirst':
          return hexOrNull(set.popFirst());
        case 'popLast':
          return hexOrNull(set.popLast());
        case 'clear':
          set.clear();
          return null;
        default:
          return unknown(step);
      }
    },
    list: () => [...set.keys()].map(hex),
  };
}

function unknown(step: Operation): never {
  throw new Error(`This structure does not have the step ${JSON.stringify(step)}.`);
}

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const hex = (item: Uint8Array): string => Buffer.from(item).toString('hex');
const hexOrNull = (item: Uint8Array | undefined): Result => (item ? hex(item) : null);
