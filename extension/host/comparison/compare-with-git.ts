import * as vscode from 'vscode';
import type { EngineClient } from '../engine-client.ts';
import { snapshotSide } from './compare-snapshots.ts';
import type { ComparisonPanels } from './comparison-panels.ts';

/** Compares a snapshot with its version in the last commit. The menu of the explorer passes a URI, that of Source Control a state. */
export async function compareWithGit(engine: EngineClient, panels: ComparisonPanels, from: unknown): Promise<void> {
  const uri = uriOf(from);
  if (uri === undefined) throw new Error('Choose a snapshot in the explorer or in Source Control, and compare it there.');
  const after = await snapshotSide(engine, uri);
  panels.show({ before: { kind: 'snapshot', uri: committed(vscode.Uri.parse(after.uri)).toString() }, after });
}

/** Returns the URI by which VS Code's Git extension names a file as it is in the last commit. */
function committed(file: vscode.Uri): vscode.Uri {
  return file.with({ scheme: 'git', query: JSON.stringify({ path: file.fsPath, ref: 'HEAD' }) });
}

function uriOf(from: unknown): vscode.Uri | undefined {
  if (from instanceof vscode.Uri) return from;
  if (typeof from !== 'object' || from === null || !('resourceUri' in from)) return undefined;
  return from.resourceUri instanceof vscode.Uri ? from.resourceUri : undefined;
}
