import { Budget } from '../../core/budget.ts';
import { formatCounted } from '../../core/format.ts';
import type { Address, ReadableMemory } from '../../core/memory/memory.ts';
import type { FieldNames } from '../../values/codecs/candid.ts';
import { type AllocatorState, allocatorOf, type BufferRecord } from '../stable-variables/memory-regions.ts';
import { bufferIn } from './buffer.ts';
import type { Heap, HeapObject } from './layout.ts';
import { heapHash, heapNames } from './names.ts';
import { openHeap, type Root } from './roots.ts';
import { heapValue } from './values.ts';

/** The state that libraries keep on a heap. */
export interface HeapReading {
  readonly allocators: readonly AllocatorState[];
  readonly buffers: readonly BufferRecord[];
  /**
   * Ids of the regions that live objects lead to. Undefined if not everything was read, and with classical persistence, whose
   * pending calls are not found.
   */
  readonly reached: ReadonlySet<number> | undefined;
  /** A sentence that says why some or all of the heap was not read. */
  readonly problem: string | undefined;
}

export interface HeapOptions {
  /** Names of the canister's own fields, by their Candid hashes, in addition to the well-known ones. */
  readonly names?: FieldNames;
  readonly budget?: Budget;
}

/** Limits of a walk over a heap: some seconds. */
const LIMITS = { steps: 8_000_000, bytes: 2 ** 31, milliseconds: 10_000 };
const MAX_VALUES = 1_000_000;

const MEMORY_REGION = ['region', 'free_memory', 'deallocated', 'size', 'pages'].map(heapHash);

/**
 * Finds the records of a canister's `MemoryRegion`s in its Wasm memory. Walks from the canister's variables over everything that
 * they lead to, the nearest first, so garbage is never taken for live objects.
 */
export function findInHeap(
  memory: ReadableMemory,
  { names = new Map(), budget = new Budget(LIMITS) }: HeapOptions = {},
): HeapReading {
  const opened = openHeap(memory);
  const nothing = { allocators: [], buffers: [], reached: undefined };
  if (typeof opened === 'string') return { ...nothing, problem: opened };
  const { heap, roots } = opened;
  const walk = new Walk(heap, roots, heapNames(names));
  const allocators: AllocatorState[] = [];
  const buffers: BufferRecord[] = [];
  const unknown: string[] = [];
  const ofValues = new Budget({ steps: MAX_VALUES });
  const reached = new Set<number>();
  for (let object = walk.next(budget); object; object = walk.next(budget)) {
    if (object.kind === 'region') reached.add(Number(object.id));
    const buffer = bufferIn(heap, object);
    if (buffer) buffers.push(buffer);
    if (!isMemoryRegion(object)) continue;
    const value = heapValue(heap, object, ofValues);
    if (!value) return { ...nothing, problem: `It ends before the object that ${walk.path} leads to: the file is truncated.` };
    const found = value.kind === 'record' ? allocatorOf(value, walk.path, 'heap') : undefined;
    if (ofValues.cutShort !== undefined) break;
    if (found) {
      allocators.push(found);
      reached.add(Number(found.regionId));
    } else unknown.push(walk.path);
    walk.leave();
  }
  const problem = problemOf(budget.cutShort ?? ofValues.cutShort, unknown);
  const isWhole = problem === undefined && walk.lost === 0 && heap.form.persistence === 'enhanced';
  return { allocators, buffers, reached: isWhole ? reached : undefined, problem };
}

function problemOf(cutShort: string | undefined, [unknown, ...others]: readonly string[]): string | undefined {
  if (cutShort !== undefined) return `It was not read to its end. ${cutShort}`;
  if (unknown === undefined) return undefined;
  const more = others.length === 0 ? '' : `, and ${formatCounted(others.length, 'other')}`;
  return `The record of a MemoryRegion at ${unknown}${more} has a form that no known release uses.`;
}

function isMemoryRegion(object: HeapObject): boolean {
  return object.kind === 'record' && MEMORY_REGION.every((hash) => object.hashes.includes(hash));
}

/** A walk over every object that the roots lead to, once each, in the order of distance. */
class Walk {
  readonly #heap: Heap;
  readonly #roots: readonly Root[];
  readonly #seen = new Set<Address>();
  /** Each address reached, the index of the address that led to it (negative for roots), and the slot that led to it. */
  readonly #addresses: Address[] = [];
  readonly #parents: number[] = [];
  readonly #positions: number[] = [];
  readonly #names: FieldNames;
  #at = -1;
  #current: HeapObject | undefined;
  /** Pointers that do not lead to an object. */
  lost = 0;

  constructor(heap: Heap, roots: readonly Root[], names: FieldNames) {
    this.#heap = heap;
    this.#names = names;
    this.#roots = roots;
    for (const [index, { object }] of roots.entries()) this.#add(object.address, -1 - index, 0);
  }

  next(budget: Budget): HeapObject | undefined {
    const { slots } = this.#current ?? { slots: undefined };
    if (slots && budget.spend(slots.count * this.#heap.form.wordBytes)) {
      this.#heap.eachPointer(slots, (to, position) => budget.spend() && this.#add(to, this.#at, position));
    }
    this.#current = undefined;
    while (this.#current === undefined && this.#at + 1 < this.#addresses.length && budget.spend()) {
      this.#at += 1;
      const address = this.#addresses[this.#at];
      const object = address === undefined ? undefined : this.#heap.object(address);
      // The collector may have moved it to where another pointer already led.
      if (!object) this.lost += 1;
      if (!object || (object.address !== address && this.#seen.has(object.address))) continue;
      this.#seen.add(object.address);
      this.#current = object;
    }
    return this.#current;
  }

  /** Skips everything below the current object. */
  leave(): void {
    this.#current = undefined;
  }

  /** Returns the path to the current object: `variable 12.blobs`. */
  get path(): string {
    const steps: string[] = [];
    let index = this.#at;
    let parent = this.#parents[index] ?? -1;
    while (parent >= 0) {
      steps.unshift(this.#step(parent, this.#positions[index] ?? 0));
      index = parent;
      parent = this.#parents[index] ?? -1;
    }
    const name = this.#roots[-1 - parent]?.name ?? '';
    return (name + steps.join('')).replace(/^\./, '');
  }

  #step(parent: number, position: number): string {
    const address = this.#addresses[parent];
    const object = address === undefined ? undefined : this.#heap.object(address);
    const isRoot = (this.#parents[parent] ?? 0) < 0;
    switch (object?.kind) {
      case 'record': {
        const hash = object.hashes[position] ?? 0;
        return `.${this.#names.get(hash) ?? hash}`;
      }
      case 'variant':
        return `#${this.#names.get(object.hash) ?? object.hash}`;
      case 'array':
        return isRoot ? ` ${position}` : `[${position}]`;
      case 'tuple':
        return `.${position}`;
      default:
        return '';
    }
  }

  #add(address: Address, parent: number, position: number): true {
    if (!this.#seen.has(address)) {
      this.#seen.add(address);
      this.#addresses.push(address);
      this.#parents.push(parent);
      this.#positions.push(position);
    }
    return true;
  }
}
