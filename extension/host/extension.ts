import * as vscode from 'vscode';
import type { TreeRow, ViewName } from '../../engine/views/protocol.ts';
import { registerDebugger } from './debugger/registration.ts';
import { EngineClient } from './engine-client.ts';
import { registerHelp } from './help.ts';
import { registerLanguage } from './language/registration.ts';
import { applySettings, workerSettings } from './settings.ts';
import { ActiveMemory } from './snapshots/active-memory.ts';
import type { MemoryRow, MemoryTree } from './snapshots/memory-tree.ts';
import { registerSnapshots } from './snapshots/registration.ts';
import { registerTraces } from './traces/registration.ts';

/** What the tests inside the extension host look at, which VS Code shows to no extension otherwise. No contract with anyone else. */
export interface Inside {
  /** Milliseconds. */
  readonly activationTook: number;
  engineRuns(): boolean;
  activeTitle(): string | undefined;
  /** The rows beneath those of these labels, one below the other; without any, the view's first level. */
  rows(view: ViewName, ...labels: readonly string[]): Promise<readonly TreeRow[]>;
  /** The user selects bytes of this part where the active memory is drawn. Answers the label of the row that is selected then. */
  selectPart(part: string): Promise<string | undefined>;
  /** The first row with an element below the first structure. */
  firstElement(): Promise<MemoryRow | undefined>;
  newTraceText(): Promise<string>;
}

/** Wires the parts. Nothing is opened, read or computed here: the engine starts with the first question to it. */
export function activate(context: vscode.ExtensionContext): Inside {
  const start = performance.now();
  const worker = vscode.Uri.joinPath(context.extensionUri, 'dist', 'worker.cjs').fsPath;
  const engine = new EngineClient(worker, workerSettings);
  const active = new ActiveMemory();
  context.subscriptions.push(engine, active);
  const trees = registerSnapshots(context, engine, active);
  registerTraces(context, engine);
  registerDebugger(context, engine, active);
  registerLanguage(context, engine);
  registerHelp(context);
  applySettings(context, engine, active);
  return {
    activationTook: performance.now() - start,
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
