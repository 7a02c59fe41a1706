/** Random traces that contain often what is rare in a real one: undone messages, further headers, overlapping blocks, failed grows. */
import { fc } from '@fast-check/vitest';
import { at } from '../../engine/core/memory/memory.ts';
import { MESSAGE_KINDS, OUTCOMES, type SpaceKind, type SpaceParams, type TraceEvent } from '../../engine/trace/events.ts';
import { PAGE } from './bytes.ts';
import { type Item, linesOf } from './items.ts';

/** How the trace records memories, as in `Recorded` of the model. */
export type World = 'physical' | 'composed' | 'separate';

export interface RandomTrace {
  readonly items: readonly Item[];
  readonly form: 'cbor' | 'json';
  /** Numbers that choose steps. */
  readonly jumps: readonly number[];
}

interface Choice {
  readonly what: What;
  /** Chooses the space. */
  readonly which: number;
  readonly where: number;
  readonly size: number;
  /** Below 100. Small values make an event odd. */
  readonly odd: number;
}

const WHATS = {
  grow: 12,
  write: 22,
  read: 5,
  allocate: 20,
  deallocate: 14,
  reallocate: 6,
  free: 4,
  begin: 9,
  end: 10,
  space: 4,
  header: 2,
  gap: 1,
  note: 1,
} as const;
type What = keyof typeof WHATS;

const what = fc.oneof(...Object.entries(WHATS).map(([name, weight]) => ({ weight, arbitrary: fc.constant(name as What) })));
const choice: fc.Arbitrary<Choice> = fc.record({
  what,
  which: fc.nat(99),
  where: fc.nat(9999),
  size: fc.integer({ min: 0, max: 40 }),
  odd: fc.nat(99),
});

export function randomTrace(world: World): fc.Arbitrary<RandomTrace> {
  const setup = fc.record({
    bucketPages: fc.integer({ min: 1, max: 2 }),
    reuse: fc.constantFrom(undefined, undefined, 'never', 'lowest-first', 'ascending'),
    policy: fc.constantFrom(undefined, 'two-btrees', 'first-fit', 'max-value'),
  });
  return fc
    .record({
      setup,
      choices: fc.array(choice, { maxLength: 56, size: 'max' }),
      form: fc.constantFrom('cbor', 'json'),
      jumps: fc.array(fc.nat(), { minLength: 6, maxLength: 6 }),
    })
    .map(({ setup, choices, form, jumps }) => {
      const items = new Recorder(catalogue(world, setup)).record(world, choices);
      return { items, form, jumps, [fc.toStringMethod]: () => `${form}, jumps to ${jumps}:\n${linesOf(items)}\n` };
    });
}

interface Declared {
  readonly kind: SpaceKind;
  readonly params: SpaceParams;
}

interface Setup {
  readonly bucketPages: number;
  readonly reuse: string | undefined;
  readonly policy: string | undefined;
}

/** Returns the spaces of a trace. Those of one kind are listed more than once if they should be used more often. */
function catalogue(world: World, { bucketPages, reuse, policy }: Setup): readonly Declared[] {
  const buckets = world === 'composed' ? { bucketPages, ...(reuse === undefined ? {} : { reuse }) } : {};
  const virtual = (memory: number): Declared => ({ kind: 'virtual-memory', params: { memory, ...buckets } });
  const region: Declared = { kind: 'region', params: { region: 16 } };
  const allocator: Declared = {
    kind: 'memory-region',
    params: { region: 16, ...(policy === undefined ? {} : { policy }) },
  };
  const other: Declared = { kind: 'memory-region', params: { region: 17 } };
  const chunks: Declared = { kind: 'chunk-allocator', params: { in: 2, base: 8 } };
  const buffer: Declared = { kind: 'memory-buffer', params: { pointers: 20, blobs: 21 } };
  if (world === 'separate') return [allocator, virtual(3), region, other, chunks, buffer];
  if (world === 'physical') return [allocator, virtual(3), region, chunks];
  return [allocator, virtual(0), virtual(1), virtual(254), region, chunks];
}

const ALLOCATING: readonly What[] = ['allocate', 'deallocate', 'reallocate'];

/** Makes events of choices, and keeps in mind roughly what a program would: sizes of memories, live blocks, open messages. */
class Recorder {
  readonly #catalogue: readonly Declared[];
  readonly #items: Item[] = [];
  /** The numbers of the spaces of the catalogue. */
  #numbers: number[];
  #pages = new Map<number, number>();
  #blocks: { place: number; address: number; size: number }[] = [];
  #open: { message: number; pages: Map<number, number>; blocks: { place: number; address: number; size: number }[] }[] = [];
  #messages = 0;

  constructor(spaces: readonly Declared[]) {
    this.#catalogue = spaces;
    this.#numbers = spaces.map((_, place) => place + 1);
  }

  record(world: World, choices: readonly Choice[]): readonly Item[] {
    for (const place of this.#catalogue.keys()) this.#declare(place);
    if (world === 'physical') this.#grow(undefined, 1, false);
    for (const made of choices) this.#next(world, made);
    return this.#items;
  }

  #next(world: World, { what, which, where, size, odd }: Choice): void {
    const places = [...this.#catalogue.keys()];
    const isMemory = (place: number): boolean => ['virtual-memory', 'region'].includes(this.#catalogue[place]?.kind ?? '');
    const allocating = ALLOCATING.includes(what) || (what === 'free' && where % 2 === 0);
    const usual = odd < 4 ? places : places.filter((place) => isMemory(place) !== allocating);
    const chosen = usual[which % usual.length] ?? 0;
    // In the physical world nearly all accesses are to the physical memory, which is not in the catalogue.
    const place = world === 'physical' && !allocating && which < 80 ? undefined : chosen;
    // Only a memory-region can keep bytes.
    const keeps = allocating && this.#catalogue[chosen]?.kind === 'memory-region';
    switch (what) {
      case 'grow':
        this.#grow(place, size % 3, odd < 12, odd < 3 ? 1 : 0);
        break;
      case 'write':
      case 'read':
        this.#access(what, place, where, odd % 9 === 0 ? size * 37 : size, odd < 8);
        break;
      case 'allocate':
        this.#add({ kind: what, ...this.#allocate(chosen, where, size, odd), requested: undefined, stack: undefined });
        break;
      case 'deallocate':
        this.#add({ kind: what, ...this.#free(chosen, where, odd), stack: undefined });
        break;
      case 'reallocate': {
        const { address: oldAddress, size: oldSize } = this.#free(chosen, where, odd);
        this.#add({ kind: what, oldAddress, oldSize, ...this.#allocate(chosen, where, size, odd), stack: undefined });
        break;
      }
      case 'free':
        if (!allocating && place !== undefined) this.#pages.set(place, 0);
        this.#add({ kind: what, space: this.#numberOf(place), keep: keeps && odd < 50 ? size : undefined });
        break;
      case 'begin':
        this.#begin(where, odd);
        break;
      case 'end':
        this.#end(where, odd);
        break;
      case 'space':
        if (odd < 30) this.#numbers[chosen] = 1 + (where % 8);
        this.#declare(chosen);
        break;
      case 'header':
        this.#header(where, odd);
        break;
      case 'gap':
        this.#add({ kind: 'gap', lost: 1 + size });
        break;
      case 'note':
        this.#add({ kind: 'label', space: this.#numberOf(place), address: at(0, where), length: size, name: 0 });
    }
  }

  #add(item: Item): void {
    this.#items.push(item);
  }

  #numberOf(place: number | undefined): number {
    return place === undefined ? 0 : (this.#numbers[place] ?? 99);
  }

  #declare(place: number): void {
    const declared = this.#catalogue[place];
    if (!declared) return;
    this.#add({ kind: 'space', space: this.#numberOf(place), spaceKind: declared.kind, name: 0, params: declared.params });
  }

  #grow(place: number | undefined, by: number, fails: boolean, lost = 0): void {
    const key = place ?? -1;
    const before = (this.#pages.get(key) ?? 0) + lost;
    const tooLarge = before + by > 4;
    const failed = fails || tooLarge;
    this.#add({ kind: 'grow', space: this.#numberOf(place), by, before: failed ? -1 : before });
    if (!failed) this.#pages.set(key, before + by);
  }

  /** Most accesses are near the start, where they meet, or over the end of a page; odd ones are past the end. */
  #access(kind: 'write' | 'read', place: number | undefined, where: number, length: number, isOdd: boolean): void {
    const end = (this.#pages.get(place ?? -1) ?? 0) * PAGE;
    const page = Math.floor(where / 100) % 4;
    const near = page === 0 ? where % 100 : page * PAGE - (where % 100);
    const address = at(0, Math.max(0, isOdd ? end - (where % 3) * 7 + 5 : Math.min(near, end - length)));
    const space = this.#numberOf(place);
    if (kind === 'read') this.#add({ kind, space, address, length, stack: undefined });
    else {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 31 + where) % 256);
      this.#add({ kind, space, address, bytes, stack: undefined });
    }
  }

  /** Most blocks are after the others, odd ones anywhere. */
  #allocate(place: number, where: number, size: number, odd: number): Range {
    const end = Math.max(8, ...this.#blocks.filter((block) => block.place === place).map((block) => block.address + block.size));
    const address = odd < 45 ? where % 120 : end + (where % 2) * 4;
    // The blocks of a chunk allocator are after its header.
    const base = Math.max(address, Number(this.#catalogue[place]?.params['base'] ?? 0));
    this.#blocks.push({ place, address: base, size });
    return { space: this.#numberOf(place), address: at(0, odd === 44 ? 2 ** 53 - 8 : base), size };
  }

  /** Frees a block, or odd: a part of one, more than one, or one again. */
  #free(place: number, where: number, odd: number): Range {
    const own = this.#blocks.filter((block) => block.place === place);
    const block = own[where % Math.max(1, own.length)];
    const space = this.#numberOf(place);
    if (!block) return { space, address: at(0, where % 60), size: odd % 20 };
    if (odd > 12) this.#blocks = this.#blocks.filter((other) => other !== block);
    const cut = where % 5;
    const way = odd < 50 ? odd % 8 : 0;
    const start = way === 1 || way === 2 ? Math.min(cut, block.size) : 0;
    const longer = way === 3 || way === 4 ? cut * 5 : way === 2 || way === 5 ? -Math.min(cut, block.size) : 0;
    return { space, address: at(0, block.address + start), size: Math.max(0, block.size - start + longer) };
  }

  #begin(where: number, odd: number): void {
    // A number is used again while it is open.
    const message = odd < 8 ? 0 : ++this.#messages;
    const messageKind = odd % 3 === 0 ? 'post-upgrade' : (MESSAGE_KINDS[where % MESSAGE_KINDS.length] ?? 'update');
    this.#add({ kind: 'begin', message, messageKind, name: 0, time: undefined, instructions: undefined });
    this.#open.push({ message, pages: new Map(this.#pages), blocks: this.#blocks });
  }

  /** Ends the innermost message, or odd: one around it, or one that is unknown. */
  #end(where: number, odd: number): void {
    const place = odd < 20 ? where % Math.max(1, this.#open.length) : this.#open.length - 1;
    const ended = this.#open[place];
    const message = odd < 4 || !ended ? 1000 + odd : ended.message;
    const outcome = OUTCOMES[(odd < 70 ? 1 + (where % 2) : where) % OUTCOMES.length] ?? 'replied';
    if (!ended && odd > 20) return;
    this.#add({ kind: 'end', message, outcome, time: undefined, instructions: undefined, text: undefined });
    if (!ended || message >= 1000) return;
    this.#open = this.#open.slice(0, place);
    if (outcome === 'replied' || outcome === 'rejected') return;
    this.#pages = new Map(ended.pages);
    this.#blocks = ended.blocks;
  }

  /** Starts another recording, with other numbers for the same spaces; it can lack one. */
  #header(where: number, odd: number): void {
    this.#add({ kind: 'header' });
    if (odd < 70) {
      const by = 1 + (where % 5);
      this.#numbers = this.#numbers.map((_, place) => 1 + ((place + by) % (this.#numbers.length + 1)));
    }
    if (odd < 90) this.#open = [];
    for (const place of this.#catalogue.keys()) if (odd >= 50 || place !== where % this.#catalogue.length) this.#declare(place);
  }
}

type Range = Pick<Extract<TraceEvent, { readonly kind: 'allocate' }>, 'space' | 'address' | 'size'>;
