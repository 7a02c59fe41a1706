import type { Budget } from '../core/budget.ts';
import { FINDINGS } from '../core/findings.ts';
import { byteLength, type Memory, OutOfMemory } from '../core/memory/memory.ts';
import { OverlayMemory, type OverlayState } from '../core/memory/overlay.ts';
import type { Sliced } from '../core/slices.ts';
import { type Element, readStored } from '../core/structure.ts';
import type { Reopen } from '../edit/edit-snapshot.ts';
import { refusal } from '../edit/refusal.ts';
import { WritableSpaces } from '../edit/writable-space.ts';
import { OrderOfKeys } from '../key-order/order-of-keys.ts';
import type { KeyPair } from '../key-order/orders.ts';
import { CHUNK_HEADER_LENGTH, decodeChunk } from '../rust/btree/layout.ts';
import { BTreeMap, type BTreeTypes } from '../rust/btree/operate.ts';
import { findStructure } from '../snapshot/find-part.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { findRecovered } from './find-recovered.ts';
import type { Recovered } from './recovered.ts';

/** Entries that show the order of the keys. */
const SAMPLED = 2_048;
/** Maximum bytes of the new map: it is kept in memory until it is written. */
const MAX_BYTES = 2 ** 31;
const SLICE = 256;
/** Entries between two states to which the map returns if there is no more room. */
const UNSAVED = 4_096;
const NOTHING = new Uint8Array();

export interface NewMapOptions {
  /** The id of the memory that gets the map: an unused one by default, or that of a map without entries. */
  readonly memory?: number | undefined;
  /** True if a map that was cleared, or whose header is lost, also gets the entries that had been removed before. */
  readonly removed: boolean;
  /** True if it also gets doubtful entries. */
  readonly doubtful: boolean;
}

/** Numbers of recovered entries that the new map does not have. */
export interface LeftOut {
  /** Entries that are in use in the map that they are from. */
  readonly inUse: number;
  /** Further copies of an entry, with the same value and with another one. */
  readonly copies: number;
  readonly otherValues: number;
  /** Entries that had been removed before the map was cleared, or before its header was lost. */
  readonly removed: number;
  readonly doubtful: number;
  /** Entries of which some bytes are lost. */
  readonly partial: number;
  /** Entries for which there was no room. */
  readonly tooMany: number;
}

/** A new map of recovered entries, on a copy of the image. */
export interface NewMap {
  /** The id of the memory that it is in; `image` where it is alone. */
  readonly space: string;
  readonly states: { readonly before: OverlayState; readonly after: OverlayState };
  readonly entries: number;
  readonly pageSize: number;
  readonly left: LeftOut;
}

/**
 * Builds a map of the entries that can be recovered of a map or set, with the operations of the library and the page size of the old one.
 * Entries of chunks that were in use come first, so that they are not hidden by older copies. Yields often.
 * @throws UserError if it is not a map, or the new one cannot be there
 */
export function* buildMap(
  snapshot: Snapshot,
  placed: PlacedStructure,
  options: NewMapOptions,
  reopen: Reopen,
  budget: Budget,
): Sliced<NewMap> {
  const { kind, recoverable, facts } = placed.structure;
  if ((kind !== 'btreemap' && kind !== 'btreeset') || recoverable === undefined || placed.space.kind === 'region')
    throw refusal(`${placed.part} is not a map or a set of ic-stable-structures. Only of these a new map can be made.`);
  const pageSize = Number(facts['pageSize']);
  const isAlone = snapshot.layout.kind !== 'memory-manager';
  const image = new OverlayMemory(isAlone ? undefined : snapshot.memory);
  const before = image.state();
  const target = isAlone ? { memory: image, space: 'image' } : managed(snapshot, placed, image, options.memory);
  const map = BTreeMap.new(target.memory, { ...typesOf(snapshot, placed, budget), pageSize });
  const filling = new Filling(map, placed, image, options);
  const passes = filling.isReplaced ? (['in-use', 'removed'] as const) : (['all'] as const);
  for (const pass of passes) {
    let turn = 0;
    for (const one of findRecovered(snapshot, { structures: [placed], lost: [], hidden: [] }, budget)) {
      if (one !== undefined) filling.add(one, pass);
      turn += 1;
      if (turn % SLICE === 0) yield;
    }
  }
  const { entries, left } = filling;
  if (entries === 0)
    throw refusal(`Nothing was found that could be put into a new map: "recover" says what is left of ${placed.part}.`);
  const after = image.state();
  yield;
  assertWritten(reopen(after), target.space, entries, budget);
  return { space: target.space, states: { before, after }, entries, pageSize, left };
}

/** Checks that a new map is read as it was written, and that nothing is wrong with it. */
function assertWritten(snapshot: Snapshot, space: string, entries: number, budget: Budget): void {
  const structure = findStructure(snapshot, space)?.structure;
  const findings: string[] = [];
  structure?.scan(({ code }) => {
    if (FINDINGS[code].severity === 'error') findings.push(code);
  }, budget);
  if (structure?.count(budget) !== entries || findings.length > 0)
    throw new Error(`The new map in ${space} is not read as it was written: ${findings.join(', ')}`);
}

/** Returns the memory that gets the map. @throws UserError if it holds anything */
function managed(
  snapshot: Snapshot,
  placed: PlacedStructure,
  image: Memory,
  wanted: number | undefined,
): { readonly memory: Memory; readonly space: string } {
  const spaces = new WritableSpaces(snapshot, image);
  const id = wanted ?? spaces.unusedMemory();
  if (id === undefined) throw refusal('All memory ids of the manager are in use. Choose one with --memory.');
  const space = snapshot.spaces.find((each) => each.part === `memory/${id}`);
  const isUsed = space !== undefined && space.memory.pages > 0;
  const isOwn = space === placed.space && isReplaced(placed);
  if (isUsed && !isOwn)
    throw refusal(
      `memory/${id} is in use. Choose an unused memory with --memory, or that of the old map if it has no entries and is to be replaced.`,
    );
  return { memory: spaces.managedMemory(id), space: `memory/${id}` };
}

/** Returns whether a map has no entries any more, so that a new one can take its place. */
function isReplaced({ structure: { facts, length } }: PlacedStructure): boolean {
  return facts['headerLost'] === true || length === 0n;
}

function typesOf(snapshot: Snapshot, placed: PlacedStructure, budget: Budget): BTreeTypes {
  const { structure } = placed;
  const { codec } = snapshot.decoding.codec(placed, 'key', budget);
  const suggested = codec.compare && { name: codec.name, compare: codec.compare };
  const { order, isKnown } = new OrderOfKeys(pairsIn(placed, budget)).given(suggested);
  if (!isKnown) throw refusal(`The keys of ${placed.part} follow no order that is known. Choose their codec: --key.`);
  const size = structure.facts['keySize'] ?? structure.recoverable?.keySize?.(budget);
  return {
    key: {
      ...(typeof size === 'number' && { bound: { max: size, fixed: true } }),
      ...(order.name !== 'bytes' && { compare: order.compare }),
    },
    value: structure.kind === 'btreeset' ? { bound: { max: 0, fixed: false } } : {},
  };
}

/** Returns neighbours within nodes: they are in the order of the keys, wherever the nodes were. */
function pairsIn({ structure }: PlacedStructure, budget: Budget): readonly KeyPair[] {
  const elements: readonly Element[] = [
    ...structure.elements(0, SAMPLED, budget),
    ...(structure.recoverable?.elements(0, SAMPLED, budget) ?? []),
  ];
  return elements.flatMap((after, index): readonly KeyPair[] => {
    const before = elements[index - 1];
    if (before?.key === undefined || after.key === undefined || before.residual?.chunk !== after.residual?.chunk) return [];
    return [{ before: readStored(before.key), after: readStored(after.key) }];
  });
}

class Filling {
  readonly isReplaced: boolean;
  readonly #map: BTreeMap;
  readonly #placed: PlacedStructure;
  readonly #image: OverlayMemory;
  readonly #options: NewMapOptions;
  #saved: OverlayState;
  /** Entries since the last state that was kept. */
  #unsaved = 0;
  #isFull = false;
  readonly #left = { inUse: 0, copies: 0, otherValues: 0, removed: 0, doubtful: 0, partial: 0, tooMany: 0 };

  constructor(map: BTreeMap, placed: PlacedStructure, image: OverlayMemory, options: NewMapOptions) {
    this.isReplaced = isReplaced(placed);
    this.#map = map;
    this.#placed = placed;
    this.#image = image;
    this.#options = options;
    this.#saved = image.state();
  }

  get entries(): number {
    return Number(this.#map.length);
  }

  get left(): LeftOut {
    return this.#left;
  }

  add({ element, confidence, inUse }: Recovered, pass: 'in-use' | 'removed' | 'all'): void {
    if (pass !== 'all' && this.#isOfChunkInUse(element) !== (pass === 'in-use')) return;
    if (inUse !== undefined) this.#left.inUse += 1;
    else if (confidence === 'partial') this.#left.partial += 1;
    else if (confidence === 'doubtful' && !this.#options.doubtful) this.#left.doubtful += 1;
    else this.#insert(element, pass === 'removed' && !this.#options.removed);
  }

  /** `isLeftOut`: true for an entry that the map gets only if it is there already. */
  #insert({ key, value }: Element, isLeftOut: boolean): void {
    if (key === undefined) return;
    const bytes = readStored(key);
    const known = this.#map.get(bytes);
    if (known !== undefined) {
      const own = value === undefined ? NOTHING : readStored(value);
      const isSame = own.length === known.length && own.every((byte, index) => byte === known[index]);
      if (isSame) this.#left.copies += 1;
      else this.#left.otherValues += 1;
    } else if (isLeftOut) this.#left.removed += 1;
    else if (this.#isFull || this.#image.writtenBytes > MAX_BYTES) this.#left.tooMany += 1;
    else this.#put(bytes, this.#placed.structure.kind === 'btreeset' || value === undefined ? NOTHING : readStored(value));
  }

  #put(key: Uint8Array, value: Uint8Array): void {
    // Keeping a state copies what is written after it, so that there is none for each entry.
    if (this.#unsaved === 0) this.#saved = this.#image.state();
    this.#unsaved = (this.#unsaved + 1) % UNSAVED;
    try {
      this.#map.insert(key, value);
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
      const before = this.entries;
      this.#image.restore(this.#saved);
      this.#map.reload();
      this.#isFull = true;
      this.#left.tooMany += before - this.entries + 1;
    }
  }

  /** Returns whether the chunk of an element is marked as allocated. Clearing a map leaves the marks. */
  #isOfChunkInUse({ residual }: Element): boolean {
    const { memory } = this.#placed.space;
    if (residual?.chunk === undefined || residual.chunk + CHUNK_HEADER_LENGTH > byteLength(memory)) return false;
    return decodeChunk(memory, residual.chunk).allocated === 1;
  }
}
