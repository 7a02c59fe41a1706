import type { SpaceNumber, TraceEvent } from '../../events.ts';
import { NumberList } from '../../number-list.ts';
import { identityOfSpace, PHYSICAL } from '../../state/space-identity.ts';
import { END } from '../../touches.ts';
import type { Trace } from '../../trace.ts';
import type { SpaceEvent } from '../../trace-index.ts';
import type { EventReader } from './event-reader.ts';

/** The reads and writes of one memory, in order. */
export class SpaceAccesses {
  readonly #steps = NumberList.counts();
  readonly #addresses = NumberList.counts();
  readonly #lengths = NumberList.counts();
  readonly #isRead = NumberList.bytes();
  /** The highest end of an access, in bytes. */
  highest = 0;

  get count(): number {
    return this.#steps.length;
  }

  stepOf(access: number): number {
    return this.#steps.at(access);
  }

  addressOf(access: number): number {
    return this.#addresses.at(access);
  }

  lengthOf(access: number): number {
    return this.#lengths.at(access);
  }

  isRead(access: number): boolean {
    return this.#isRead.at(access) === 1;
  }

  /** Returns the number of accesses before a step. */
  before(step: number): number {
    return this.#steps.rank(step - 1);
  }

  add(step: number, address: number, length: number, isRead: boolean): void {
    if (length === 0 || address + length > END) return;
    this.#steps.push(step);
    this.#addresses.push(address);
    this.#lengths.push(length);
    this.#isRead.push(isRead ? 1 : 0);
    this.highest = Math.max(this.highest, address + length);
  }
}

/** Collects the accesses of all memories, by the identity of the memory. */
export class AccessReader implements EventReader {
  readonly memories = new Map<string, SpaceAccesses>();
  readonly #trace: Trace;
  /** The memory of each declaration. */
  readonly #declared = new Map<SpaceEvent, SpaceAccesses>();
  /** The physical memory, which needs no declaration. */
  #physical: SpaceAccesses | undefined;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  read(index: number, event: TraceEvent): void {
    if (event.kind !== 'write' && event.kind !== 'read') return;
    const memory = event.space === 0 ? this.#physicalMemory() : this.#declaredMemory(index, event.space);
    const length = event.kind === 'write' ? event.bytes.length : event.length;
    memory?.add(this.#trace.stepOf(index), event.address, length, event.kind === 'read');
  }

  #physicalMemory(): SpaceAccesses {
    this.#physical ??= this.#memoryOf(PHYSICAL);
    return this.#physical;
  }

  #declaredMemory(index: number, space: SpaceNumber): SpaceAccesses | undefined {
    const declaration = this.#trace.spaceAt(index, space);
    if (!declaration) return undefined;
    const memory = this.#declared.get(declaration) ?? this.#memoryOf(identityOfSpace(declaration));
    this.#declared.set(declaration, memory);
    return memory;
  }

  #memoryOf(identity: string): SpaceAccesses {
    const memory = this.memories.get(identity) ?? new SpaceAccesses();
    this.memories.set(identity, memory);
    return memory;
  }
}
