/** A made-up trace of an allocator, always the same, and what the engine would answer about it. */
import {
  type AddressPicture,
  type BlockStory,
  type BlocksAtStep,
  type Flame,
  type FlameNode,
  MAX_PICTURE_CELLS,
  type PictureColour,
  type PictureKind,
  type PolicyRun,
  type Series,
  type SeriesName,
  type Span,
  type TimelineSummary,
  type WhyHere,
} from '../../../engine/views/timeline/calls.ts';

interface Block {
  readonly address: number;
  readonly size: number;
  readonly born: number;
  died: number;
  readonly message: number;
  readonly call: number;
}

const MESSAGES = ['update addMessage', 'update setProfile', 'timer compact'];
const CALLS = ['MemoryBuffer.add', 'MemoryBTree.insert', 'Blob.store', 'MemoryBuffer.resize'];
const SIZES = [16, 16, 32, 64, 24, 128];

export interface FakeTraceOptions {
  readonly steps?: number;
  /** Live bytes around which the trace rises and falls, in blocks. */
  readonly phases?: number;
}

/** Blocks by first fit: five times the canister fills up, then frees nearly everything. */
export class FakeTrace {
  readonly steps: number;
  readonly blocks: Block[] = [];
  readonly size: number;
  /** By step: the highest address, live bytes and blocks, free bytes, blocks and the largest, and pages touched. */
  readonly #figures: Readonly<Record<SeriesName, Float64Array>>;
  readonly #tops: Float64Array;

  constructor({ steps = 10_000, phases = 5 }: FakeTraceOptions = {}) {
    this.steps = steps;
    const figure = () => new Float64Array(steps + 1);
    this.#figures = {
      size: figure(),
      liveBytes: figure(),
      liveBlocks: figure(),
      freeBytes: figure(),
      freeBlocks: figure(),
      largestFree: figure(),
      pagesTouched: figure(),
    };
    this.#tops = this.#figures.size;
    this.size = this.#run(phases);
  }

  #run(phases: number): number {
    const random = randomNumbers(7);
    const live: Block[] = [];
    const free: { start: number; size: number }[] = [{ start: 0, size: 2 ** 30 }];
    let [top, liveBytes] = [0, 0];
    for (let step = 1; step <= this.steps; step++) {
      const isFalling = Math.floor((step * 2 * phases) / this.steps) % 2 === 1;
      if (live.length === 0 || random() < (isFalling ? 0.31 : 0.64)) {
        const size = SIZES[Math.floor(random() * SIZES.length)] ?? 16;
        const gap = free.find((each) => each.size >= size);
        if (gap === undefined) continue;
        const block = {
          address: gap.start,
          size,
          born: step,
          died: this.steps + 1,
          message: Math.floor(random() * 3),
          call: Math.floor(random() * 4),
        };
        gap.start += size;
        gap.size -= size;
        if (gap.size === 0) free.splice(free.indexOf(gap), 1);
        live.push(block);
        this.blocks.push(block);
        liveBytes += size;
        top = Math.max(top, gap.start);
      } else {
        const [block] = live.splice(Math.floor(random() ** 1.4 * live.length), 1);
        if (block === undefined) continue;
        block.died = step;
        liveBytes -= block.size;
        giveBack(free, block.address, block.size);
      }
      const below = free.filter(({ start }) => start < top);
      const figures = this.#figures;
      figures.size[step] = top;
      figures.liveBytes[step] = liveBytes;
      figures.liveBlocks[step] = live.length;
      figures.freeBytes[step] = top - liveBytes;
      figures.freeBlocks[step] = below.length;
      figures.largestFree[step] = Math.max(0, ...below.map(({ start, size }) => Math.min(size, top - start)));
      figures.pagesTouched[step] = 1 + (step % 4);
    }
    return top;
  }

  get summary(): TimelineSummary {
    return {
      title: 'memory-region.smtrace',
      steps: this.steps,
      spaces: [
        {
          space: 16,
          name: 'memory blocks of region 16',
          draws: 'blocks',
          bytes: this.size,
          policy: 'memory-region@1.4.0+augmented-btrees@0.7.1',
        },
        { space: 3, name: 'memory 3', draws: 'accesses', bytes: this.size, policy: undefined },
      ],
      policies: ['memory-region@1.4.0+augmented-btrees@0.7.1', 'memory-region@1.4.0+augmented-btrees@0.8.0', 'first-fit'],
      cutShort: undefined,
    };
  }

  addresses(space: number, steps: Span, addresses: Span, columns: number, rows: number, colour: PictureColour): AddressPicture {
    if (columns * rows > MAX_PICTURE_CELLS) throw new RangeError('The picture is too large.');
    const kinds = space === 3 ? ['reads', 'writes'] : KINDS[colour];
    const areas = kinds.map(() => new Float32Array(columns * rows));
    const perColumn = (steps.to - steps.from + 1) / columns;
    const perRow = (addresses.to - addresses.from) / rows;
    for (const block of this.blocks) {
      const left = (Math.max(block.born, steps.from) - steps.from) / perColumn;
      const right = (Math.min(block.died, steps.to + 1) - steps.from) / perColumn;
      const bottom = (Math.max(block.address, addresses.from) - addresses.from) / perRow;
      const top = (Math.min(block.address + block.size, addresses.to) - addresses.from) / perRow;
      const area = areas[space === 3 ? block.call % 2 : kindOf(block, colour)];
      if (left >= right || bottom >= top || area === undefined) continue;
      for (let row = Math.floor(bottom); row < top; row++) {
        const high = Math.min(row + 1, top) - Math.max(row, bottom);
        for (let column = Math.floor(left); column < right; column++) {
          const cell = row * columns + column;
          area[cell] = (area[cell] ?? 0) + high * (Math.min(column + 1, right) - Math.max(column, left));
        }
      }
    }
    const [live, kindOfCell] = [new Uint8Array(columns * rows), new Uint8Array(columns * rows)];
    for (let cell = 0; cell < live.length; cell++) {
      const parts = areas.map((area) => area[cell] ?? 0);
      const sum = parts.reduce((all, part) => all + part, 0);
      live[cell] = sum <= 0 ? 0 : Math.max(1, Math.min(255, Math.round(255 * sum)));
      kindOfCell[cell] = parts.indexOf(Math.max(...parts));
    }
    const marks = this.#marks().filter(({ step, address }) => step >= steps.from && step <= steps.to && address < addresses.to);
    return {
      columns,
      rows,
      kinds: kinds.map((label): PictureKind => ({ label })),
      live,
      kindOf: kindOfCell,
      tops: Float64Array.from({ length: columns }, (_, column) =>
        space === 3 ? 0 : (this.#tops[Math.min(steps.to, Math.ceil(steps.from + (column + 1) * perColumn) - 1)] ?? 0),
      ),
      marks,
      markCount: marks.length,
    };
  }

  #marks() {
    return [0.49, 0.7, 0.985].map((share) => {
      const step = Math.floor(this.steps * share);
      const address = Math.floor(this.size * (1.1 - share));
      const message = `Step ${step} was given 32 bytes at 0x${address.toString(16)}, but 32 bytes at 0x${(address - 8).toString(16)} are live since step ${step - 237} (addMessage).`;
      return { step, address, bytes: 32, message };
    });
  }

  series(space: number, steps: Span, columns: number): readonly Series[] {
    const names = Object.keys(this.#figures).filter((name) => space !== 3 || name === 'pagesTouched');
    return names.flatMap((name): readonly Series[] => {
      const known = NAMES.find((each) => each === name);
      if (known === undefined) return [];
      const all = this.#figures[known];
      const per = (steps.to - steps.from + 1) / columns;
      const [least, most] = [new Float64Array(columns), new Float64Array(columns)];
      for (let column = 0; column < columns; column++) {
        const from = Math.floor(steps.from + column * per);
        const part = all.subarray(from, Math.max(from + 1, Math.floor(steps.from + (column + 1) * per)));
        least[column] = part.reduce((low, each) => Math.min(low, each), Number.POSITIVE_INFINITY);
        most[column] = part.reduce((high, each) => Math.max(high, each), 0);
      }
      const peak = all.reduce((high, each) => Math.max(high, each), 0);
      return [{ name: known, least, most, peak, peakStep: all.indexOf(peak) }];
    });
  }

  #liveAt(step: number): readonly Block[] {
    return this.blocks.filter(({ born, died }) => born <= step && step < died);
  }

  blocksAt(step: number, addresses: Span, cells: number): BlocksAtStep {
    const [liveOf, freeOf] = [new Uint8Array(cells), new Uint8Array(cells)];
    const per = (addresses.to - addresses.from) / cells;
    const areas = new Float64Array(cells);
    const live = this.#liveAt(step);
    const changed = new Set<number>();
    for (const block of live) {
      const end = (block.address + block.size) / per;
      for (let cell = Math.floor(block.address / per); cell < end; cell++) {
        areas[cell] = (areas[cell] ?? 0) + Math.min(cell + 1, end) - Math.max(cell, block.address / per);
        if (block.born === step) changed.add(cell);
      }
    }
    const size = this.#tops[step] ?? 0;
    areas.forEach((area, cell) => {
      liveOf[cell] = area <= 0 ? 0 : Math.max(1, Math.min(255, Math.round(255 * area)));
      freeOf[cell] = cell * per < size && area < 0.995 ? 255 - (liveOf[cell] ?? 0) : 0;
    });
    const at = (name: SeriesName) => this.#figures[name][step] ?? 0;
    return {
      step,
      size,
      live: { blocks: at('liveBlocks'), bytes: at('liveBytes') },
      free: { blocks: at('freeBlocks'), bytes: at('freeBytes'), largest: at('largestFree') },
      liveOf,
      freeOf,
      changed: Uint32Array.from(changed),
    };
  }

  story(step: number, address: number): BlockStory {
    const block = this.#liveAt(step).find((each) => each.address <= address && address < each.address + each.size);
    if (block === undefined)
      return { text: `0x${address.toString(16)} is free.`, born: undefined, died: undefined, range: undefined };
    const died = block.died > this.steps ? 'the end' : `step ${block.died}`;
    return {
      text: `${block.size} bytes at 0x${block.address.toString(16)}, live from step ${block.born} (${MESSAGES[block.message]}) to ${died}.`,
      born: block.born,
      died: block.died,
      range: { from: block.address, to: block.address + block.size },
    };
  }

  why(step: number): WhyHere | undefined {
    const block = this.blocks.find(({ born }) => born === step);
    if (block === undefined) return undefined;
    const hex = `0x${block.address.toString(16)}`;
    return {
      step,
      title: `Why ${hex}?`,
      steps: [
        { text: 'largest free block by the root', figure: '64 B', address: undefined, verdict: 'seen' },
        { text: '0x1a40', figure: '16 B: too small', address: 0x1a40, verdict: 'passed-over' },
        { text: 'leaf that the index leads to', figure: 'max 32 B', address: 0x37c8, verdict: 'wrong' },
        { text: hex, figure: `${block.size} B`, address: block.address, verdict: 'chosen' },
      ],
      freeBlocks: this.#figures.freeBlocks[step - 1] ?? 0,
      unlisted: 0,
      text: [
        'The root of the tree promises 64 bytes, but its index leads to a leaf whose largest block has 32.',
        'The library hands out the address of the leaf plus what the root has left: bytes of the block of step 9,612.',
      ],
      better: 'memory-region@1.4.0+augmented-btrees@0.8.0',
    };
  }

  policy(name: string, columns: number): PolicyRun {
    const recorded = name.includes('0.7.1');
    const factor = recorded ? 1 : name === 'first-fit' ? 0.91 : 0.97;
    const [sizes] = this.series(16, { from: 1, to: this.steps }, columns);
    return {
      policy: name,
      recorded,
      size: Math.round(this.size * factor),
      peakLive: this.#figures.liveBytes.reduce((high, each) => Math.max(high, each), 0),
      freeBlocks: 71,
      largestFree: 64,
      overlaps: recorded ? 4 : 0,
      faults: recorded ? 4 : 0,
      firstDifference: recorded ? undefined : 1_204,
      firstOverlap: recorded ? 9_849 : undefined,
      sizes: (sizes?.most ?? new Float64Array()).map((each) => each * factor),
    };
  }

  flame(step: number | undefined): Flame {
    const at = step ?? this.#figures.liveBytes.indexOf(this.#figures.liveBytes.reduce((high, each) => Math.max(high, each), 0));
    const live = this.#liveAt(at);
    const node = (label: string, blocks: readonly Block[], children: readonly FlameNode[]): FlameNode => ({
      label,
      bytes: blocks.reduce((sum, { size }) => sum + size, 0),
      blocks: blocks.length,
      children,
    });
    const messages = MESSAGES.map((message, index) => {
      const ofMessage = live.filter((block) => block.message === index);
      const calls = CALLS.map((call, place) => {
        const ofCall = ofMessage.filter((block) => block.call === place);
        return node(call, ofCall, [node('MemoryRegion.allocate', ofCall, [])]);
      });
      return node(message, ofMessage, calls);
    });
    return { step: at, root: node('all messages', live, messages), unlisted: 0 };
  }
}

const NAMES: readonly SeriesName[] = [
  'size',
  'liveBytes',
  'liveBlocks',
  'freeBytes',
  'freeBlocks',
  'largestFree',
  'pagesTouched',
];

const KINDS: Readonly<Record<PictureColour, readonly string[]>> = {
  size: ['16 B to 31 B', '32 B to 63 B', '64 B to 127 B', '128 B and more'],
  message: MESSAGES,
  stack: CALLS,
};

function kindOf(block: Block, colour: PictureColour): number {
  if (colour === 'message') return block.message;
  return colour === 'stack' ? block.call : Math.min(3, Math.floor(Math.log2(block.size / 16)));
}

function giveBack(free: { start: number; size: number }[], start: number, size: number): void {
  const index = free.findIndex((each) => each.start > start);
  const at = index < 0 ? free.length : index;
  free.splice(at, 0, { start, size });
  for (const place of [at, at - 1]) {
    const [one, next] = [free[place], free[place + 1]];
    if (one === undefined || next === undefined || one.start + one.size !== next.start) continue;
    one.size += next.size;
    free.splice(place + 1, 1);
  }
}

function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
