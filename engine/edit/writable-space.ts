import type { Address, Memory } from '../core/memory/memory.ts';
import { Unreadable } from '../core/unreadable.ts';
import { RegionManager } from '../motoko/regions/operate.ts';
import { LinkedManagerView } from '../rust/linked-memory-manager/inspect.ts';
import { LinkedMemoryManager } from '../rust/linked-memory-manager/operate.ts';
import { MemoryManager } from '../rust/memory-manager/operate.ts';
import { RestrictedMemory } from '../rust/restricted-memory.ts';
import { managerOf } from '../snapshot/layout/layout.ts';
import type { PlacedManager } from '../snapshot/layout/managers.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { nameOfSpace, orderOf, type Space } from '../snapshot/space.ts';
import { refusal } from './refusal.ts';

/** The memories of a snapshot, for writing: what is written goes through its manager to a copy of the image. */
export class WritableSpaces {
  readonly #snapshot: Snapshot;
  readonly #image: Memory;
  readonly #managers = new Map<PlacedManager, MemoryManager | LinkedMemoryManager>();
  #regions: RegionManager | undefined;

  /** `image`: a copy of the snapshot's memory. */
  constructor(snapshot: Snapshot, image: Memory) {
    this.#snapshot = snapshot;
    this.#image = image;
  }

  /** @throws UserError if the space cannot be written to with the operations of its manager */
  memoryOf(space: Space): Memory {
    switch (space.kind) {
      case 'image':
        return this.#image;
      case 'window': {
        // Pages after the last window are nobody's.
        const end = space.id + space.memory.pages;
        return new RestrictedMemory(this.#image, space.id, end >= this.#snapshot.memory.pages ? Number.MAX_SAFE_INTEGER : end);
      }
      case 'virtual-memory':
        return this.#virtualMemory(space);
      case 'region':
        return this.#region(space);
    }
  }

  /** Returns the id of the first memory of a manager that was never used; undefined if there is no manager. */
  unusedMemory(): number | undefined {
    const [manager] = this.#snapshot.layout.kind === 'memory-manager' ? this.#snapshot.layout.managers : [];
    if (manager === undefined) return undefined;
    const used = new Set(manager.view.memories.map(({ id }) => id));
    const highest = Math.max(-1, ...used);
    return [highest + 1, ...Array(MAX_ID).keys()].find((id) => id < MAX_ID && !used.has(id));
  }

  /** Returns a memory of the first manager by its id. @throws UserError if there is no manager that can be used */
  managedMemory(id: number): Memory {
    const [manager] = this.#snapshot.layout.kind === 'memory-manager' ? this.#snapshot.layout.managers : [];
    if (manager === undefined) throw refusal('The image has no memory manager.');
    return readable(() => this.#open(manager).get(id));
  }

  #virtualMemory(space: Space): Memory {
    const manager = managerOf(this.#snapshot.layout, space);
    if (manager === undefined) throw refusal(`There is no manager for ${nameOfSpace(space)}.`);
    if (orderOf(space) !== undefined)
      throw refusal(
        `The buckets of ${nameOfSpace(space)} are not in the order in which a load reads them, so that the canister sees other bytes than its next release. Repair their order first.`,
      );
    return readable(() => this.#open(manager).get(space.id));
  }

  #open(manager: PlacedManager): MemoryManager | LinkedMemoryManager {
    const known = this.#managers.get(manager);
    if (known !== undefined) return known;
    const base = manager.page === 0 ? this.#image : new RestrictedMemory(this.#image, manager.page, Number.MAX_SAFE_INTEGER);
    const opened = manager.view instanceof LinkedManagerView ? LinkedMemoryManager.init(base) : MemoryManager.init(base);
    this.#managers.set(manager, opened);
    return opened;
  }

  #region(space: Space): Memory {
    this.#regions ??= readable(() => RegionManager.init(this.#image));
    return new FixedMemory(this.#regions.get(space.id));
  }
}

const MAX_ID = 255;

function readable<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof Unreadable) throw refusal(error.message);
    throw error;
  }
}

/** A memory that cannot grow: the runtime of Motoko keeps the sizes of regions in its main memory, too. */
class FixedMemory implements Memory {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  get pages(): number {
    return this.#memory.pages;
  }

  grow(by: number): number {
    return by === 0 ? this.pages : -1;
  }

  read(from: Address, into: Uint8Array): void {
    this.#memory.read(from, into);
  }

  write(to: Address, bytes: Uint8Array): void {
    this.#memory.write(to, bytes);
  }
}
