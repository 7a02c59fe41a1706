import * as vscode from 'vscode';
import type { TreeRow, ViewName } from '../../../engine/views/protocol.ts';
import type { EngineClient } from '../engine-client.ts';
import { plainText } from '../plain-text.ts';
import type { ActiveMemory, ShownMemory } from './active-memory.ts';

/** A row of a tree, and the memory that it is of. */
export interface ChosenRow {
  readonly shown: ShownMemory;
  readonly row: TreeRow;
}

/** Lets the user choose one of the rows at the top of a view. Takes the only one without asking. @throws Error if there is none */
export async function chooseRow(
  engine: EngineClient,
  { current: shown }: ActiveMemory,
  view: ViewName,
  isChoice: (row: TreeRow) => boolean,
  texts: { readonly title: string; readonly none: string },
): Promise<ChosenRow | undefined> {
  if (shown === undefined) throw new Error('No memory is open. Open a snapshot, or step through a trace, first.');
  const rows = (await engine.call('memory/tree', { memory: shown.memory, view, parent: undefined })).filter(isChoice);
  const [only] = rows;
  if (only === undefined) throw new Error(texts.none);
  if (rows.length === 1) return { shown, row: only };
  const items = rows.map((row) => ({ label: plainText(row.label), description: plainText(row.description), row }));
  const picked = await vscode.window.showQuickPick(items, { title: texts.title, matchOnDescription: true });
  return picked && { shown, row: picked.row };
}
