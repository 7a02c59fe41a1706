import { formatAddress, formatCount, formatCounted } from '../../../engine/core/format.ts';
import type { FreeBlock, SpaceState } from '../../../engine/trace/state/allocation-state.ts';
import type { Gaps, LiveBlock } from '../../../engine/trace/state/block-tree.ts';
import type { FreeList } from '../../../engine/trace/state/free-list.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { referenceAt } from '../memory-reference.ts';
import { messageAt } from './message-values.ts';
import {
  addressValue,
  countValue,
  type Field,
  type Item,
  sizeText,
  sizeValue,
  stepValue,
  textValue,
  type Value,
} from './value.ts';

/** View of an allocator at the current step: its figures, its free list and its live blocks. */
export class AllocatorView {
  readonly state: SpaceState;
  readonly #timeline: Timeline;
  #list: FreeList | undefined;
  #blocks: readonly FreeBlock[] | undefined;

  constructor(timeline: Timeline, state: SpaceState) {
    this.#timeline = timeline;
    this.state = state;
  }

  figures(): Value {
    const { count, bytes } = this.state.blocks;
    return { text: `${this.state.name}: ${countedBlocks(count, bytes)} live`, fields: () => this.#figures() };
  }

  /** Returns the free list, in the allocator's order if its policy is known, else by address. */
  free(): Value {
    const { count, bytes, largest } = this.#freeFigures;
    return {
      text: countedBlocks(count, bytes),
      plain: bytes,
      fields: () => [
        { name: 'count', value: countValue(count) },
        { name: 'bytes', value: sizeValue(bytes) },
        { name: 'largest', value: sizeValue(largest) },
      ],
      items: {
        count,
        read: (from, wanted) => this.#freeBlocks(from, wanted).map((block) => this.#freeBlock(block)),
      },
    };
  }

  /** Returns the live blocks, by address. */
  live(): Value {
    const { blocks } = this.state;
    return {
      text: countedBlocks(blocks.count, blocks.bytes),
      plain: blocks.bytes,
      fields: () => [
        { name: 'count', value: countValue(blocks.count) },
        { name: 'bytes', value: sizeValue(blocks.bytes) },
      ],
      items: {
        count: blocks.count,
        read: (from, count) => this.#liveBlocks(from, count).map((block) => this.blockItem(block)),
      },
    };
  }

  /** Returns the live block that contains an address. */
  blockAt(address: number): Value {
    const block = this.#timeline.allocationOf(this.state.space, address);
    if (block) return this.blockItem(block).value;
    return { text: address < this.#size ? 'These bytes are free.' : 'These bytes were never allocated.' };
  }

  blockItem(block: LiveBlock): Item {
    const message = messageAt(this.#timeline.trace, block.step)?.name;
    const step = `step ${formatCount(block.step)}`;
    const born = { ...stepValue(block.step), text: message === undefined ? step : `${step} (${message})` };
    return this.#item(block, `${sizeText(block.size)} since ${born.text}`, [{ name: 'born', value: born }]);
  }

  #freeBlock(block: FreeBlock): Item {
    return this.#item(block, sizeText(block.size), []);
  }

  #item({ address, size }: FreeBlock, text: string, more: readonly Field[]): Item {
    const memoryReference = referenceAt(this.#timeline, this.state, address);
    const fields = (): readonly Field[] => [
      { name: 'address', value: addressValue(address, memoryReference) },
      { name: 'size', value: sizeValue(size) },
      { name: 'end', value: addressValue(address + size) },
      ...more,
    ];
    return { label: formatAddress(address), value: { text, plain: size, memoryReference, byteCount: size, fields } };
  }

  #figures(): readonly Field[] {
    const { count, bytes, largest } = this.#freeFigures;
    const live = this.state.blocks;
    const policy = this.state.params['policy'];
    const fragmentation = bytes === 0 ? 0 : Math.round((100 * (bytes - largest)) / bytes);
    return [
      { name: 'space', value: textValue(this.state.name) },
      ...(policy === undefined ? [] : [{ name: 'policy', value: textValue(String(policy)) }]),
      { name: 'size', value: sizeValue(this.#size) },
      { name: 'live', value: { text: countedBlocks(live.count, live.bytes), plain: live.bytes } },
      { name: 'free', value: { text: countedBlocks(count, bytes), plain: bytes } },
      { name: 'largest', label: 'largest free', value: sizeValue(largest) },
      {
        name: 'fragmentation',
        value: {
          text: `${fragmentation} %: ${sizeText(bytes - largest)} are free outside the largest block`,
          plain: fragmentation,
        },
      },
    ];
  }

  #liveBlocks(from: number, count: number): readonly LiveBlock[] {
    const blocks: LiveBlock[] = [];
    for (const block of this.state.blocks.fromIndex(from)) {
      if (blocks.length === count) break;
      blocks.push(block);
    }
    return blocks;
  }

  get #free(): FreeList | undefined {
    this.#list ??= this.#timeline.freeList(this.state.space);
    return this.#list;
  }

  /** Bytes from the allocator's start that were ever allocated. */
  get #size(): number {
    return this.#free?.size ?? this.state.size;
  }

  get #freeFigures(): Gaps {
    return this.#free?.figures ?? { count: 0, bytes: 0, largest: 0 };
  }

  /** Returns the blocks of the free list. Only who looks at them needs them all. */
  #freeBlocks(from: number, count: number): readonly FreeBlock[] {
    this.#blocks ??= [...(this.#free?.blocks ?? [])];
    return this.#blocks.slice(from, from + count);
  }
}

function countedBlocks(count: number, bytes: number): string {
  return `${formatCounted(count, 'block')}, ${sizeText(bytes)}`;
}
