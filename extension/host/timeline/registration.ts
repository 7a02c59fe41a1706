import * as vscode from 'vscode';
import { registerCommands } from '../commands.ts';
import type { EngineClient } from '../engine-client.ts';
import { TIMELINE, TimelinePanels } from './timeline-panels.ts';
import type { TraceSessions } from './trace-sessions.ts';

/** Registers the view of traces over time. */
export function registerTimelines(context: vscode.ExtensionContext, engine: EngineClient, sessions: TraceSessions): void {
  const panels = new TimelinePanels(engine, sessions, context.extensionUri);
  context.subscriptions.push(
    panels,
    vscode.window.registerWebviewPanelSerializer(TIMELINE, panels),
    // A menu passes the selected files after the first one.
    registerCommands({ 'stableMemory.showTimeline': (uri?: vscode.Uri) => panels.show(uri) }),
  );
}
