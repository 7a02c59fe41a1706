import { Budget } from '../core/budget.ts';
import { lastUsedEnd } from '../core/memory/last-used.ts';
import { type Address, type ReadableMemory, readBytes } from '../core/memory/memory.ts';
import type { StructureId } from '../core/part-ids.ts';
import type { Element, Recoverable, Structure } from '../core/structure.ts';
import { type BlankStart, blankStart } from '../rust/blank-start.ts';
import { openCell } from '../rust/cell/inspect.ts';
import { encodeHeader as encodeCellHeader, VALUE_AT } from '../rust/cell/layout.ts';
import { openLog } from '../rust/log/inspect.ts';
import { DATA_MAGIC, decodeHeader, ENDS_AT, ENTRIES_AT, encodeHeader, INDEX_MAGIC } from '../rust/log/layout.ts';
import { entriesWithoutCount } from '../rust/log/past-end.ts';
import { couldBeVecHeader } from '../rust/plausible.ts';
import { openVec } from '../rust/vec/inspect.ts';
import {
  decodeHeader as decodeVecHeader,
  encodeHeader as encodeVecHeader,
  SLOTS_AT,
  slotSize,
  VEC_MAGIC,
  VERSION,
} from '../rust/vec/layout.ts';
import { checkMemories } from '../snapshot/checks/check.ts';
import { findSpace } from '../snapshot/find-part.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Space } from '../snapshot/space.ts';
import type { Bound } from '../values/codec.ts';
import { DESCRIBED } from '../values/guessing/described.ts';

/** Maximum bytes of a value whose length is lost that are examined. */
const MAX_EXAMINED = 1 << 20;
const SELF_DELIMITING = ['candid', 'json', 'cbor', 'messagepack'] as const;

/** A structure whose header is lost, opened with the header that it must have had. */
export interface LostStructure {
  readonly placed: PlacedStructure;
  /** A sentence about what of the header is a guess. */
  readonly doubt: string | undefined;
}

/** A memory whose header is lost, and in which nothing can be told apart. */
export interface HiddenMemory {
  readonly space: Space;
  readonly reason: string;
}

/**
 * Opens the structures of a snapshot whose headers are lost, apart from maps, which the snapshot has opened itself. `items`: the sizes
 * of the items of a Vec or MinHeap, where they are known from elsewhere.
 */
export function openLostStructures(
  snapshot: Snapshot,
  items?: Bound,
): { readonly lost: readonly LostStructure[]; readonly hidden: readonly HiddenMemory[] } {
  const lost: LostStructure[] = [];
  const hidden: HiddenMemory[] = [];
  for (const { code, part } of checkMemories(snapshot, snapshot.openingFindings)) {
    if (code !== 'log.header-lost' && code !== 'memory.header-lost') continue;
    const space = findSpace(snapshot, part);
    const blank = space && blankStart(space.memory, new Budget({ bytes: MAX_EXAMINED }));
    if (space === undefined || blank === undefined || snapshot.places.structureIn(space) !== undefined) continue;
    const found = code === 'log.header-lost' ? openLogHalf(snapshot, space, blank) : openAlone(space, blank, items);
    if (found !== undefined) lost.push(found);
    else hidden.push({ space, reason: HIDDEN });
  }
  return { lost, hidden };
}

const HIDDEN =
  'Its header is lost, and with it the size of its items or the length of its value. Its bytes can be exported: "export" with --format raw. If it was a Vec or MinHeap, say which size its items have: --item-size, or --max-item-size.';

/** Opens a log of which one memory has lost its header. */
function openLogHalf(snapshot: Snapshot, space: Space, { length }: BlankStart): LostStructure | undefined {
  const halves = snapshot.openingFindings.filter(({ code }) => code === 'log.unpaired');
  const [half] = halves.flatMap(({ part }) => findSpace(snapshot, part) ?? []);
  if (half === undefined || halves.length > 1) return undefined;
  if (decodeHeader(half.memory).magic === DATA_MAGIC) {
    const first = Math.max(0, Math.ceil((length - ENDS_AT) / 8));
    const structure = openLog(restored(space.memory, encodeHeader(INDEX_MAGIC)), half.memory, () => undefined);
    const entries = entriesWithoutCount(space.memory, half.memory, first);
    return structure && lostAt(`${space.part}/log`, new LostLog(structure, entries), [space, half], undefined);
  }
  const structure = openLog(half.memory, restored(space.memory, encodeHeader(DATA_MAGIC)), () => undefined);
  const doubt = length > ENTRIES_AT ? `the first ${length - ENTRIES_AT} bytes of the entries are overwritten` : undefined;
  return structure && lostAt(`${half.part}/log`, structure, [half, space], doubt);
}

/** A log without its count. */
class LostLog implements Structure {
  readonly kind = 'log';
  readonly memories: Structure['memories'];
  readonly length = undefined;
  readonly facts = { headerLost: true };
  readonly scan: Structure['scan'];
  readonly elements: Structure['elements'];
  readonly count: Structure['count'];
  readonly freeList: Structure['freeList'] = () => [];
  readonly freeCount: Structure['freeCount'] = () => 0;
  readonly owners: Structure['owners'] = () => [];

  constructor(log: Structure, entries: Recoverable) {
    this.memories = log.memories;
    this.scan = (report, budget) => log.scan(report, budget);
    this.elements = (from, limit, budget) => entries.elements(from, limit, budget);
    this.count = (budget) => entries.count(budget);
  }
}

/** Opens the Vec or the Cell that was in a memory. */
function openAlone(space: Space, { length }: BlankStart, items: Bound | undefined): LostStructure | undefined {
  const { memory } = space;
  const isKept = length < SLOTS_AT && couldBeVecHeader(memory);
  if (isKept || items !== undefined) {
    const { maxSize, fixed } = isKept
      ? decodeVecHeader(memory)
      : { maxSize: items?.max ?? 0, fixed: Number(items?.fixed ?? true) };
    const count = Math.ceil((lastUsedEnd(memory) - SLOTS_AT) / slotSize({ maxSize, fixed }));
    const header = encodeVecHeader({ magic: VEC_MAGIC, version: VERSION, length: BigInt(Math.max(0, count)), maxSize, fixed });
    const structure = openVec(restored(memory, header), 'vec', () => undefined);
    return structure && lostAt(`${space.part}/vec`, structure, [space], undefined);
  }
  const size = length < VALUE_AT + 4 ? valueLength(memory) : undefined;
  if (size === undefined) return undefined;
  const structure = openCell(restored(memory, encodeCellHeader(size)), () => undefined);
  return structure && lostAt(`${space.part}/cell`, structure, [space], 'its length is the one that its encoding has');
}

/** Returns the length of a value of a self-delimiting encoding at a Cell's address; undefined if there is none. */
function valueLength(memory: ReadableMemory): number | undefined {
  const used = lastUsedEnd(memory) - VALUE_AT;
  if (used <= 0) return undefined;
  const bytes = readBytes(memory, VALUE_AT, Math.min(used, MAX_EXAMINED));
  for (const name of SELF_DELIMITING) {
    const evidence = DESCRIBED.get(name)?.({ bytes, size: bytes.length });
    if (evidence !== undefined && evidence.length > 0 && evidence.length <= bytes.length) return evidence.length;
  }
  return undefined;
}

function lostAt(
  part: StructureId,
  structure: Structure,
  spaces: readonly [Space, ...Space[]],
  doubt: string | undefined,
): LostStructure {
  return { placed: { part, structure, space: spaces[0], spaces }, doubt };
}

function restored(memory: ReadableMemory, start: Uint8Array): RestoredMemory {
  return new RestoredMemory(memory, start);
}

/** A memory with other bytes at its start. */
class RestoredMemory implements ReadableMemory {
  readonly of: ReadableMemory;
  readonly #start: Uint8Array;

  constructor(of: ReadableMemory, start: Uint8Array) {
    this.of = of;
    this.#start = start;
  }

  get pages(): number {
    return this.of.pages;
  }

  read(from: Address, into: Uint8Array): void {
    this.of.read(from, into);
    if (from < this.#start.length) into.set(this.#start.subarray(from, from + into.length));
  }
}

/** Returns an element of a lost structure with its bytes in the memory of the snapshot. */
export function inSnapshot({ key, value, ...rest }: Element): Element {
  const placed = (stored: Element['value']): Element['value'] =>
    stored?.memory instanceof RestoredMemory ? { ...stored, memory: stored.memory.of } : stored;
  const [ownKey, ownValue] = [placed(key), placed(value)];
  return { ...rest, ...(ownKey && { key: ownKey }), ...(ownValue && { value: ownValue }) };
}
