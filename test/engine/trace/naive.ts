import { fc } from '@fast-check/vitest';
import { BytesMemory } from '../../../engine/core/memory/bytes-memory.ts';
import { at, byteLength, PAGE_SIZE, readBytes } from '../../../engine/core/memory/memory.ts';
import { MemoryManager } from '../../../engine/rust/memory-manager/operate.ts';
import { isStep, type TraceEvent } from '../../../engine/trace/events.ts';

export type Level = 'physical' | 'virtual' | 'region';

const choice = fc.record({
  what: fc.constantFrom('grow', 'write', 'write', 'write', 'read', 'allocate', 'allocate', 'deallocate', 'begin', 'end', 'note'),
  where: fc.nat(),
  size: fc.integer({ min: 1, max: 1500 }),
  outcome: fc.constantFrom('replied', 'trapped', 'rolled-back', 'rejected', 'trapped'),
  second: fc.boolean(),
});
type Choice = typeof choice extends fc.Arbitrary<infer T> ? T : never;

const OUTCOMES = { replied: 'replied', trapped: 'trapped', 'rolled-back': 'rolled-back', rejected: 'rejected' } as const;

/** Traces that a program could have recorded: grows, writes and allocations, within messages and outside. */
export function randomTrace(level: Level): fc.Arbitrary<readonly TraceEvent[]> {
  return fc.array(choice, { maxLength: 60 }).map((choices) => eventsOf(level, choices));
}

function eventsOf(level: Level, choices: readonly Choice[]): readonly TraceEvent[] {
  const events: TraceEvent[] = [];
  const numbers = level === 'physical' ? [0] : [2, 3];
  events.push({ kind: 'space', space: 1, spaceKind: 'memory-region', name: 0, params: { region: 16 } });
  for (const number of numbers) {
    if (level === 'virtual') {
      events.push({
        kind: 'space',
        space: number,
        spaceKind: 'virtual-memory',
        name: 0,
        params: { memory: number, bucketPages: 1 },
      });
    } else if (level === 'region') {
      events.push({ kind: 'space', space: number, spaceKind: 'region', name: 0, params: { region: number + 20 } });
    }
  }
  let pages = new Map(numbers.map((number) => [number, 0]));
  if (level === 'physical') {
    events.push({ kind: 'grow', space: 0, by: 1, before: 0 });
    pages.set(0, 1);
  }
  const open: { message: number; pages: Map<number, number> }[] = [];
  const live: { address: number; size: number }[] = [];
  choices.forEach(({ what, where, size, outcome, second }, index) => {
    const number = numbers[second ? numbers.length - 1 : 0] ?? 0;
    const before = pages.get(number) ?? 0;
    switch (what) {
      case 'grow':
        if (before >= 3) break;
        events.push({ kind: 'grow', space: number, by: 1, before });
        pages.set(number, before + 1);
        break;
      case 'write':
      case 'read': {
        if (before === 0) break;
        const length = Math.min(size, before * PAGE_SIZE);
        const address = at(0, where % (before * PAGE_SIZE - length + 1));
        const bytes = Uint8Array.from({ length }, (_, position) => (position * 31 + where) % 256);
        if (what === 'write') events.push({ kind: 'write', space: number, address, bytes, stack: undefined });
        else events.push({ kind: 'read', space: number, address, length, stack: undefined });
        break;
      }
      case 'allocate': {
        const address = at(0, where % 5000);
        events.push({ kind: 'allocate', space: 1, address, size, requested: undefined, stack: undefined });
        live.push({ address, size });
        break;
      }
      case 'deallocate': {
        const [block] = live.splice(where % Math.max(1, live.length), 1);
        if (block)
          events.push({ kind: 'deallocate', space: 1, address: at(0, block.address), size: block.size, stack: undefined });
        break;
      }
      case 'begin':
        events.push({ kind: 'begin', message: index, messageKind: 'update', name: 0, time: undefined, instructions: undefined });
        open.push({ message: index, pages: new Map(pages) });
        break;
      case 'end': {
        const ended = open.pop();
        if (!ended) break;
        const last = OUTCOMES[outcome];
        events.push({
          kind: 'end',
          message: ended.message,
          outcome: last,
          time: undefined,
          instructions: undefined,
          text: undefined,
        });
        if (last === 'trapped' || last === 'rolled-back') pages = ended.pages;
        break;
      }
      case 'note':
        events.push({ kind: 'note', text: `note ${index}` });
    }
  });
  return events;
}

export interface NaiveState {
  readonly image: Uint8Array | undefined;
  readonly memories: ReadonlyMap<number, Uint8Array>;
  /** Address, size and step of every live block. */
  readonly blocks: readonly (readonly number[])[];
}

/** Replays a trace naively, by copying everything at every event. */
export function naiveStates(events: readonly TraceEvent[], level: Level): readonly NaiveState[] {
  let memories = new Map<number, BytesMemory>();
  let image = new BytesMemory();
  let blocks: { address: number; size: number; step: number }[] = [];
  let saved: { message: number; state: NaiveState }[] = [];
  const state = (): NaiveState => ({
    image: level === 'region' ? undefined : bytesOf(image),
    memories: new Map([...memories].map(([number, memory]) => [number, bytesOf(memory)])),
    blocks: blocks
      .toSorted((left, right) => left.address - right.address || left.step - right.step)
      .map(({ address, size, step }) => [address, size, step]),
  });
  const memoryOf = (number: number) => {
    if (level === 'physical') return image;
    if (level === 'virtual') return MemoryManager.init(image, 1).get(number);
    const memory = memories.get(number) ?? new BytesMemory();
    memories.set(number, memory);
    return memory;
  };
  const states: NaiveState[] = [state()];
  let step = 0;
  for (const event of events) {
    if (isStep(event)) step++;
    if (event.kind === 'grow') memoryOf(event.space).grow(event.by);
    if (event.kind === 'write') memoryOf(event.space).write(event.address, event.bytes);
    if (event.kind === 'allocate') blocks.push({ address: event.address, size: event.size, step });
    if (event.kind === 'deallocate') blocks = deallocate(blocks, event.address, event.size);
    if (event.kind === 'begin') saved.push({ message: event.message, state: state() });
    if (event.kind === 'end') {
      const begun = saved.find(({ message }) => message === event.message);
      saved = saved.filter((other) => other !== begun);
      if (begun && isStep(event)) {
        image = BytesMemory.of(begun.state.image ?? new Uint8Array());
        memories = new Map([...begun.state.memories].map(([number, bytes]) => [number, BytesMemory.of(bytes)]));
        blocks = begun.state.blocks.map(([address = 0, size = 0, born = 0]) => ({ address, size, step: born }));
      }
    }
    if (isStep(event)) states.push(state());
    else states[states.length - 1] = state();
  }
  return states;
}

/** Removes the latest block with this address and size. If there is none, cuts the range out of all other blocks. */
function deallocate<T extends { address: number; size: number; step: number }>(
  blocks: readonly T[],
  address: number,
  size: number,
): T[] {
  const same = blocks
    .filter((block) => block.address === address && block.size === size)
    .sort((left, right) => right.step - left.step)[0];
  if (same) return blocks.filter((block) => block !== same);
  const end = address + size;
  return blocks.flatMap((block) => {
    const last = block.address + block.size;
    if (last <= address || block.address >= end) return [block];
    const rest: T[] = [];
    if (block.address < address) rest.push({ ...block, size: address - block.address });
    if (last > end) rest.push({ ...block, address: end, size: last - end });
    return rest;
  });
}

function bytesOf(memory: BytesMemory): Uint8Array {
  return readBytes(memory, at(0, 0), byteLength(memory));
}
