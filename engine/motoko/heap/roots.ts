/**
 * The start of the heap, and the roots that lead into it.
 *
 * With enhanced orthogonal persistence the runtime's metadata is at 4.5 MiB (rts/motoko-rts/src/persistence.rs):
 *
 * | offset | bytes | field                                                                          |
 * |-------:|------:|--------------------------------------------------------------------------------|
 * |      0 |   128 | the fingerprint, 32 letters of 4 bytes: `MOTOKO ORTHOGONAL PERSISTENCE 64`      |
 * |    128 |     8 | version, 1                                                                     |
 * |    136 |     8 | the record of all stable variables; 0 unless an upgrade is under way           |
 * |    144 |    16 | the blobs of their types                                                       |
 *
 * Objects follow from 5 MiB on. While the canister runs, its variables are in an array that a static variable of the runtime
 * points to. Which one depends on the build, but it is the only array that anything in the runtime's own data, from 4 MiB on,
 * points to.
 *
 * With classical persistence nothing records where anything is. But the compiler puts a mutable array of all variables between
 * the program's static data and the heap (src/codegen/compile_classical.ml). Its items are mutable variables that all come before
 * it: no program can make such an array itself.
 */
import {
  type Address,
  at,
  byteLength,
  holds,
  PAGE_SIZE,
  type ReadableMemory,
  readBytes,
  viewOf,
} from '../../core/memory/memory.ts';
import { Heap, type HeapObject, MUTABLE_ARRAY } from './layout.ts';

const MIB = 2 ** 20;
const METADATA = at(0, 4.5 * MIB);
const HEAP_START = at(0, 5 * MIB);
const RUNTIME_DATA = at(0, 4 * MIB);
const FINGERPRINT = 'MOTOKO ORTHOGONAL PERSISTENCE 64';
const VERSION_OFFSET = 128;
const STABLE_RECORD_OFFSET = 136;
const METADATA_LENGTH = 160;
const KNOWN_VERSION = 1;

/** An object from which live objects can be reached. */
export interface Root {
  readonly object: HeapObject;
  /** Prefix of the names of its fields or the numbers of its items. */
  readonly name: string;
}

export interface OpenHeap {
  readonly heap: Heap;
  readonly roots: readonly Root[];
}

/** Recognises a heap by what the compiler and the runtime have written. Returns a sentence if the heap cannot be read. */
export function openHeap(memory: ReadableMemory): OpenHeap | string {
  if (!isEnhancedHeap(memory)) return classicalHeap(memory) ?? UNKNOWN;
  const version = viewOf(readBytes(memory, at(METADATA, VERSION_OFFSET), 8)).getBigUint64(0, true);
  if (version !== BigInt(KNOWN_VERSION)) {
    return `It has layout version ${version} of Motoko's enhanced orthogonal persistence; version ${KNOWN_VERSION} can be read.`;
  }
  const heap = new Heap(memory, { persistence: 'enhanced', wordBytes: 8, forwards: true, start: HEAP_START });
  return { heap, roots: [...stableRecord(heap), ...staticVariables(heap)] };
}

const UNKNOWN = "It does not have a known layout of Motoko's runtime. It is not from Motoko, or from an old release.";

/** Returns whether a main memory belongs to a program with enhanced orthogonal persistence. */
export function isEnhancedHeap(memory: ReadableMemory): boolean {
  if (!holds(memory, METADATA, METADATA_LENGTH)) return false;
  const view = viewOf(readBytes(memory, METADATA, 4 * FINGERPRINT.length));
  return [...FINGERPRINT].every((letter, index) => view.getUint32(4 * index, true) === letter.charCodeAt(0));
}

function stableRecord(heap: Heap): readonly Root[] {
  const [slot] = heap.read({ start: at(METADATA, STABLE_RECORD_OFFSET), count: 1 });
  const object = slot?.kind === 'pointer' ? heap.object(slot.to) : undefined;
  return object?.kind === 'record' ? [{ object, name: '' }] : [];
}

function staticVariables(heap: Heap): readonly Root[] {
  const roots: Root[] = [];
  const seen = new Set<Address>();
  heap.eachPointer({ start: RUNTIME_DATA, count: (METADATA - RUNTIME_DATA) / 8 }, (to) => {
    const object = heap.object(to);
    if (object?.kind === 'array' && !seen.has(object.address)) roots.push({ object, name: 'variable' });
    if (object) seen.add(object.address);
    return true;
  });
  return roots;
}

/** Address below which the static data of every program ends. */
const MAX_STATIC = 64 * MIB;
const SCANNED = 16 * PAGE_SIZE;

function classicalHeap(memory: ReadableMemory): OpenHeap | undefined {
  const form = { persistence: 'classical', wordBytes: 4, start: at(0, 0) } as const;
  const heap = new Heap(memory, { ...form, forwards: false });
  const forwarding = new Heap(memory, { ...form, forwards: true });
  const end = Math.min(byteLength(memory), MAX_STATIC);
  let best: OpenHeap | undefined;
  for (let start = 0; start < end; start += SCANNED) {
    const view = viewOf(readBytes(memory, at(0, start), Math.min(SCANNED, end - start)));
    for (let position = 0; position < view.byteLength; position += 4) {
      if (view.getUint32(position, true) !== MUTABLE_ARRAY) continue;
      const address = at(0, start + position);
      const found = variablesAt(heap.word(address + 4) === address - 1 ? forwarding : heap, address);
      if (found && lengthOf(found) > lengthOf(best)) best = found;
    }
  }
  return best;
}

function variablesAt(heap: Heap, address: Address): OpenHeap | undefined {
  const object = heap.object(address);
  if (object?.kind !== 'array' || object.slots.count === 0) return undefined;
  const first = heap.word(object.slots.start);
  if (first === undefined || first % 4 !== 3 || first >= address) return undefined;
  let variables = 0;
  heap.eachPointer(object.slots, (to) => {
    const isVariable = to < address && heap.object(to)?.kind === 'mutable';
    if (isVariable) variables += 1;
    return isVariable;
  });
  return variables === object.slots.count ? { heap, roots: [{ object, name: 'variable' }] } : undefined;
}

function lengthOf(opened: OpenHeap | undefined): number {
  return opened?.roots[0]?.object.slots.count ?? 0;
}
