import { Budget } from '../core/budget.ts';
import { formatBytes, formatCount } from '../core/format.ts';
import type { Memory } from '../core/memory/memory.ts';
import { type Element, readStored, type Structure } from '../core/structure.ts';
import type { Compare } from '../key-order/orders.ts';
import { MinHeap } from '../rust/minheap/operate.ts';
import { HEAP_MAGIC, VEC_MAGIC } from '../rust/vec/layout.ts';
import { Vec } from '../rust/vec/operate.ts';
import type { PlacedStructure } from '../snapshot/placed.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Bound } from '../values/codec.ts';
import { compareBytes } from '../values/codec.ts';
import type { Edit, EditedElement } from './edit.ts';
import { refusal } from './refusal.ts';

/** Items read at a time. */
const BATCH = 1_000;
/** Maximum bytes of slots that are written again for another bound: they are kept in memory until the snapshot is written. */
const MAX_REWRITTEN = 1 << 30;

/** Edits a Vec as the library does. */
export function editVec({ part, structure }: PlacedStructure, memory: Memory, edit: Edit): EditedElement {
  const bound = boundOf(structure);
  if (edit.kind === 'bound') return rebound(part, structure, memory, VEC_MAGIC, bound, edit.max);
  const vec = Vec.init(memory, bound);
  const last = vec.length - 1;
  switch (edit.kind) {
    case 'set': {
      const { index, value } = edit;
      if (index === undefined) throw refusal(`Say which item of ${part}: --index.`);
      const before = vec.get(index);
      if (before === undefined) throw refusal(`${part} has no item ${formatCount(index)}: it has ${formatCount(vec.length)}.`);
      assertItemFits(part, bound, value);
      vec.set(index, value);
      return { index, before, after: value };
    }
    case 'insert':
      vec.push(itemIn(part, bound, edit.value));
      return { index: last + 1, after: itemIn(part, bound, edit.value) };
    case 'remove': {
      if ((edit.index ?? last) !== last || last < 0)
        throw refusal(
          `A Vec can only remove its last item${last < 0 ? ', and this one has none' : `, which is item ${formatCount(last)}`}.`,
        );
      const before = vec.pop();
      return { index: last, ...(before && { before }) };
    }
  }
}

/** Edits a MinHeap as the library does. */
export function editHeap(snapshot: Snapshot, placed: PlacedStructure, memory: Memory, edit: Edit): EditedElement {
  const { part, structure } = placed;
  const bound = boundOf(structure);
  if (edit.kind === 'bound') return rebound(part, structure, memory, HEAP_MAGIC, bound, edit.max);
  if (edit.kind === 'set')
    throw refusal(
      'A MinHeap cannot change an item, because its place depends on it. Remove the smallest item, or insert another one.',
    );
  const compare = orderOfItems(snapshot, placed);
  const heap = MinHeap.init(memory, bound, compare);
  if (edit.kind === 'insert') {
    const value = itemIn(part, bound, edit.value);
    heap.push(value);
    return { after: value };
  }
  if ((edit.index ?? 0) !== 0) throw refusal('A MinHeap can only remove its smallest item, which is item 0.');
  const before = heap.pop();
  if (before === undefined) throw refusal(`${part} has no items.`);
  return { index: 0, before };
}

/** Returns the order that all items of a heap follow. @throws UserError if neither that of their codec nor that of their bytes is it */
function orderOfItems(snapshot: Snapshot, placed: PlacedStructure): Compare {
  const { codec } = snapshot.decoding.codec(placed, 'value', new Budget());
  const orders = [codec.compare, compareBytes].filter((compare) => compare !== undefined);
  const found = orders.find((compare) => isHeap(placed.structure, compare));
  if (found === undefined)
    throw refusal(`The items of ${placed.part} follow no order that is known. Choose their codec: --value-codec.`);
  return found;
}

function isHeap(structure: Structure, compare: Compare): boolean {
  const budget = new Budget();
  const at = (index: number): Uint8Array | undefined => {
    const [item] = structure.elements(index, 1, budget);
    return item?.value && readStored(item.value);
  };
  for (const { index, value } of itemsOf(structure)) {
    const parent = index === 0 ? undefined : at(Math.floor((index - 1) / 2));
    if (parent !== undefined && value !== undefined && compare(parent, readStored(value)) > 0) return false;
  }
  return true;
}

/** Makes the structure anew in its memory, with another bound, and puts the same items into it in the same order. */
function rebound(
  part: string,
  structure: Structure,
  memory: Memory,
  magic: string,
  { max: old, fixed }: Bound,
  max: number,
): EditedElement {
  if (fixed) throw refusal(`The items of ${part} all have ${formatBytes(old)}. That is their type, and no bound.`);
  if (max === old) throw refusal(`${part} has this bound already.`);
  const length = structure.count(new Budget());
  if (length * (max + 4) > MAX_REWRITTEN)
    throw refusal(`All ${formatCount(length)} slots would be written again, which is more than ${formatBytes(MAX_REWRITTEN)}.`);
  const vec = Vec.new(memory, { max, fixed }, magic);
  for (const { index, value } of itemsOf(structure)) {
    const item = value && readStored(value);
    if (item === undefined || item.length > max)
      throw refusal(
        `Item ${formatCount(index)} of ${part} has ${formatBytes(item?.length ?? 0)}, which is more than ${formatBytes(max)}.`,
      );
    vec.push(item);
  }
  return {};
}

function* itemsOf(structure: Structure): Generator<Element> {
  const budget = new Budget();
  for (let from = 0; ; ) {
    const batch = structure.elements(from, BATCH, budget);
    if (batch.length === 0) return;
    yield* batch;
    from += batch.length;
  }
}

function boundOf({ facts: { maxSize, fixedSize } }: Structure): Bound {
  return { max: Number(maxSize), fixed: fixedSize === true };
}

function itemIn(part: string, bound: Bound, value: Uint8Array | undefined): Uint8Array {
  if (value === undefined) throw refusal('Say which value the new item has: --value.');
  assertItemFits(part, bound, value);
  return value;
}

function assertItemFits(part: string, { max, fixed }: Bound, { length }: Uint8Array): void {
  if (length <= max && (!fixed || length === max)) return;
  const which = fixed ? `all have ${formatBytes(max)}` : `have at most ${formatBytes(max)}`;
  const other = fixed ? '' : ' --max-item-size changes that.';
  throw refusal(`The items of ${part} ${which}; this one has ${formatBytes(length)}.${other}`);
}
