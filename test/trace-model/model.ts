/**
 * What a trace means, written from its specification (docs/trace-format.md) and in the plainest way: it copies everything at every
 * event. It shares no code with the engine's replay.
 */
import type { TraceEvent } from '../../engine/trace/events.ts';
import { type Allocator, allocated, cleared, deallocated, NO_BLOCKS } from './blocks.ts';
import { type Bytes, grown, PAGE, written } from './bytes.ts';
import { faultsOf } from './faults.ts';
import type { Item } from './items.ts';
import { bytesIn, freeIn, growIn, newManager, reloaded, writeIn } from './manager.ts';
import { chainOf, type Message, type ModelMessages, messagesIn } from './messages.ts';
import { isStepOf, PHYSICAL, type Recorded, recordedBy, type Space, spaceOf } from './spaces.ts';
import type { World } from './world.ts';

/** The state after a step, including the events up to the next one. */
export interface ModelState extends World {
  /** The spaces of the latest header, by number. Declarations are not undone. */
  readonly spaces: ReadonlyMap<number, Space>;
  /** The latest declaration of each space so far, by identity. */
  readonly latest: ReadonlyMap<string, Space>;
  /** Codes of the faults of the step, in alphabetical order. */
  readonly faults: readonly string[];
  /** Number of the last event. */
  readonly event: number;
}

export interface Model {
  /** By step. */
  readonly states: readonly ModelState[];
  readonly events: readonly TraceEvent[];
  /** The event of each step. Nothing for step 0. */
  readonly eventOf: readonly (number | undefined)[];
  readonly messages: ModelMessages;
  /** The identity that each event's space refers to. */
  readonly identities: readonly (string | undefined)[];
  readonly recorded: Recorded;
}

export function modelOf(items: readonly Item[]): Model {
  const messages = messagesIn(items);
  const recorded = recordedBy(items);
  const begun = new Map<Message, World>();
  const events: TraceEvent[] = [];
  const identities: (string | undefined)[] = [];
  const eventOf: (number | undefined)[] = [undefined];
  const first = new Map([[0, PHYSICAL]]);
  let spaces: ReadonlyMap<number, Space> = first;
  let latest: ReadonlyMap<string, Space> = new Map([[PHYSICAL.identity, PHYSICAL]]);
  let world: World = {
    pages: new Map([[PHYSICAL.identity, 0]]),
    memories: new Map(),
    manager: undefined,
    allocators: new Map(),
    known: true,
  };
  const states: ModelState[] = [{ ...world, spaces, latest, faults: [], event: -1 }];
  let headers = 0;
  for (const item of items) {
    // A header takes effect together with the event after it.
    if (item.kind === 'header') {
      headers++;
      continue;
    }
    if (headers > 0) spaces = first;
    headers = 0;
    const index = events.push(item) - 1;
    if (item.kind === 'space') {
      const declared = spaceOf(item.space, item.spaceKind, item.params);
      spaces = new Map([...spaces, [item.space, declared]]);
      latest = including(latest, declared.identity, declared);
      if (!world.pages.has(declared.identity)) world = { ...world, pages: withFirstPages(world, declared) };
    }
    const space = 'space' in item ? spaces.get(item.space) : undefined;
    identities.push(space?.identity);
    const before = world;
    const message = messages.of[index];
    const ended = messages.ended.get(index);
    if (item.kind === 'begin' && message) begun.set(message, world);
    if (item.kind === 'gap') world = { ...world, known: false };
    // After an upgrade the library loads the manager from its bytes.
    else if (item.kind === 'begin' && item.messageKind === 'post-upgrade') world = withReloadedManager(world);
    else if (ended?.undoneBy === index) world = undone(world, begun.get(ended) ?? world);
    else if (space) world = applied(world, item, space, states.length, recorded);
    if (isStepOf(item)) {
      const isLasting = chainOf(message).every(({ undoneBy }) => undoneBy === undefined);
      const faults = [...faultsOf(before, item, space), ...orderFaults(before, world, recorded, isLasting)];
      states.push({ ...world, spaces, latest, faults: [...new Set(faults)].sort(), event: index });
      eventOf.push(index);
    } else {
      const last = states.pop();
      if (last) states.push({ ...last, ...world, spaces, latest, event: index });
    }
  }
  return { states, events, eventOf, messages, identities, recorded };
}

/** Returns the bytes at a space's addresses, undefined if the trace does not record them. */
export function bytesOf(world: World, space: Space, recorded: Recorded): Bytes | undefined {
  if (space.kind === 'physical') {
    if (recorded.kind === 'separate') return undefined;
    if (recorded.kind === 'composed') return world.manager?.image ?? new Uint8Array();
    return world.memories.get(space.content) ?? new Uint8Array();
  }
  if (recorded.kind === 'physical') return undefined;
  if (isManaged(space, recorded)) return world.manager ? bytesIn(world.manager, space.memory) : new Uint8Array();
  return world.memories.get(space.content) ?? new Uint8Array();
}

function isManaged(space: Space, recorded: Recorded): space is Space & { readonly memory: number } {
  return recorded.kind === 'composed' && space.kind === 'virtual-memory' && space.memory !== undefined;
}

/** A memory that is new to the trace has no pages; after a gap, it could have any number. An allocator has none. */
function withFirstPages(world: World, space: Space): World['pages'] {
  return including(world.pages, space.identity, isMemory(space) && world.known ? 0 : undefined);
}

/** Restores the state before a message. Memories and allocators that it declared are empty. */
function undone(after: World, before: World): World {
  const pages = new Map(before.pages);
  for (const [identity, count] of after.pages) if (!pages.has(identity)) pages.set(identity, count === undefined ? undefined : 0);
  return { ...before, pages };
}

function withReloadedManager(world: World): World {
  return { ...world, manager: world.manager && reloaded(world.manager) };
}

function applied(world: World, event: TraceEvent, space: Space, step: number, recorded: Recorded): World {
  const allocator = world.allocators.get(space.identity) ?? NO_BLOCKS;
  const withBlocks = (after: Allocator): World => {
    return { ...world, allocators: new Map([...world.allocators, [space.identity, after]]) };
  };
  switch (event.kind) {
    case 'grow':
      return event.before < 0 ? world : grownTo(world, space, event.before + event.by, recorded);
    case 'write':
      return withWrite(world, space, event.address, Uint8Array.from(event.bytes), recorded);
    case 'allocate':
      return withBlocks(allocated(allocator, { address: event.address, size: event.size, step }));
    case 'deallocate':
      return withBlocks(deallocated(allocator, event, world.known));
    case 'reallocate': {
      const rest = deallocated(allocator, { address: event.oldAddress, size: event.oldSize }, world.known);
      return withBlocks(allocated(rest, { address: event.address, size: event.size, step }));
    }
    case 'free':
      if (isMemory(space)) return freed(world, space, recorded);
      return space.kind === 'physical' ? world : withBlocks(cleared(allocator, event.keep ?? 0, step, world.known));
    default:
      return world;
  }
}

/** Grows a memory to as many pages as the event says that it had then; it has lost events if it had fewer before. */
function grownTo(world: World, space: Space, pages: number, recorded: Recorded): World {
  const grownWorld = {
    ...world,
    pages: including(world.pages, space.identity, Math.max(world.pages.get(space.identity) ?? 0, pages)),
  };
  if (isManaged(space, recorded) && recorded.kind === 'composed') {
    // Only growth creates a manager.
    if (!world.manager && pages === 0) return grownWorld;
    const manager = world.manager ?? newManager(recorded.bucketPages);
    const missing = Math.max(0, pages - (manager.pages.get(space.memory) ?? 0));
    return { ...grownWorld, manager: growIn(manager, space.memory, missing, recorded.reuse) };
  }
  if (!holdsBytes(space, recorded)) return grownWorld;
  const bytes = world.memories.get(space.content) ?? new Uint8Array();
  return {
    ...grownWorld,
    memories: including(world.memories, space.content, grown(bytes, Math.max(bytes.length / PAGE, pages))),
  };
}

/** Writes bytes, if all are within the memory. A space whose growth is not recorded is as large as its writes need. */
function withWrite(world: World, space: Space, address: number, data: Bytes, recorded: Recorded): World {
  const end = address + data.length;
  const bytes = bytesOf(world, space, recorded);
  if (!bytes || !holdsBytes(space, recorded)) return world;
  const grows = space.kind !== 'physical' && !isMemory(space) && end < 2 ** 30;
  const room = grows ? grown(bytes, Math.max(bytes.length, Math.ceil(end / PAGE) * PAGE) / PAGE) : bytes;
  if (end > room.length) return world;
  if (isManaged(space, recorded)) {
    return { ...world, manager: world.manager && writeIn(world.manager, space.memory, address, data) };
  }
  return { ...world, memories: including(world.memories, space.content, written(room, address, data)) };
}

/** Frees a memory as a whole. The physical memory cannot be freed. */
function freed(world: World, space: Space, recorded: Recorded): World {
  const { pages } = world;
  const after = { ...world, pages: pages.get(space.identity) === undefined ? pages : including(pages, space.identity, 0) };
  if (isManaged(space, recorded) && recorded.kind === 'composed') {
    return { ...after, manager: world.manager && freeIn(world.manager, space.memory) };
  }
  return { ...after, memories: including(world.memories, space.content, new Uint8Array()) };
}

function isMemory({ kind }: Space): boolean {
  return kind === 'virtual-memory' || kind === 'region';
}

/** Returns true if the trace records the bytes of the space in this space. */
function holdsBytes(space: Space, recorded: Recorded): boolean {
  return (recorded.kind === 'physical') === (space.kind === 'physical');
}

/**
 * A step is at fault if after it a load would permute a memory's pages, and before it would not have. Steps that are undone do no harm.
 * Only the release that reuses any freed bucket has this defect.
 */
function orderFaults(before: World, after: World, recorded: Recorded, isLasting: boolean): readonly string[] {
  if (recorded.kind !== 'composed' || recorded.reuse !== 'lowest-first' || !isLasting) return [];
  const permuted = [...(after.manager?.buckets ?? [])].filter(([memory, buckets]) => {
    return !isAscending(buckets) && isAscending(before.manager?.buckets.get(memory) ?? []);
  });
  return permuted.length > 0 ? ['trace.bucket-order'] : [];
}

function isAscending(buckets: readonly number[]): boolean {
  return buckets.every((bucket, index) => index === 0 || bucket > (buckets[index - 1] ?? 0));
}

function including<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map([...map, [key, value]]);
}
