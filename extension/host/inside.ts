import type { TreeRow, ViewName } from '../../engine/views/protocol.ts';
import type { EngineClient } from './engine-client.ts';
import type { ActiveMemory } from './snapshots/active-memory.ts';
import type { MemoryRow, MemoryTree } from './snapshots/memory-tree.ts';

/** What the tests inside the extension host look at, which VS Code shows to no extension otherwise. No contract with anyone else. */
export interface Inside {
  /** Milliseconds that activation took. */
  readonly activationTook: number;
  engineRuns(): boolean;
  activeTitle(): string | undefined;
  /** The rows beneath those of these labels, one below the other; without any, the view's first level. */
  rows(view: ViewName, ...labels: readonly string[]): Promise<readonly TreeRow[]>;
  /** Selects bytes of this part where the active memory is drawn, as the user does, and returns the label of the row that is selected then. */
  selectPart(part: string): Promise<string | undefined>;
  /** The first row with an element below the first structure. */
  firstElement(): Promise<MemoryRow | undefined>;
  newTraceText(): Promise<string>;
}

/** Gives the tests inside the extension host a view of what VS Code shows to no extension. */
export function lookInside(
  engine: EngineClient,
  active: ActiveMemory,
  trees: Readonly<Record<ViewName, MemoryTree>>,
  activationTook: number,
): Inside {
  return {
    activationTook,
    engineRuns: () => engine.running,
    activeTitle: () => active.current?.title,
    rows: (view, ...labels) => rowsBeneath(trees[view], labels),
    selectPart: async (part) => {
      await trees.memories.reveal(part);
      return trees.memories.selected?.row.label;
    },
    firstElement: () => firstElement(trees.elements),
    newTraceText: () => engine.call('trace/template', {}),
  };
}

async function rowsBeneath(tree: MemoryTree, labels: readonly string[]): Promise<readonly TreeRow[]> {
  let rows = await tree.getChildren();
  for (const label of labels) {
    const parent = rows.find(({ row }) => row.label === label);
    rows = parent ? await tree.getChildren(parent) : [];
  }
  return rows.map(({ row }) => row);
}

async function firstElement(tree: MemoryTree): Promise<MemoryRow | undefined> {
  let rows = await tree.getChildren();
  while (rows.length > 0) {
    const element = rows.find(({ row }) => row.element);
    if (element) return element;
    const inner = rows.find(({ row }) => row.expandable);
    rows = inner ? await tree.getChildren(inner) : [];
  }
  return undefined;
}
