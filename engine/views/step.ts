import type { Budget } from '../core/budget.ts';
import { formatAddress, formatBytes, formatCount, formatCounted } from '../core/format.ts';
import { markdownText } from '../core/markdown.ts';
import { byteLength } from '../core/memory/memory.ts';
import type { CostTerms } from '../snapshot/cost.ts';
import { openSnapshot } from '../snapshot/open-snapshot.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { type FreeBlock, isAllocator, type SpaceState } from '../trace/state/allocation-state.ts';
import type { LiveBlock } from '../trace/state/block-tree.ts';
import type { Timeline } from '../trace/timeline.ts';
import { fixed, type List, listRows, row, rowsOf } from './list.ts';
import { changedBy, writtenBy } from './map/step-writes.ts';
import type { Summary, TreeRow, ViewName } from './protocol.ts';
import { stepConclusion } from './step-sentence.ts';
import { summaryOf } from './summary.ts';
import { treeRows } from './tree/tree.ts';

/** A step of a trace, as the views show it. */
export interface StepView {
  readonly title: string;
  readonly timeline: Timeline;
  /** Image of the memory at this step; undefined where the trace has none. */
  readonly snapshot: Snapshot | undefined;
}

/** Opens the memory's image at the timeline's present step. Returns undefined where the trace has none. */
export function snapshotOf(title: string, timeline: Timeline, settings?: CostTerms): Snapshot | undefined {
  const { image: memory, manager } = timeline.stateAt().memoryState;
  if (memory === undefined) return undefined;
  const bytes = byteLength(memory);
  return openSnapshot({ title, memory, bytes, missing: [], remarks: [], liveBuckets: manager?.buckets, costs: { settings } });
}

/** Prefix of the ids of rows that come from the trace; all others come from the image. */
const PREFIX = 'trace-';

export function stepSummary(step: StepView): Summary {
  const when = `step ${formatCount(step.timeline.position)} of ${formatCount(step.timeline.steps)}`;
  if (step.snapshot !== undefined) {
    const summary = summaryOf(step.snapshot);
    const changed = changedBy(step.timeline, step.snapshot);
    const written = writtenBy(step.timeline, step.snapshot) ?? changed[0];
    return {
      ...summary,
      title: step.title,
      subtitle: `${when} · ${summary.subtitle}`,
      conclusion: stepConclusion(step.timeline, step.snapshot, written) ?? summary.conclusion,
      written,
      changed,
      step: step.timeline.position,
    };
  }
  const allocators = allocatorsOf(step).map((state) => `${state.name}, ${formatBytes(state.size)}`);
  return {
    title: step.title,
    subtitle: [when, ...allocators].join(' · '),
    layout: 'trace',
    bytes: 0,
    hasImage: false,
    missing: undefined,
    remarks: [],
    conclusion: stepConclusion(step.timeline, undefined, undefined),
    written: undefined,
  };
}

export function stepRows(step: StepView, view: ViewName, parent: string | undefined, budget: Budget): readonly TreeRow[] {
  if (parent === undefined) {
    const ofImage = step.snapshot === undefined ? [] : treeRows(step.snapshot, view, undefined, budget);
    return [...ofImage, ...rootsOf(step, view)];
  }
  if (parent.startsWith(PREFIX)) return listRows(parent, (name) => listOf(step, name));
  return step.snapshot === undefined ? [] : treeRows(step.snapshot, view, parent, budget);
}

function allocatorsOf(step: StepView): readonly SpaceState[] {
  return step.timeline.spaces.filter(isAllocator);
}

function rootsOf(step: StepView, view: ViewName): readonly TreeRow[] {
  const allocators = allocatorsOf(step);
  switch (view) {
    case 'memories':
      return [...(step.snapshot === undefined ? memoryRows(step) : []), ...allocators.map(allocatorRow)];
    case 'buckets':
      return [];
    case 'freeLists':
      return allocators.map((state) => {
        const { count, bytes } = step.timeline.freeList(state.space)?.figures ?? { count: 0, bytes: 0 };
        return row({
          id: `${PREFIX}free:${state.identity}`,
          label: state.name,
          description: `${count === 0 ? 'none' : `${formatCounted(count, 'free block')} · ${formatBytes(bytes)}`} · from the trace`,
          tooltip: `The gaps between the live blocks below ${formatAddress(state.size)}.`,
          icon: 'free',
          expandable: count > 0,
        });
      });
    case 'elements':
      return allocators.map((state) =>
        row({
          id: `${PREFIX}live:${state.identity}`,
          label: state.name,
          description: `${formatCounted(state.blocks.count, 'live block')} · ${formatBytes(state.blocks.bytes)}`,
          icon: 'structure',
          expandable: state.blocks.count > 0,
        }),
      );
  }
}

/** Returns rows for the memories of a trace without an image. */
function memoryRows(step: StepView): readonly TreeRow[] {
  return step.timeline.spaces
    .filter(({ kind, pages }) => (kind === 'virtual-memory' || kind === 'region') && pages !== undefined)
    .map((state) =>
      row({
        id: `${PREFIX}memory:${state.identity}`,
        label: state.name,
        description: formatCounted(state.pages ?? 0, 'page'),
        icon: state.kind === 'region' ? 'region' : 'memory',
      }),
    );
}

function allocatorRow(state: SpaceState): TreeRow {
  return row({
    id: `${PREFIX}space:${state.identity}`,
    label: state.name,
    description: `${formatBytes(state.size)} · ${formatCounted(state.blocks.count, 'live block')}`,
    tooltip: `**${markdownText(state.name)}**: ${formatCount(state.size)} bytes ever allocated, ${formatCount(state.blocks.bytes)} of them in use.`,
    icon: 'region',
    expandable: true,
  });
}

function freeBlocks(step: StepView, state: SpaceState): readonly FreeBlock[] {
  return [...(step.timeline.freeList(state.space)?.blocks ?? [])];
}

function* first<Item>(count: number, items: Iterable<Item>): Generator<Item> {
  let left = count;
  for (const item of items) {
    if (left-- <= 0) return;
    yield item;
  }
}

function liveRow({ address, size, step }: LiveBlock): TreeRow {
  return blockRow(`liveBlock:${address}:${step}`, address, size, 'element', `allocated by step ${formatCount(step)}`);
}

function listOf(step: StepView, name: string): List | undefined {
  const colon = name.indexOf(':');
  const state = step.timeline.spaces.find(({ identity }) => identity === name.slice(colon + 1));
  if (state === undefined) return undefined;
  switch (name.slice(PREFIX.length, colon)) {
    case 'free':
      return rowsOf(freeBlocks(step, state), 'free blocks', ({ address, size }) =>
        blockRow(`freeBlock:${state.identity}:${address}`, address, size, 'free', ''),
      );
    case 'live':
      return {
        count: state.blocks.count,
        nouns: 'live blocks',
        rows: ({ from, to }) => [...first(to - from, state.blocks.fromIndex(from))].map(liveRow),
      };
    case 'space':
      return fixed(
        [
          ['policy', String(state.params['policy'] ?? 'not named')],
          ['ever allocated', `${formatBytes(state.size)} (${formatCount(state.size)})`],
          ['in use', `${formatBytes(state.blocks.bytes)} (${formatCount(state.blocks.bytes)})`],
          ['live blocks', formatCount(state.blocks.count)],
        ].map(([label = '', description = '']) => row({ id: `${name}:${label}`, label, description, icon: 'field' })),
      );
    default:
      return undefined;
  }
}

function blockRow(id: string, address: number, size: number, icon: TreeRow['icon'], more: string): TreeRow {
  return row({
    id,
    label: formatAddress(address),
    description: more === '' ? formatBytes(size) : `${formatBytes(size)} · ${more}`,
    tooltip: `${formatCount(size)} bytes, ${formatAddress(address)} to ${formatAddress(address + size)}`,
    icon,
    address: formatAddress(address),
  });
}
