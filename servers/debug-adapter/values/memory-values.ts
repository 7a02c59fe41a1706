import { formatCounted } from '../../../engine/core/format.ts';
import { PAGE_SIZE } from '../../../engine/core/memory/memory.ts';
import { bucketOrder, formatBuckets, formatPages } from '../../../engine/rust/memory-manager/order.ts';
import { isAllocator, type SpaceState, spaceIn } from '../../../engine/trace/state/allocation-state.ts';
import type { Timeline } from '../../../engine/trace/timeline.ts';
import { referenceOf } from '../memory-reference.ts';
import { AllocatorView } from './allocator-view.ts';
import { countValue, type Field, type Item, itemsOf, sizeText, sizeValue, textValue, type Value } from './value.ts';

/** Returns all spaces of the trace: the physical memory, virtual memories, regions and allocators. */
export function spacesValue(timeline: Timeline): Value {
  const physical = timeline.memory && spaceIn(timeline.stateAt().allocation, 0);
  const states = [...(physical ? [physical] : []), ...timeline.spaces];
  return {
    text: formatCounted(states.length, 'space'),
    plain: states.length,
    items: itemsOf(states.map((state) => spaceItem(timeline, state))),
  };
}

export function spaceItem(timeline: Timeline, state: SpaceState): Item {
  if (isAllocator(state)) return allocatorItem(timeline, state);
  const memory = state.space === 0 ? timeline.memory : timeline.memoryOf(state.space);
  const pages = memory?.pages ?? state.pages;
  const fields = (): readonly Field[] => [
    { name: 'kind', value: textValue(state.kind) },
    ...(pages === undefined
      ? []
      : [
          { name: 'pages', value: countValue(pages) },
          { name: 'size', value: sizeValue(pages * PAGE_SIZE) },
        ]),
    ...buckets(timeline, state),
  ];
  const text = pages === undefined ? 'size unknown' : `${formatCounted(pages, 'page')}, ${sizeText(pages * PAGE_SIZE)}`;
  return { label: state.name, value: { text, plain: pages, fields, memoryReference: memory && referenceOf(state) } };
}

/** Returns one of several allocators: its figures, then its free list and its blocks. */
function allocatorItem(timeline: Timeline, state: SpaceState): Item {
  const view = new AllocatorView(timeline, state);
  const memoryReference = timeline.memoryOf(state.space) && referenceOf(state);
  const { count, bytes } = state.blocks;
  return {
    label: state.name,
    value: {
      text: `${formatCounted(count, 'live block')}, ${sizeText(bytes)}`,
      plain: bytes,
      memoryReference,
      fields: () => [
        ...(view.figures().fields?.() ?? []),
        { name: 'freeList', label: 'free list', value: view.free() },
        { name: 'blocks', label: 'allocated blocks', value: view.live() },
      ],
    },
  };
}

/** Returns the buckets of a virtual memory, in its order. */
function buckets(timeline: Timeline, { kind, params }: SpaceState): readonly Field[] {
  const { manager } = timeline.stateAt().memoryState;
  if (!manager) return [];
  if (kind === 'physical') {
    return [
      { name: 'buckets', value: countValue(manager.allocatedBuckets) },
      { name: 'bucketPages', label: 'pages per bucket', value: countValue(manager.bucketPages) },
    ];
  }
  const owned = kind === 'virtual-memory' ? manager.buckets[Number(params['memory'])] : undefined;
  if (!owned) return [];
  const own: Field = {
    name: 'buckets',
    value: { text: owned.length === 0 ? 'none' : formatBuckets(owned), plain: owned.length },
  };
  const id = Number(params['memory']);
  const order = bucketOrder(id, owned, manager.sizes[id] ?? 0, manager.bucketPages);
  if (!order) return [own];
  const text = `${formatBuckets(order.reloaded)}: different bytes in ${formatPages(order.permuted)}`;
  return [own, { name: 'reloaded', label: 'buckets after a load', value: textValue(text) }];
}
