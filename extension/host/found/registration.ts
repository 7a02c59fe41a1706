import type * as vscode from 'vscode';
import { registerCommands } from '../commands.ts';
import type { EngineClient } from '../engine-client.ts';
import type { ActiveMemory } from '../snapshots/active-memory.ts';
import type { MemoryRow } from '../snapshots/memory-tree.ts';
import { findInMemory } from './find-in-memory.ts';
import { KeyFinder } from './find-key.ts';
import { FoundView } from './found-view.ts';

/** Registers the searches through memories, and the view of what they find. */
export function registerFound(context: vscode.ExtensionContext, engine: EngineClient, active: ActiveMemory): FoundView {
  const view = new FoundView(engine, active);
  const keys = new KeyFinder(engine, active, view);
  context.subscriptions.push(
    view,
    registerCommands({
      'stableMemory.findInMemory': () => findInMemory(active, keys, view),
      'stableMemory.findKey': (row?: MemoryRow) => keys.ask(row),
      'stableMemory.selectFound': (row: MemoryRow) => view.select(row),
      'stableMemory.showMoreFound': (id: string) => view.showMore(id),
      'stableMemory.stopSearch': () => view.stop(),
      'stableMemory.continueSearch': () => view.goOn(),
      'stableMemory.clearFound': () => view.clear(),
    }),
  );
  return view;
}
