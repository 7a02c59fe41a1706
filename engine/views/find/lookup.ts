import { Budget } from '../../core/budget.ts';
import type { Finding } from '../../core/findings.ts';
import { formatCounted, fromHex } from '../../core/format.ts';
import { type AddressRange, at, type ReadableMemory } from '../../core/memory/memory.ts';
import {
  type Comparison,
  type Element,
  type Lookup,
  type LookupStep,
  readStored,
  type StoredBytes,
  type Structure,
} from '../../core/structure.ts';
import { STRUCTURE_NAMES } from '../../core/structure-kinds.ts';
import type { Role } from '../../snapshot/decoding.ts';
import type { PlacedStructure } from '../../snapshot/placed.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { nameOfSpace } from '../../snapshot/space.ts';
import { decodeSide, offsetOf } from '../entries.ts';
import type { FindLine } from './find-kinds.ts';

/** The place of bytes in the memory or region `part`; `offset` is left out where the image does not have them. */
export interface PlaceLine {
  readonly part: string;
  readonly address: number;
  readonly offset?: number;
  /** In bytes. */
  readonly length: number;
}

/** A decoded key or value, and its place. */
export interface SideLine extends PlaceLine {
  readonly text: string;
  readonly codec: string;
}

export interface ComparisonLine extends SideLine {
  /** Number of the key in its node. */
  readonly index: number;
  /** The key that is looked for is less than this one, equal to it, or greater. */
  readonly result: Comparison['result'];
}

export interface FindingLine extends PlaceLine {
  readonly code: string;
  readonly message: string;
  readonly path: readonly string[];
}

/** A node on the path of a lookup. */
export interface NodeLine extends PlaceLine {
  readonly node: LookupStep['kind'];
  /** Number of keys in the node. */
  readonly keys: number;
  /** In the order in which the library makes them. */
  readonly comparisons: readonly ComparisonLine[];
  /** The child that the lookup goes on to, with the place of its address. */
  readonly child?: { readonly index: number; readonly address: number; readonly pointer: PlaceLine };
  readonly findings: readonly FindingLine[];
}

/**
 * The line of `stable-memory find --as key --json`. Where the key is found it has the fields of any other line of `find`, which
 * are about the bytes of the key.
 */
export interface KeyLine extends Partial<Omit<FindLine, 'part'>> {
  readonly outcome: Lookup['end']['kind'];
  /** Id of the map or set. */
  readonly part: string;
  /** The bytes that were looked up, and their text. */
  readonly key: Uint8Array;
  readonly keyText: string;
  readonly keyCodec: string;
  /** Set where the codec was guessed from the bytes. */
  readonly guessed?: true;
  /** Name of the order of the keys. */
  readonly order: string;
  /** Set where the keys follow no order that is known, so that the program's own lookup may take another path. */
  readonly orderUnknown?: true;
  /** The nodes from the root down. */
  readonly path: readonly NodeLine[];
  /** Number of the key in the last node, where it is found. */
  readonly index?: number;
  readonly value?: SideLine;
  /** The keys between which it would be. */
  readonly before?: SideLine;
  readonly after?: SideLine;
  /** Damage that hides the rest of the path. */
  readonly broken?: FindingLine;
  /** Index of an entry with this key to which the lookup does not lead. */
  readonly elsewhere?: number;
  /** Set where the lookup was cut short. */
  readonly reason?: string;
  /** Set where the file lacks bytes of the map, which read as zero. */
  readonly incomplete?: true;
}

/** Elements that are compared at a time with a key to which its lookup does not lead, and the time for it in milliseconds. */
const BATCH = 1_000;
const MAX_SEARCH_TIME = 1_000;

/** Returns the maps and sets of a snapshot whose keys can be looked up. */
export function mapsOf({ structures }: Snapshot): readonly PlacedStructure[] {
  return structures.filter(({ structure }) => structure.lookUp !== undefined);
}

/**
 * Looks up a key in a map or set. The key is written like its text in the other views, or as its bytes in hex. Returns a full
 * sentence if it cannot be looked up.
 */
export function lookUpKey(snapshot: Snapshot, placed: PlacedStructure, text: string, budget: Budget): KeyLine | string {
  const { structure } = placed;
  const lookUp = structure.lookUp?.bind(structure);
  if (lookUp === undefined) return withoutKeys(placed);
  const keys = keysOf(snapshot, placed, text, budget);
  if (typeof keys === 'string') return keys;
  const lookups = keys.map((key) => ({ key, lookup: lookUp(key, orderIn(snapshot, placed, budget), budget) }));
  const [first] = lookups;
  const best = lookups.find(({ lookup }) => lookup.end.kind === 'found') ?? first;
  return best === undefined ? withoutKeys(placed) : new Lines(snapshot, placed, budget).of(best.key, best.lookup);
}

function withoutKeys({ structure, part, space }: PlacedStructure): string {
  if (structure.facts['headerLost'] === true)
    return `The header of ${part} is lost, so nothing leads to its keys: "entries --stale" lists those that are left.`;
  return `The ${STRUCTURE_NAMES[structure.kind]} in ${nameOfSpace(space)} has no keys to look up. Maps and sets have.`;
}

function orderIn(snapshot: Snapshot, placed: PlacedStructure, budget: Budget) {
  const { codec } = snapshot.decoding.codec(placed, 'key', budget);
  return codec.compare && { name: codec.name, compare: codec.compare };
}

/** Returns the possible bytes of a key, the most likely first; a full sentence if there are none. */
function keysOf(snapshot: Snapshot, placed: PlacedStructure, text: string, budget: Budget): readonly Uint8Array[] | string {
  const { codec, others } = snapshot.decoding.codec(placed, 'key', budget);
  const encoded = [codec, ...others].flatMap((one) => one.encode?.(text) ?? []);
  // Some encodings can only be read, so that a key is found by its text.
  const keys = encoded.length > 0 ? encoded : keyWithText(snapshot, placed, text, budget);
  const isHex = /^0x/i.test(text) || keys.length === 0;
  const hex = isHex && text !== '' ? fromHex(text.replace(/^0x/i, '').replace(/[\s_]/g, '')) : undefined;
  const all = hex === undefined ? keys : [...keys, hex];
  if (all.length === 0)
    return `"${text}" is not a key of ${placed.part}, whose keys are ${codec.name}. Write it like the keys that are listed, or its bytes in hex after 0x.`;
  const size = placed.structure.facts['keySize'];
  const fitting = typeof size === 'number' ? all.filter((key) => key.length === size) : all;
  if (fitting.length > 0) return fitting;
  return `"${text}" has ${formatCounted(all[0]?.length ?? 0, 'byte')}, but each key of ${placed.part} has ${formatCounted(Number(size), 'byte')}.`;
}

/** Returns the first key with a text, if there is one. */
function keyWithText(snapshot: Snapshot, placed: PlacedStructure, text: string, budget: Budget): readonly Uint8Array[] {
  const key = findElement(placed.structure, budget, ({ key }) => {
    return key !== undefined && decodeSide(snapshot, placed, {}, 'key', readStored(key), budget).text === text;
  })?.key;
  return key ? [readStored(key)] : [];
}

/** Returns the first element that is wanted, as far as there is time to look. */
function findElement(structure: Structure, budget: Budget, isWanted: (element: Element) => boolean): Element | undefined {
  const limited = new Budget({ milliseconds: MAX_SEARCH_TIME, within: budget });
  for (let from = 0; limited.cutShort === undefined; from += BATCH) {
    const elements = structure.elements(from, BATCH, limited);
    const found = elements.find(isWanted);
    if (found !== undefined || elements.length < BATCH) return found;
  }
  return undefined;
}

/** Makes the line of a lookup. */
class Lines {
  readonly #snapshot: Snapshot;
  readonly #placed: PlacedStructure;
  readonly #budget: Budget;

  constructor(snapshot: Snapshot, placed: PlacedStructure, budget: Budget) {
    this.#snapshot = snapshot;
    this.#placed = placed;
    this.#budget = budget;
  }

  of(key: Uint8Array, lookup: Lookup): KeyLine {
    const { part } = this.#placed;
    const { text, codec, guessed } = decodeSide(this.#snapshot, this.#placed, {}, 'key', key, this.#budget);
    return {
      outcome: lookup.end.kind,
      ...(lookup.end.kind === 'found' && lookup.end.element.key && this.#hit(lookup.end.element.key)),
      part,
      key,
      keyText: text,
      keyCodec: codec,
      ...(guessed && { guessed }),
      order: lookup.order,
      ...(!lookup.isOrderKnown && { orderUnknown: true }),
      ...(this.#snapshot.places.arePartlyMissing(this.#placed.spaces) && { incomplete: true }),
      path: lookup.steps.map((step) => this.#node(step)),
      ...this.#end(key, lookup.end),
    };
  }

  #end(key: Uint8Array, end: Lookup['end']): Partial<KeyLine> {
    switch (end.kind) {
      case 'found': {
        const { value } = end.element;
        return {
          index: end.index,
          ...(value && this.#placed.structure.kind !== 'btreeset' && { value: this.#side(value, 'value') }),
        };
      }
      case 'absent': {
        const elsewhere = findElement(this.#placed.structure, this.#budget, (element) => hasKey(element, key));
        return {
          ...(end.before && { before: this.#side(end.before, 'key') }),
          ...(end.after && { after: this.#side(end.after, 'key') }),
          ...(elsewhere && { elsewhere: elsewhere.index }),
        };
      }
      case 'broken':
        return { broken: this.#finding(end.finding) };
      case 'cut':
        return { reason: end.reason };
    }
  }

  #hit(stored: StoredBytes): Omit<FindLine, 'part'> {
    const { text, address, offset, length } = this.#side(stored, 'key');
    return { ...(offset === undefined ? {} : { offset }), length, address, state: 'live', text };
  }

  #node({ kind, memory, at: range, keys, comparisons, child, findings }: LookupStep): NodeLine {
    return {
      node: kind,
      ...this.#place(memory, range),
      keys,
      comparisons: comparisons.map(({ index, key, result }) => ({ index, ...this.#side(key, 'key'), result })),
      ...(child && {
        child: { index: child.index, address: child.address, pointer: this.#place(memory, child.pointer) },
      }),
      findings: findings.map((finding) => this.#finding(finding)),
    };
  }

  #finding({ code, memory, at: range, message, path = [] }: Finding): FindingLine {
    return { code, ...this.#place(memory, range), message, path };
  }

  #side(stored: StoredBytes, role: Role): SideLine {
    const [span = { start: at(0, 0), length: 0 }] = stored.spans;
    const { text, codec } = decodeSide(this.#snapshot, this.#placed, {}, role, readStored(stored), this.#budget);
    return { text, codec, ...this.#place(stored.memory, span), length: stored.size };
  }

  #place(memory: ReadableMemory, { start, length }: AddressRange): PlaceLine {
    const { places } = this.#snapshot;
    const offset = offsetOf(this.#snapshot, { memory, spans: [{ start, length }], size: length });
    return {
      part: places.spaceOf(memory)?.part ?? this.#placed.space.part,
      address: start,
      ...(offset === undefined ? {} : { offset }),
      length,
    };
  }
}

function hasKey({ key: stored }: Element, key: Uint8Array): boolean {
  if (stored?.size !== key.length) return false;
  return readStored(stored).every((byte, index) => byte === key[index]);
}
