/**
 * Where the heap begins, and what leads into it.
 *
 * With enhanced orthogonal persistence the runtime's metadata lie at 4.5 MiB (rts/motoko-rts/src/persistence.rs):
 *
 * | offset | bytes | field                                                                          |
 * |-------:|------:|--------------------------------------------------------------------------------|
 * |      0 |   128 | the fingerprint, 32 letters of 4 bytes: `MOTOKO ORTHOGONAL PERSISTENCE 64`      |
 * |    128 |     8 | version, 1                                                                     |
 * |    136 |     8 | the record of all stable variables; 0 unless an upgrade is under way           |
 * |    144 |    16 | the blobs of their types                                                       |
 *
 * Objects follow from 5 MiB on. While the canister runs its variables are in an array that a static variable of the runtime leads to; which
 * one depends on the build, but it is the only array that anything in the runtime's own data, from 4 MiB on, points at.
 */
import { type Address, at, holds, type ReadableMemory, readBytes, viewOf } from '../../memory/memory.ts';
import { Heap, type HeapObject } from './layout.ts';

const MIB = 2 ** 20;
const METADATA = at(0, 4.5 * MIB);
const HEAP_START = at(0, 5 * MIB);
const RUNTIME_DATA = at(0, 4 * MIB);
const FINGERPRINT = 'MOTOKO ORTHOGONAL PERSISTENCE 64';
const VERSION_OFFSET = 128;
const STABLE_RECORD_OFFSET = 136;
const METADATA_LENGTH = 160;
const KNOWN_VERSION = 1;

/** An object that everything alive can be reached from, and what it is called. */
export interface Root {
  readonly object: HeapObject;
  /** Before the names of its fields or the numbers of its items. */
  readonly name: string;
}

export interface OpenHeap {
  readonly heap: Heap;
  readonly roots: readonly Root[];
}

/** Recognises a heap by what the runtime has written; else a sentence that says why it cannot be read. */
export function openHeap(memory: ReadableMemory): OpenHeap | string {
  if (!hasFingerprint(memory))
    return "It does not have the metadata that Motoko's runtime with enhanced orthogonal persistence keeps at 4.5 MiB.";
  const version = viewOf(readBytes(memory, at(METADATA, VERSION_OFFSET), 8)).getBigUint64(0, true);
  if (version !== BigInt(KNOWN_VERSION)) {
    return `It has layout version ${version} of Motoko's enhanced orthogonal persistence; version ${KNOWN_VERSION} can be read.`;
  }
  const heap = new Heap(memory, { persistence: 'enhanced', wordBytes: 8, forwards: true, start: HEAP_START });
  return { heap, roots: [...stableRecord(heap), ...staticVariables(heap)] };
}

function hasFingerprint(memory: ReadableMemory): boolean {
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
  const data = heap.read({ start: RUNTIME_DATA, count: (METADATA - RUNTIME_DATA) / 8 });
  for (const slot of data) {
    const object = slot.kind === 'pointer' ? heap.object(slot.to) : undefined;
    if (object?.kind !== 'array' || seen.has(object.address)) continue;
    seen.add(object.address);
    roots.push({ object, name: 'variable' });
  }
  return roots;
}
