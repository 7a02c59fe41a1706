import type { Budget } from '../core/budget.ts';
import { isWithin } from '../core/part-ids.ts';
import { type Element, type Recoverable, readStored, type StoredBytes } from '../core/structure.ts';
import { ROLES, storedBytesOf } from '../snapshot/decoding.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Bound } from '../values/codec.ts';
import { EntriesInUse } from './in-use.ts';
import { type HiddenMemory, inSnapshot, type LostStructure, openLostStructures } from './lost-headers.ts';
import type { Recovered, RecoverySource } from './recovered.ts';

/** Elements that are read at a time. */
const BATCH = 256;
/** Maximum bytes of a value that is compared with the one in use, or decoded to see whether it can be. */
const MAX_COMPARED = 1 << 20;

/** The structures of a snapshot in which something may be recovered, and the memories in which nothing can be told apart. */
export interface Sources {
  readonly structures: readonly PlacedStructure[];
  readonly lost: readonly LostStructure[];
  readonly hidden: readonly HiddenMemory[];
}

/**
 * Returns where elements may be recovered: in all of the snapshot, or in a part of it. `items`: the sizes of the items of a Vec or MinHeap
 * whose header is lost.
 */
export function sourcesIn(snapshot: Snapshot, part?: string, items?: Bound): Sources {
  const isWanted = (placed: PlacedStructure): boolean =>
    part === undefined || [placed.part, ...placed.spaces.map((space) => space.part)].some((own) => isWithin(own, part));
  const { lost, hidden } = openLostStructures(snapshot, items);
  const { residualDump } = snapshot;
  return {
    structures: [
      ...snapshot.structures,
      ...(residualDump === undefined || snapshot.structures.includes(residualDump) ? [] : [residualDump]),
    ].filter(isWanted),
    lost: lost.filter(({ placed }) => isWanted(placed)),
    hidden: hidden.filter(({ space }) => part === undefined || isWithin(space.part, part)),
  };
}

/**
 * Finds the elements in bytes that the structures no longer use, structure by structure, by address where they have chunks. Yields
 * undefined now and then, where nothing is found for long.
 */
export function* findRecovered(snapshot: Snapshot, sources: Sources, budget: Budget): Generator<Recovered | undefined> {
  for (const { placed, doubt } of sources.lost) {
    for (const element of listed(placed.structure, budget)) {
      if (element === undefined || element.value === undefined) yield undefined;
      else yield judged(snapshot, placed, inSnapshot(element), 'lost-header', element.residual?.doubt ?? doubt, budget);
    }
  }
  for (const placed of sources.structures) {
    // What is read in a partly downloaded memory is not what the canister has there.
    if (snapshot.places.arePartlyMissing(placed.spaces)) continue;
    if (placed === snapshot.residualDump) yield* ofDump(snapshot, placed, budget);
    const { recoverable } = placed.structure;
    if (recoverable !== undefined) yield* ofStructure(snapshot, placed, recoverable, budget);
    if (placed.structure.kind === 'memory-buffer') yield* ofFreeBlocks(snapshot, placed, budget);
  }
}

function* listed(source: Pick<Recoverable, 'elements'>, budget: Budget): Generator<Element | undefined> {
  for (let from = 0; budget.cutShort === undefined; ) {
    const batch = source.elements(from, BATCH, budget);
    if (batch.length === 0) return;
    yield* batch;
    yield undefined;
    from += batch.length;
  }
}

function* ofDump(snapshot: Snapshot, placed: PlacedStructure, budget: Budget): Generator<Recovered | undefined> {
  const reason = 'a memory manager was written over the dump, so that some of its bytes are lost';
  for (const element of listed(placed.structure, budget)) {
    if (element === undefined) yield undefined;
    else yield { ...judged(snapshot, placed, element, 'overwritten-dump', reason, budget), confidence: 'partial' };
  }
}

function* ofStructure(
  snapshot: Snapshot,
  placed: PlacedStructure,
  recoverable: Recoverable,
  budget: Budget,
): Generator<Recovered | undefined> {
  const isHeaderLost = placed.structure.facts['headerLost'] === true;
  const isBuffer = placed.structure.kind === 'memory-buffer';
  const entries = new EntriesInUse(snapshot, placed, budget);
  let last: StoredBytes | undefined;
  for (const element of listed(recoverable, budget)) {
    // Removing the last values of a buffer leaves the record before them, again and again.
    const isRepeated = isBuffer && last !== undefined && isSamePlace(last, element?.value);
    last = element?.value ?? last;
    if (element?.residual === undefined || isRepeated) yield undefined;
    else {
      const { origin, doubt } = element.residual;
      const source = isHeaderLost ? 'lost-header' : SOURCES[origin];
      yield judged(snapshot, placed, element, source, doubt ?? doubtOf(placed, element), budget, entries);
    }
  }
}

function isSamePlace(a: StoredBytes, b: StoredBytes | undefined): boolean {
  return b !== undefined && a.size === b.size && a.spans[0]?.start === b.spans[0]?.start;
}

const SOURCES = {
  freed: 'freed-chunk',
  leaked: 'leaked-chunk',
  unreached: 'unreached-chunk',
  stale: 'stale-chunk',
  'past-end': 'past-end',
  popped: 'popped',
} as const satisfies Record<NonNullable<Element['residual']>['origin'], RecoverySource>;

/** Returns what makes the value of a node's entry doubtful. */
function doubtOf({ structure }: PlacedStructure, { key, value, residual }: Element): string | undefined {
  if (structure.facts['headerLost'] === true && residual?.origin === 'unreached') return undefined;
  const isSplit = [key, value].some((stored) => (stored?.spans.length ?? 0) > 1);
  return isSplit && residual?.origin !== 'leaked' ? REUSED_PAGES : undefined;
}

const REUSED_PAGES = 'it continues in overflow pages, which another entry may have used since';

/** Finds free blocks that can be read as a whole, in the encoding of the values in use. */
function* ofFreeBlocks(snapshot: Snapshot, placed: PlacedStructure, budget: Budget): Generator<Recovered | undefined> {
  const { codec } = snapshot.decoding.codec(placed, 'value', budget);
  if (codec.name === 'bytes') return;
  for (let from = 0; budget.cutShort === undefined; from += BATCH) {
    const blocks = placed.structure.freeList(from, BATCH, budget);
    if (blocks.length === 0) return;
    for (const [index, { start, length, memory }] of blocks.entries()) {
      if (memory === undefined || length > MAX_COMPARED) continue;
      const value: StoredBytes = { memory, spans: [{ start, length }], size: length };
      const bytes = readStored(value);
      // Blocks that were never written are zero, which most encodings can read.
      if (bytes.every((byte) => byte === 0) || codec.decode(bytes) === undefined) continue;
      const reason = 'the block may have held several values, one after the other';
      yield { ...judged(snapshot, placed, { index: from + index, value }, 'free-block', reason, budget) };
    }
    yield undefined;
  }
}

function judged(
  snapshot: Snapshot,
  placed: PlacedStructure,
  element: Element,
  source: RecoverySource,
  doubt: string | undefined,
  budget: Budget,
  entries?: EntriesInUse,
): Recovered {
  const lost = lostSide(placed, element);
  const unlike = lost === undefined && doubt === undefined ? unlikeSide(snapshot, placed, element, budget) : undefined;
  const reason = lost ?? doubt ?? unlike;
  const confidence = lost !== undefined ? 'partial' : reason === undefined ? 'whole' : 'doubtful';
  const { key, value, residual } = element;
  const inUse = residual?.inUseAt !== undefined ? 'same' : key && entries?.useOf(key, value);
  return { placed, element, source, confidence, reason, inUse };
}

/** Returns a sentence about which side of an element is lost; undefined if none is. */
function lostSide({ structure: { kind } }: PlacedStructure, { key, value, described }: Element): string | undefined {
  if (described !== undefined) return undefined;
  if (kind === 'btreemap' && key === undefined) return 'its key is lost: only a page of its value is left';
  if (kind === 'btreeset' && key === undefined) return 'its key is lost';
  if (kind !== 'btreeset' && value === undefined) return 'its value is lost';
  return undefined;
}

/** Returns a sentence about which side cannot be read like those in use; undefined if both can. */
function unlikeSide(snapshot: Snapshot, placed: PlacedStructure, element: Element, budget: Budget): string | undefined {
  for (const role of ROLES) {
    const stored = storedBytesOf(element, role);
    if (stored === undefined || stored.size > MAX_COMPARED || (role === 'value' && placed.structure.kind === 'btreeset'))
      continue;
    const { codec, others } = snapshot.decoding.codec(placed, role, budget);
    const bytes = readStored(stored);
    if (![codec, ...others].some((one) => one.decode(bytes) !== undefined))
      return `its ${role} cannot be read as ${codec.name}, as those in use can`;
  }
  return undefined;
}
