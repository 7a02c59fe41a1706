import type { Budget } from '../core/budget.ts';
import { OverlayMemory } from '../core/memory/overlay.ts';
import { readStored, type StoredBytes } from '../core/structure.ts';
import { Unreadable } from '../core/unreadable.ts';
import { typesOf } from '../edit/map-types.ts';
import { decodeHeader, MAGIC } from '../rust/btree/layout.ts';
import { BTreeMap } from '../rust/btree/operate.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Recovered } from './recovered.ts';

/** Maximum bytes of a key that is looked up, and of a value that is compared. */
const MAX_COMPARED = 1 << 20;

/** The entries that a map or set has in use, for lookups of many keys. */
export class EntriesInUse {
  readonly #snapshot: Snapshot;
  readonly #placed: PlacedStructure;
  readonly #budget: Budget;
  /** The map as its library reads it; undefined where that cannot be done. */
  readonly #map: BTreeMap | undefined;

  constructor(snapshot: Snapshot, placed: PlacedStructure, budget: Budget) {
    this.#snapshot = snapshot;
    this.#placed = placed;
    this.#budget = budget;
    this.#map = opened(snapshot, placed, budget);
  }

  /** Returns whether the key of an entry is in use, too, and with which value. */
  useOf(key: StoredBytes, value: StoredBytes | undefined): Recovered['inUse'] {
    const { structure } = this.#placed;
    if (key.size > MAX_COMPARED || structure.lookUp === undefined || structure.length === 0n) return undefined;
    const known = this.#valueOf(readStored(key));
    if (known === undefined) return undefined;
    if (structure.kind === 'btreeset' || value === undefined) return 'same';
    return known.length === value.size && isEqual(known, readStored(value)) ? 'same' : 'other-value';
  }

  #valueOf(key: Uint8Array): Uint8Array | undefined {
    if (this.#map !== undefined) {
      try {
        return this.#map.get(key);
      } catch (error) {
        // The library would trap at this damage. The tolerant lookup goes around it as far as possible.
        if (!(error instanceof Unreadable || error instanceof RangeError)) throw error;
      }
    }
    const { codec } = this.#snapshot.decoding.codec(this.#placed, 'key', this.#budget);
    const order = codec.compare && { name: codec.name, compare: codec.compare };
    const end = this.#placed.structure.lookUp?.(key, order, this.#budget).end;
    if (end?.kind !== 'found') return undefined;
    const { value } = end.element;
    return value === undefined || value.size > MAX_COMPARED ? new Uint8Array() : readStored(value);
  }
}

function opened(snapshot: Snapshot, placed: PlacedStructure, budget: Budget): BTreeMap | undefined {
  const { structure, space } = placed;
  const isMap = structure.kind === 'btreemap' || structure.kind === 'btreeset';
  if (!isMap || space.kind === 'region' || structure.lookUp === undefined || structure.length === 0n) return undefined;
  if (decodeHeader(space.memory).magic !== MAGIC) return undefined;
  const types = typesOf(snapshot, placed, budget);
  if (!types.isOrderKnown) return undefined;
  try {
    // Nothing is written: a map only needs a memory that it could write to.
    return BTreeMap.init(new OverlayMemory(space.memory), types);
  } catch (error) {
    if (error instanceof Unreadable || error instanceof RangeError) return undefined;
    throw error;
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, index) => byte === b[index]);
}
