import type { Budget } from '../../core/budget.ts';
import type { FindingCode, Report } from '../../core/findings.ts';
import { formatBytes, formatCount, formatCounted, isOrAre } from '../../core/format.ts';
import { type Address, type AddressRange, at, byteLength, type ReadableMemory } from '../../core/memory/memory.ts';
import type { Element, Owner, Recoverable, Structure, StructureScan } from '../../core/structure.ts';
import { checkHeap } from '../minheap/check.ts';
import { otherSlotSize } from './item-size.ts';
import {
  decodeHeader,
  FIXED_AT,
  HEAP_MAGIC,
  ITEM_TYPE_LENGTH,
  LENGTH_AT,
  MAX_SIZE_AT,
  SLOTS_AT,
  VEC_MAGIC,
  VERSION,
  type VecHeader,
} from './layout.ts';
import { itemsPastEnd } from './past-end.ts';
import { Slots } from './slots.ts';

/** Maximum items reported that do not fit their slots. */
const MAX_REPORTED = 64;

/**
 * Opens the Vec or the MinHeap in `memory`, which must have at least one page. `kind` is the expected structure, even if the
 * magic is damaged. Returns undefined, and reports the reason, if it cannot be read.
 */
export function openVec(memory: ReadableMemory, kind: 'vec' | 'minheap', report: Report): Structure | undefined {
  const header = decodeHeader(memory);
  const reportAt = (code: FindingCode, start: Address, length: number, message: string): void =>
    report({ code, memory, at: { start, length }, message });
  const magic = kind === 'vec' ? VEC_MAGIC : HEAP_MAGIC;
  const name = kind === 'vec' ? 'vec' : 'heap';
  if (header.magic !== magic)
    reportAt(`${name}.bad-magic`, at(0, 0), 3, `The magic is ${JSON.stringify(header.magic)}, not "${magic}".`);
  if (header.version !== VERSION) {
    reportAt(
      `${name}.bad-version`,
      at(0, 3),
      1,
      `The layout version is ${header.version}; the only known version is ${VERSION}.`,
    );
    return undefined;
  }
  const slots = new Slots(memory, header);
  if (BigInt(slots.count) < header.length) {
    const message = `${formatCounted(header.length, 'item')} ${isOrAre(header.length)} counted, but the memory has room for only ${formatCount(slots.count)}.`;
    // Either the length or the item size may be too high.
    reportAt('vec.len-outside', LENGTH_AT, FIXED_AT + 1 - LENGTH_AT, message);
  }
  if (header.fixed > 1) reportAt('vec.element-type', FIXED_AT, 1, `The fixed-size flag is ${header.fixed}; it must be 0 or 1.`);
  return new VecView(memory, kind, header, slots);
}

class VecView implements Structure {
  readonly kind: 'vec' | 'minheap';
  readonly memories: readonly [ReadableMemory];
  readonly length: bigint;
  readonly facts: Structure['facts'];
  readonly #memory: ReadableMemory;
  readonly #header: VecHeader;
  readonly #slots: Slots;
  /** Looked for when it is first needed. */
  #pastEnd: { readonly items: Recoverable | undefined } | undefined;

  constructor(memory: ReadableMemory, kind: 'vec' | 'minheap', header: VecHeader, slots: Slots) {
    this.kind = kind;
    this.memories = [memory];
    this.length = header.length;
    this.facts = { version: header.version, maxSize: header.maxSize, fixedSize: header.fixed !== 0, slotSize: slots.size };
    this.#memory = memory;
    this.#header = header;
    this.#slots = slots;
  }

  get recoverable(): Recoverable | undefined {
    // Where the length is wrong, the items after it are not behind the end.
    if (BigInt(this.#slots.count) < this.length) return undefined;
    this.#pastEnd ??= { items: itemsPastEnd(this.#memory, this.#slots) };
    return this.#pastEnd.items;
  }

  scan(report: Report, budget: Budget): StructureScan {
    const other =
      BigInt(this.#slots.count) < this.length ? undefined : otherSlotSize(this.#memory, this.#slots.count, this.#slots.size);
    const unfit = this.#checkSizes(report, budget);
    const sizeless = this.#slots.size === 0 && this.length > 0n;
    if (other !== undefined || unfit * 4 > this.#slots.count || sizeless) {
      const seen = other === undefined ? '' : `; the bytes look like items of ${formatCounted(other, 'byte')}`;
      const message = `According to the header, items have ${this.#header.fixed ? '' : 'up to '}${formatCounted(this.#header.maxSize, 'byte')}${seen}.`;
      report({ code: 'vec.element-type', memory: this.#memory, at: { start: MAX_SIZE_AT, length: ITEM_TYPE_LENGTH }, message });
    }
    const order = this.kind === 'minheap' ? checkHeap(this.#memory, this.#slots, report, budget) : undefined;
    const live = Math.min(this.#slots.count * this.#slots.size, byteLength(this.#memory) - SLOTS_AT);
    return {
      usage: { metadata: SLOTS_AT, live, free: byteLength(this.#memory) - SLOTS_AT - live, leaked: 0, unknown: 0 },
      facts: order === undefined ? {} : { itemOrder: order },
      cutShort: budget.cutShort,
    };
  }

  elements(from: number, limit: number, budget: Budget): readonly Element[] {
    const elements: Element[] = [];
    for (let index = from; index < Math.min(from + limit, this.#slots.count) && budget.spend(this.#slots.width); index += 1) {
      const value = this.#slots.item(index);
      elements.push({ index, ...(value && { value }) });
    }
    return elements;
  }

  count(): number {
    return this.#slots.count;
  }

  freeList(): readonly AddressRange[] {
    return [];
  }

  freeCount(): number {
    return 0;
  }

  owners(memory: ReadableMemory, address: Address): readonly Owner[] {
    if (memory !== this.#memory) return [];
    if (address < SLOTS_AT) return [{ kind: 'header', address: at(0, 0), length: SLOTS_AT }, ...headerField(address)];
    const { size, width, count } = this.#slots;
    const index = size === 0 ? count : Math.floor((address - SLOTS_AT) / size);
    if (index >= count) {
      const start = this.#slots.addressOf(count);
      return [{ kind: 'unused', address: start, length: byteLength(memory) - start }];
    }
    const slot = this.#slots.addressOf(index);
    const entry: Owner = { kind: 'entry', name: String(index), address: slot, length: size };
    const itemEnd = width + Math.min(this.#slots.itemSize(index), size - width);
    const within = address - slot;
    const [name, start, end] =
      within < width ? ['item length', 0, width] : within < itemEnd ? ['item', width, itemEnd] : ['unused', itemEnd, size];
    return [entry, { kind: 'field', name, address: at(slot, start), length: end - start }];
  }

  /** Reports items that do not fit their slots or the memory. Returns their number. */
  #checkSizes(report: Report, budget: Budget): number {
    const { width, count } = this.#slots;
    let unfit = 0;
    if (width === 0) return unfit;
    for (let index = 0; index < count && budget.spend(width); index += 1) {
      if (this.#slots.holds(index)) continue;
      unfit += 1;
      if (unfit > MAX_REPORTED) continue;
      const size = formatBytes(this.#slots.itemSize(index));
      const message = `Item ${formatCount(index)} has a size of ${size}, which is too large for its slot or for the memory.`;
      report({
        code: 'vec.entry-size',
        memory: this.#memory,
        at: { start: this.#slots.addressOf(index), length: width },
        message,
      });
    }
    return unfit;
  }
}

const FIELDS = [
  ['magic', 0, 3],
  ['version', 3, 1],
  ['length', LENGTH_AT, 8],
  ['greatest item size', MAX_SIZE_AT, 4],
  ['fixed size', FIXED_AT, 1],
  ['unused', 17, 47],
] as const;

function headerField(address: Address): readonly Owner[] {
  const found = FIELDS.find(([, start, length]) => address >= start && address < start + length);
  return found ? [{ kind: 'field', name: found[0], address: at(0, found[1]), length: found[2] }] : [];
}
