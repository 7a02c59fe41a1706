/** What is wrong between structures, memories and their manager: what no structure can see by itself. */
import { Budget } from '../budget.ts';
import type { Finding, FindingCode } from '../findings.ts';
import { formatBytes, formatCount, formatCounted } from '../format.ts';
import { type Address, at, byteLength, PAGE_SIZE, type ReadableMemory, type Span } from '../memory/memory.ts';
import { MemoryWindow } from '../memory/window.ts';
import { describeRemains, type Remains, remainsInMap, remainsOfMap } from '../stable-structures/clash.ts';
import { VirtualMemoryView } from '../stable-structures/memory-manager/inspect.ts';
import { BUCKETS_AT, OWNERS_AT } from '../stable-structures/memory-manager/layout.ts';
import { bucketStart } from '../stable-structures/memory-manager/mapping.ts';
import { formatBuckets } from '../stable-structures/memory-manager/order.ts';
import { findWholeOrder, type Head, headsIn } from '../stable-structures/memory-manager/whole-order.ts';
import { type RecognisedKind, recognise } from '../stable-structures/recognise.ts';
import { STRUCTURE_NAMES } from './names.ts';
import type { PlacedFinding, PlacedStructure, Snapshot } from './snapshot.ts';
import { nameOfSpace, type Space } from './space.ts';

/** What one memory's checks may cost; they only add to what its structure's own walk tells. */
const MOST_OF_A_MEMORY = { milliseconds: 2_000 } as const;
/** Left-overs of another structure are looked for in so many bytes. */
const MOST_SEARCHED = 1 << 20;
/** Structures behind what a manager knows are looked for at so many bucket starts. */
const MOST_LOOKED_AT = 4_096;

type Tell = (code: FindingCode, part: string, memory: ReadableMemory, span: Span, message: string) => void;

/** `known`: what the structures and the manager have told of themselves. */
export function checkMemories(snapshot: Snapshot, known: readonly PlacedFinding[]): readonly PlacedFinding[] {
  const found: PlacedFinding[] = [];
  const tell: Tell = (code, part, memory, span, message) => {
    const finding: Finding = { code, memory, at: span, message };
    const placed = snapshot.placed(finding, part);
    if (placed !== undefined) found.push(placed);
  };
  if (snapshot.missing.length > 0) return found;
  checkStart(snapshot, tell);
  for (const space of snapshot.spaces) {
    if (space.kind === 'region') continue;
    const damaged = known.some(({ part, severity }) => severity === 'error' && isIn(part, space));
    checkClash(snapshot, space, damaged, tell);
    checkOrder(snapshot, space, damaged, tell);
  }
  return found;
}

function isIn(part: string, space: Space): boolean {
  return part === space.part || part.startsWith(`${space.part}/`);
}

const NAMES: Readonly<Record<RecognisedKind, string>> = {
  btreemap: 'BTreeMap',
  vec: 'Vec',
  minheap: 'MinHeap',
  cell: 'Cell',
  log: "Log's index",
  'log-data': "Log's data",
};

/** Two structures on one memory: each writes over the other. */
function checkClash(snapshot: Snapshot, space: Space, damaged: boolean, tell: Tell): void {
  const { memory, part } = space;
  const [header] = recognise(memory);
  if (header?.whole !== true) return;
  const start = `The header at the start of ${nameOfSpace(space)} is a ${NAMES[header.kind]}`;
  if (header.kind === 'btreemap') {
    const remains = damaged ? remainsInMap(memory) : undefined;
    if (remains !== undefined)
      tell('memory.two-structures', part, memory, remains.at, describeClash(start, NAMES[header.kind], remains));
    return;
  }
  // A window may take in pages of other memories.
  const limit = space.kind === 'virtual-memory' ? MOST_SEARCHED : PAGE_SIZE;
  const budget = new Budget(MOST_OF_A_MEMORY);
  let stale: Remains | undefined;
  for (const remains of remainsOfMap(memory, limit, budget)) {
    if (isInUse(snapshot.structureIn(space), memory, remains.at.start, budget)) {
      tell('memory.two-structures', part, memory, remains.at, describeClash(start, NAMES[header.kind], remains));
      return;
    }
    stale ??= remains;
  }
  if (stale === undefined) return;
  const message = `${start}, and ${describeRemains(stale)}, in bytes that it does not use: a ${stale.of} was here before, in this memory or in its bucket.`;
  tell('memory.left-over', part, memory, stale.at, message);
}

/** Whether the byte is part of an element: then whatever else stands there was written after it. */
function isInUse(placed: PlacedStructure | undefined, memory: ReadableMemory, address: Address, budget: Budget): boolean {
  const owners = placed?.structure.owners(memory, address, budget) ?? [];
  return owners.length > 0 && owners.every(({ kind, name }) => kind !== 'unused' && kind !== 'header' && name !== 'unused');
}

function describeClash(start: string, kind: string, remains: Remains): string {
  return `${start}, but ${describeRemains(remains)}: a ${kind} and a ${remains.of} have both been opened on this memory, and each writes over the other.`;
}

/** A memory that is whole in another order of its buckets than the table's: 0.7.1 has handed them out in that order. */
function checkOrder(snapshot: Snapshot, space: Space, damaged: boolean, tell: Tell): void {
  const { memory } = space;
  if (!(memory instanceof VirtualMemoryView) || memory.buckets.length < 2 || memory.order !== undefined) return;
  const begins = recognise(memory).length > 0;
  if (begins && !damaged) return;
  const budget = new Budget(MOST_OF_A_MEMORY);
  const heads = headsIn(snapshot.memory, memory, budget);
  const lowest = memory.buckets[0] ?? 0;
  const owners = { start: at(OWNERS_AT, lowest), length: (memory.buckets.at(-1) ?? lowest) - lowest + 1 };
  const whole = findWholeOrder(snapshot.memory, memory, heads, budget);
  const name = nameOfSpace(space);
  if (whole !== undefined) {
    const { kind, length } = whole.structure;
    const content = `${STRUCTURE_NAMES[kind]} of ${formatCounted(length ?? 0n, 'entry', 'entries')}`;
    const message = `The pages of ${name} are permuted: in the order ${formatBuckets(whole.order)} its buckets hold a whole ${content}, in the table's order ${formatBuckets(memory.buckets)} they do not. ${begins ? '' : 'BTreeMap::init would start an empty map over it. '}Release 0.7.1 handed freed buckets out so.`;
    tell('mm.permuted-buckets', space.part, snapshot.memory, owners, message);
    return;
  }
  const head = begins ? undefined : heads.find(({ bucket }) => bucket !== memory.buckets[0]);
  if (head !== undefined) tell('mm.first-bucket', space.part, snapshot.memory, owners, describeHead(name, lowest, head));
}

const INIT: Readonly<Record<RecognisedKind, string>> = {
  btreemap: 'BTreeMap::init would start an empty map over it',
  vec: 'Vec::init would trap',
  minheap: 'MinHeap::init would trap',
  cell: 'Cell::init would write the default value over it',
  log: 'Log::init would trap, or start an empty log where the data is lost too',
  'log-data': 'Log::init would start an empty log over it',
};

function describeHead(name: string, lowest: number, { kind, bucket }: Head): string {
  return `The first bucket of ${name}, ${formatCount(lowest)}, does not begin as a structure does, but its bucket ${formatCount(bucket)} begins with the header of a ${NAMES[kind]}. ${INIT[kind]}.`;
}

/** A manager that is not at the image's start any more, or one that was started anew over an older one. */
function checkStart({ layout, memory: image, structures, bytes }: Snapshot, tell: Tell): void {
  if (layout.kind === 'unknown') {
    const pages = structures.filter(({ space }) => space.kind === 'window').map(({ space }) => space.id);
    if (pages.length < 2 || !pages.includes(1) || structures.some(({ space }) => space.id === 0)) return;
    const message = `Structures begin at pages ${formatBuckets(pages)}, as they do in the buckets of a memory manager, but none stands at the start of the image. MemoryManager::init would start an empty one, in which all of them are lost.`;
    tell('mm.missing', 'image', image, { start: at(0, 0), length: 3 }, message);
    return;
  }
  if (layout.kind !== 'memory-manager' || layout.manager.bucketPages === 0) return;
  const { allocatedBuckets, bucketPages } = layout.manager;
  // An older manager can have had buckets of another size; each begins a page, at least.
  const owned = layout.manager.memories.map(({ buckets }) => (buckets.at(-1) ?? -1) + 1);
  const from = Math.max(BUCKETS_AT, bucketStart(Math.max(allocatedBuckets, ...owned), bucketPages));
  const heads: { readonly page: number; readonly kind: RecognisedKind }[] = [];
  const end = Math.min(byteLength(image), bytes, from + MOST_LOOKED_AT * PAGE_SIZE);
  for (let start = from; start + PAGE_SIZE <= end; start += PAGE_SIZE) {
    const [known] = recognise(new MemoryWindow(image, at(0, start), 1));
    if (known?.whole && known.version >= 1 && known.version <= 2) heads.push({ page: start / PAGE_SIZE, kind: known.kind });
  }
  const [first] = heads;
  if (first === undefined) return;
  const others = heads.length > 1 ? `, and ${formatCounted(heads.length - 1, 'other structure')} behind it` : '';
  const message = `The manager has handed out ${formatCounted(allocatedBuckets, 'bucket')}, and behind them, at page ${formatCount(first.page)}, stands the header of a ${NAMES[first.kind]}${others}: ${formatBytes(byteLength(image) - from)} that an older manager knew. The next grows hand them out as new.`;
  tell('mm.started-anew', 'image', image, { start: at(0, first.page * PAGE_SIZE), length: 3 }, message);
}
