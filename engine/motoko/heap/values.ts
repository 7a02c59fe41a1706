import type { Budget } from '../../core/budget.ts';
import { type Address, type AddressRange, holds, readBytes, viewOf } from '../../core/memory/memory.ts';
import type { StableValue } from '../stable-variables/value.ts';
import type { Heap, HeapObject, Slot } from './layout.ts';
import { fullId } from './names.ts';

/** Maximum length of a Region's list of block numbers. */
const MAX_BYTES = 2 * 32_768;
/** Slots of an array that are read at once. */
const BATCH = 4096;

/** An object whose slots are still to be read, and where their values go. */
interface Open {
  readonly object: HeapObject;
  readonly items: StableValue[];
}

/**
 * Returns the value of an object and of everything below it, in the form in which stable variables are read, so that one reader
 * understands the libraries' records from both. Each object has one value however many objects lead to it, even if they form
 * rings. Functions and texts are left out: `reserved`. Returns undefined if something leads past the end of the memory, which is
 * then truncated.
 */
export function heapValue(heap: Heap, root: HeapObject, budget: Budget): StableValue | undefined {
  const values = new Map<Address, StableValue>();
  const open: Open[] = [];
  const enter = (object: HeapObject): StableValue => {
    const known = values.get(object.address);
    if (known) return known;
    const items: StableValue[] = [];
    const value = shallowValue(heap, object, items);
    values.set(object.address, value);
    if ('items' in value && value.items === items) open.push({ object, items });
    return value;
  };
  const result = enter(root);
  for (let next = open.pop(); next; next = open.pop()) {
    const { slots } = next.object;
    for (let from = 0; from < slots.count; from += BATCH) {
      for (const slot of heap.read(slots, from, from + BATCH)) {
        if (!budget.spend(heap.form.wordBytes)) return result;
        if (slot.kind === 'pointer' && !holds(heap.memory, slot.to, heap.form.wordBytes)) return undefined;
        const object = slot.kind === 'pointer' ? heap.object(slot.to) : undefined;
        next.items.push(object ? enter(object) : scalar(slot, slots));
      }
    }
  }
  return result;
}

function shallowValue(heap: Heap, object: HeapObject, items: readonly StableValue[]): StableValue {
  const { slots } = object;
  const span = { start: object.address, length: slots.start + slots.count * heap.form.wordBytes - object.address };
  switch (object.kind) {
    case 'record':
      return { kind: 'record', fields: object.hashes.map((hash) => ({ id: fullId(hash) })), items, ...span };
    case 'tuple':
      return { kind: 'record', fields: Array.from({ length: slots.count }, (_, id) => ({ id })), items, ...span };
    case 'array':
      return { kind: 'array', items, ...span };
    case 'mutable':
      return { kind: 'mutable', items, ...span };
    case 'option':
      return { kind: 'opt', items, ...span };
    case 'variant':
      return { kind: 'variant', tag: { id: fullId(object.hash) }, items, ...span };
    case 'region':
      return { kind: 'region', id: object.id, pages: object.pages, blocks: blocksOf(heap, object), ...span };
    case 'bytes':
      return { kind: 'blob', bytes: new Uint8Array(), ...object.bytes };
    case 'number':
      return { kind: 'plain', type: 'nat', value: object.value, start: object.address, length: 0 };
    case 'null':
      return { kind: 'plain', type: 'null', value: undefined, start: object.address, length: 0 };
    case 'float':
    case 'concatenation':
    case 'function':
    case 'weak':
    case 'other':
      return { kind: 'plain', type: 'reserved', value: undefined, start: object.address, length: 0 };
  }
}

function scalar(slot: Slot, { start }: Pick<AddressRange, 'start'>): StableValue {
  switch (slot.kind) {
    case 'number':
      return { kind: 'plain', type: 'nat', value: slot.value, start, length: 0 };
    case 'null':
      return { kind: 'plain', type: 'null', value: undefined, start, length: 0 };
    default:
      return { kind: 'plain', type: 'reserved', value: undefined, start, length: 0 };
  }
}

function blocksOf(heap: Heap, region: HeapObject): readonly number[] {
  const [slot] = heap.read(region.slots);
  const blob = slot?.kind === 'pointer' ? heap.object(slot.to) : undefined;
  if (blob?.kind !== 'bytes' || blob.bytes.length > MAX_BYTES) return [];
  const view = viewOf(readBytes(heap.memory, blob.bytes.start, blob.bytes.length));
  return Array.from({ length: blob.bytes.length >>> 1 }, (_, index) => view.getUint16(2 * index, true));
}
