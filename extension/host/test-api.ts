import type * as vscode from 'vscode';
import type { TreeRow, ViewName } from '../../engine/views/protocol.ts';
import type { EngineClient } from './engine-client.ts';
import type { FoundView } from './found/found-view.ts';
import type { ModulesOfScripts } from './recorder/modules.ts';
import type { ActiveMemory, ShownMemory } from './snapshots/active-memory.ts';
import type { MemoryRow, MemoryTree } from './snapshots/memory-tree.ts';

/** Internals for the tests in the extension host, which VS Code's API does not expose. Not an API for anyone else. */
export interface TestApi {
  /** Processor time of the activation in milliseconds. */
  readonly activationTook: number;
  engineRuns(): boolean;
  activeTitle(): string | undefined;
  /** Returns the children of the row at the path of `labels`, or the first level without labels. */
  rows(view: ViewName, ...labels: readonly string[]): Promise<readonly TreeRow[]>;
  /** Searches the active memory for a text, and returns when it is done. */
  find(text: string): Promise<void>;
  /** Looks a key up in a map of the active memory. */
  findKey(part: string, key: string): Promise<void>;
  /** Returns the rows of what was found, beneath the row at the path of `labels`. */
  foundRows(...labels: readonly string[]): readonly TreeRow[];
  /** Acts as if the user selected bytes of `part` in the editor. Returns the label of the row that is then selected. */
  selectPart(part: string): Promise<string | undefined>;
  /** Returns the row of a part at the first level of a view. */
  rowOf(view: ViewName, part: string): Promise<MemoryRow | undefined>;
  /** Acts as if the user selected a byte in the editor. Returns the label of the element that is then selected. */
  selectByte(offset: number): Promise<string | undefined>;
  /** Returns the first row of an element. */
  firstElement(): Promise<MemoryRow | undefined>;
  newTraceText(): Promise<string>;
  newScriptText(wasm: string): Promise<string>;
  /** Acts as if the user chose a module for a script. */
  useModule(script: vscode.Uri, module: vscode.Uri): Promise<void>;
}

/** Returns the API for the tests in the extension host. */
export function testApi(
  engine: EngineClient,
  active: ActiveMemory,
  trees: Readonly<Record<ViewName, MemoryTree>>,
  found: FoundView,
  modules: ModulesOfScripts,
  activationTook: number,
): TestApi {
  return {
    activationTook,
    engineRuns: () => engine.running,
    activeTitle: () => active.current?.title,
    rows: (view, ...labels) => rowsBelow(trees[view], labels),
    find: (text) => found.search(currentOf(active), text, 'text', 'text'),
    findKey: async (part, key) => {
      const shown = currentOf(active);
      const result = await engine.call('memory/find-key', { memory: shown.memory, part, key });
      if (typeof result === 'string') throw new Error(result);
      await found.showLookup(shown, part, key, result);
    },
    foundRows: (...labels) => found.rowsBelow(...labels),
    selectPart: async (part) => {
      await trees.memories.reveal(part);
      return trees.memories.selected?.row.label;
    },
    rowOf: async (view, part) => (await trees[view].getChildren()).find(({ row }) => row.part === part),
    selectByte: async (offset) => {
      await trees.elements.revealElementAt(offset);
      return trees.elements.selected?.row.label;
    },
    firstElement: () => firstElement(trees.elements),
    newTraceText: () => engine.call('trace/template', {}),
    newScriptText: (wasm) => engine.call('record/script', { wasm }),
    useModule: (script, module) => modules.set(script, module),
  };
}

async function rowsBelow(tree: MemoryTree, labels: readonly string[]): Promise<readonly TreeRow[]> {
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

function currentOf({ current }: ActiveMemory): ShownMemory {
  if (current === undefined) throw new Error('No memory is open.');
  return current;
}
