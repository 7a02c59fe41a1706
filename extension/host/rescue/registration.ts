import type * as vscode from 'vscode';
import { registerCommands } from '../commands.ts';
import type { EngineClient } from '../engine-client.ts';
import type { ActiveMemory, ShownMemory } from '../snapshots/active-memory.ts';
import { TextPages } from '../text-pages.ts';
import { recover } from './recover.ts';
import { tryRepair } from './try-repair.ts';

/** Scheme of the pages about repairs and recovery. */
const RESCUE_SCHEME = 'stable-memory-rescue';

/** Registers what helps a snapshot that is damaged or has lost data: repairs on a copy, and recovery. */
export function registerRescue(context: vscode.ExtensionContext, engine: EngineClient, active: ActiveMemory): void {
  const pages = new TextPages(RESCUE_SCHEME);
  context.subscriptions.push(
    pages.register(),
    registerCommands({
      'stableMemory.tryRepair': () => tryRepair(engine, pages, snapshotIn(active)),
      'stableMemory.recover': () => recover(engine, pages, snapshotIn(active)),
    }),
  );
}

/** @throws Error if no snapshot is open */
function snapshotIn({ current }: ActiveMemory): ShownMemory {
  if (current?.memory.kind === 'snapshot') return current;
  throw new Error('Open a snapshot first: the memory at a step of a trace cannot be repaired.');
}
