import * as vscode from 'vscode';
import { registerCommands } from '../commands.ts';
import type { EngineClient } from '../engine-client.ts';
import type { ActiveMemory } from '../snapshots/active-memory.ts';
import type { TraceSessions } from '../timeline/trace-sessions.ts';
import { compareSnapshots } from './compare-snapshots.ts';
import { compareSteps } from './compare-steps.ts';
import { compareWithGit } from './compare-with-git.ts';
import { COMPARED_FOLDERS, COMPARISON, ComparisonPanels } from './comparison-panels.ts';

/** Registers the view that compares two snapshots. */
export function registerComparisons(
  context: vscode.ExtensionContext,
  engine: EngineClient,
  active: ActiveMemory,
  sessions: TraceSessions,
): void {
  const panels = new ComparisonPanels(engine, active, context.extensionUri);
  context.subscriptions.push(
    panels,
    vscode.window.registerWebviewPanelSerializer(COMPARISON, panels),
    vscode.window.registerWebviewPanelSerializer(COMPARED_FOLDERS, panels),
    registerCommands({
      // A menu passes all selected files after the one that it was opened on.
      'stableMemory.compareSnapshots': (uri?: vscode.Uri, selected?: readonly vscode.Uri[]) =>
        compareSnapshots(engine, panels, uri, selected),
      'stableMemory.compareWith': (uri?: vscode.Uri) => compareSnapshots(engine, panels, uri),
      'stableMemory.compareWithGit': (from?: unknown) => compareWithGit(engine, panels, from),
      'stableMemory.compareSteps': (uri?: vscode.Uri) => compareSteps(engine, panels, sessions, uri),
      'stableMemory.nextDifference': () => panels.focused?.go(1),
      'stableMemory.previousDifference': () => panels.focused?.go(-1),
    }),
  );
}
