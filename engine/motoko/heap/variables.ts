import { at, type ReadableMemory } from '../../core/memory/memory.ts';
import type { MadeRecord, Source } from '../program/persisted.ts';
import { closed, type StableSignature, type TypedVariable } from '../signature/types.ts';
import { Heap, type Slots } from './layout.ts';
import { heapHash } from './names.ts';
import { isEnhancedHeap, type OpenHeap, openHeap } from './roots.ts';
import type { TypedWord } from './typed.ts';

/** The stable variables of a program, as its module describes them: their types, and how its code finds them. */
export interface MotokoProgram {
  readonly signature: StableSignature;
  readonly records: readonly MadeRecord[];
}

interface HeapVariable extends TypedVariable {
  readonly value: TypedWord;
}

export interface HeapVariables {
  readonly heap: Heap;
  /** In the order of the signature. */
  readonly variables: readonly HeapVariable[];
}

/** The values of all variables, in the order of their hashes. */
interface Found {
  readonly heap: Heap;
  readonly words: readonly bigint[];
}

/**
 * Returns how a program's variables survive an upgrade, as its code or its main memory shows. Undefined if neither is from
 * Motoko.
 */
export function persistenceOfProgram(
  program: MotokoProgram | undefined,
  memory: ReadableMemory | undefined,
): 'enhanced' | 'classical' | undefined {
  if (memory !== undefined && isEnhancedHeap(memory)) return 'enhanced';
  if (program === undefined) return undefined;
  return program.records.some(({ wordBytes }) => wordBytes === 8) ? 'enhanced' : 'classical';
}

/**
 * Finds a program's stable variables in its main memory: during an upgrade in the record that the runtime keeps, otherwise where
 * its code finds them. The hashes that the code gives a record's fields must be those of the signature's names: then the record
 * is the right one, and the memory belongs to this program. Returns a sentence if they cannot be found.
 */
export function findVariables(memory: ReadableMemory, { signature, records }: MotokoProgram): HeapVariables | string {
  const inOrder = [...signature.variables].sort((a, b) => heapHash(a.name) - heapHash(b.name));
  const hashes = inOrder.map(({ name }) => heapHash(name));
  const opened = isEnhancedHeap(memory) ? openHeap(memory) : undefined;
  const enhanced = typeof opened === 'string' ? undefined : opened;
  const found =
    (enhanced && inStableRecord(enhanced, hashes)) ??
    records
      .map((record) =>
        record.wordBytes === 8 ? enhanced && inEnhanced(enhanced, record, hashes) : inClassical(memory, record, hashes),
      )
      .find((each) => each !== undefined);
  if (found === undefined) return typeof opened === 'string' ? opened : NOT_FOUND;
  const words = new Map(inOrder.map(({ name }, index) => [name, found.words[index] ?? 0n]));
  return {
    heap: found.heap,
    variables: signature.variables.map((variable) => ({
      ...variable,
      value: { word: words.get(variable.name) ?? 0n, type: closed(variable.type) },
    })),
  };
}

const NOT_FOUND =
  'The code in wasm_module.bin does not show where they are: an optimizer has changed it, or it is from another version of the program.';

/**
 * Reads the record that an upgrade continues from. Its fields are the variables as options, which changes the representation of
 * `null` only.
 */
function inStableRecord({ heap, roots }: OpenHeap, hashes: readonly number[]): Found | undefined {
  const record = roots.map(({ object }) => object).find(({ kind }) => kind === 'record');
  if (record?.kind !== 'record' || !isSame(record.hashes, hashes)) return undefined;
  const words = hashes.map((_, index) => {
    const word = wordIn(heap, record.slots, index) ?? 0n;
    const to = heap.pointer(word);
    const object = to === undefined ? undefined : heap.object(to);
    return object?.kind === 'option' ? (heap.wholeWord(object.slots.start) ?? word) : word;
  });
  return { heap, words };
}

/** Offsets of the words of a new record from its pointer, which is the object's address minus one. */
const ENHANCED_HASHES = 17;
const ENHANCED_FIELDS = 25;

function inEnhanced({ heap, roots }: OpenHeap, { stores }: MadeRecord, hashes: readonly number[]): Found | undefined {
  const sources = fieldsFrom(stores, ENHANCED_FIELDS, 8, hashes.length);
  const hashSource = stores.get(ENHANCED_HASHES);
  if (sources === undefined || hashSource === undefined) return undefined;
  for (const { object } of roots) {
    if (object.kind !== 'array') continue;
    const pointer = wordOf(heap, object.slots, hashSource);
    const blob = pointer === undefined ? undefined : heap.pointer(pointer);
    const own = blob === undefined ? undefined : heap.object(blob);
    if (own?.kind !== 'bytes' || own.bytes.length !== 8 * hashes.length) continue;
    if (!hashes.every((hash, index) => heap.word(own.bytes.start + 8 * index) === hash)) continue;
    return whole(heap, object.slots, sources);
  }
  return undefined;
}

const CLASSICAL_COUNT = 5;
const NO_SLOTS: Slots = { start: at(0, 0), count: 0 };

/** Reads static addresses. A forwarding pointer, where the collector needs one, comes before the count of fields. */
function inClassical(memory: ReadableMemory, { stores }: MadeRecord, hashes: readonly number[]): Found | undefined {
  for (const forwards of [false, true]) {
    const countAt = CLASSICAL_COUNT + (forwards ? 4 : 0);
    const count = stores.get(countAt);
    const list = stores.get(countAt + 4);
    const sources = fieldsFrom(stores, countAt + 8, 4, hashes.length);
    if (count?.kind !== 'constant' || Number(count.word) !== hashes.length || list?.kind !== 'constant') continue;
    const heap = new Heap(memory, { persistence: 'classical', wordBytes: 4, forwards, start: at(0, 0) });
    const start = Number(BigInt.asUintN(32, list.word)) + 1;
    if (sources === undefined || !hashes.every((hash, index) => heap.word(start + 4 * index) === hash)) continue;
    return whole(heap, NO_SLOTS, sources);
  }
  return undefined;
}

function fieldsFrom(
  stores: MadeRecord['stores'],
  start: number,
  wordBytes: number,
  count: number,
): readonly Source[] | undefined {
  const sources = Array.from({ length: count }, (_, index) => stores.get(start + wordBytes * index));
  return sources.every((source) => source !== undefined) ? sources : undefined;
}

function whole(heap: Heap, statics: Slots, sources: readonly Source[]): Found | undefined {
  const words = sources.map((source) => wordOf(heap, statics, source));
  return words.every((word) => word !== undefined) ? { heap, words } : undefined;
}

/** Computes the word that the code would, with the memory of the snapshot. */
function wordOf(heap: Heap, statics: Slots, source: Source): bigint | undefined {
  switch (source.kind) {
    case 'constant':
      return BigInt.asUintN(8 * heap.form.wordBytes, source.word);
    case 'static':
      return wordIn(heap, statics, source.index);
    case 'load': {
      const from = wordOf(heap, statics, source.from);
      return from === undefined ? undefined : heap.wholeWord(Number(from) + source.offset);
    }
    case 'local':
      return undefined;
  }
}

function wordIn(heap: Heap, { start, count }: Slots, index: number): bigint | undefined {
  return index < count ? heap.wholeWord(start + index * heap.form.wordBytes) : undefined;
}

function isSame(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}
