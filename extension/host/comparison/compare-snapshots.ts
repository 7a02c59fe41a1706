import { statSync } from 'node:fs';
import * as vscode from 'vscode';
import type { SideSource } from '../../../engine/views/diff/page.ts';
import type { EngineClient } from '../engine-client.ts';
import { chooseSnapshot } from '../snapshots/files/choose-snapshot.ts';
import type { ComparisonPanels } from './comparison-panels.ts';

/**
 * Compares two snapshots. A menu passes the one that it was opened on, and all that are selected. Those that are missing are chosen by
 * the user.
 */
export async function compareSnapshots(
  engine: EngineClient,
  panels: ComparisonPanels,
  from: vscode.Uri | undefined,
  selected: readonly vscode.Uri[] = [],
): Promise<void> {
  const other = selected.find((uri) => uri.toString() !== from?.toString());
  if (from !== undefined && other !== undefined) {
    const [before, after] = inOrderOfTime(from, other);
    await show(engine, panels, before, after);
    return;
  }
  const before = from ?? (await chooseSnapshot('Compare: the snapshot before', 'Choose'));
  const after = before && (await chooseSnapshot('Compare: the snapshot after', 'Compare'));
  if (before && after) await show(engine, panels, before, after);
}

async function show(engine: EngineClient, panels: ComparisonPanels, before: vscode.Uri, after: vscode.Uri): Promise<void> {
  const [old, now] = [before, after].map(({ fsPath }) => fsPath);
  if (old !== undefined && now !== undefined && isFolder(old) && isFolder(now) && !(await areSnapshots(engine, old, now))) {
    if ((await engine.call('diff/pairs', { before: old, after: now })).length > 0) {
      panels.showFolders({ before: old, after: now });
      return;
    }
  }
  panels.show({ before: await snapshotSide(engine, before), after: await snapshotSide(engine, after) });
}

type SnapshotSide = Extract<SideSource, { readonly kind: 'snapshot' }>;

/** Returns a snapshot as a side. A folder becomes the file in it. */
export async function snapshotSide(engine: EngineClient, uri: vscode.Uri): Promise<SnapshotSide> {
  const file = uri.scheme === 'file' ? vscode.Uri.file(await engine.call('snapshot/file', { path: uri.fsPath })) : uri;
  return { kind: 'snapshot', uri: file.toString() };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Returns whether both folders are snapshots. Others may have snapshots in them. */
async function areSnapshots(engine: EngineClient, ...paths: readonly string[]): Promise<boolean> {
  try {
    await Promise.all(paths.map((path) => engine.call('snapshot/file', { path })));
    return true;
  } catch {
    return false;
  }
}

/** Returns the older one first. */
function inOrderOfTime(one: vscode.Uri, other: vscode.Uri): readonly [vscode.Uri, vscode.Uri] {
  return timeOf(one) <= timeOf(other) ? [one, other] : [other, one];
}

function timeOf(uri: vscode.Uri): number {
  return statSync(uri.fsPath, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
