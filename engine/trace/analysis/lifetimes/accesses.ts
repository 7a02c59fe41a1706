import type { Sliced } from '../../../core/slices.ts';
import { NumberList } from '../../number-list.ts';
import { END } from '../../touches.ts';
import type { Trace } from '../../trace.ts';
import type { SpaceEvent } from '../../trace-index.ts';
import { identityAt } from './space-identity.ts';

const EVENTS_PER_TURN = 1_024;

/** The reads and writes of one memory, in order. */
export class SpaceAccesses {
  readonly #steps = NumberList.counts();
  readonly #addresses = NumberList.offsets();
  readonly #lengths = NumberList.offsets();
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

/** Reads the accesses of all memories of a trace, by the identity of the memory. */
export function* readAccesses(trace: Trace): Sliced<ReadonlyMap<string, SpaceAccesses>> {
  const memories = new Map<string, SpaceAccesses>();
  /** The memory of each declaration. The physical memory needs none. */
  const declared = new Map<SpaceEvent | undefined, SpaceAccesses>();
  for (let index = 0; index < trace.count; index++) {
    if (index % EVENTS_PER_TURN === 0) yield;
    if (!trace.isKind(index, 'write') && !trace.isKind(index, 'read')) continue;
    const event = trace.at(index);
    if (event.kind !== 'write' && event.kind !== 'read') continue;
    const declaration = trace.spaceAt(index, event.space);
    if (event.space !== 0 && !declaration) continue;
    let memory = declared.get(declaration);
    if (!memory) {
      const identity = identityAt(trace, index, event.space) ?? '';
      memory = memories.get(identity) ?? new SpaceAccesses();
      memories.set(identity, memory);
      declared.set(declaration, memory);
    }
    const length = event.kind === 'write' ? event.bytes.length : event.length;
    memory.add(trace.stepOf(index), event.address, length, event.kind === 'read');
  }
  return memories;
}
