import * as vscode from 'vscode';
import type { RowFormat } from '../../../engine/views/table/calls.ts';
import { registerCommands } from '../commands.ts';
import type { EngineClient } from '../engine-client.ts';
import type { ActiveMemory } from '../snapshots/active-memory.ts';
import type { MemoryRow } from '../snapshots/memory-tree.ts';
import { openTable, showInTable } from './open-table.ts';
import { TABLE, TablePanels } from './table-panels.ts';

/** Registers the tables of structures. */
export function registerTables(context: vscode.ExtensionContext, engine: EngineClient, active: ActiveMemory): void {
  const panels = new TablePanels(engine, active, context.extensionUri);
  context.subscriptions.push(
    panels,
    vscode.window.registerWebviewPanelSerializer(TABLE, panels),
    registerCommands({
      'stableMemory.openTable': (row?: MemoryRow) => openTable(row, panels, engine, active),
      'stableMemory.showInTable': (from?: unknown) => showInTable(from, panels, engine, active),
      'stableMemory.copyRow': (from?: unknown) => copyRow(panels, from, 'tsv'),
      'stableMemory.copyRowAsJson': (from?: unknown) => copyRow(panels, from, 'json'),
    }),
  );
}

/** Copies the row that the menu of a table was opened on. */
async function copyRow(panels: TablePanels, from: unknown, format: RowFormat): Promise<void> {
  if (typeof from !== 'object' || from === null || !('row' in from && 'columns' in from)) return;
  const { row, columns } = from;
  if (typeof row === 'number' && Array.isArray(columns)) await panels.focused?.copy(row, format, columns);
}
