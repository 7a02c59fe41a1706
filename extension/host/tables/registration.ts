import * as vscode from 'vscode';
import type { RowFormat } from '../../../engine/views/table/calls.ts';
import { registerCommands } from '../commands.ts';
import type { EngineClient } from '../engine-client.ts';
import type { ActiveMemory } from '../snapshots/active-memory.ts';
import type { MemoryRow } from '../snapshots/memory-tree.ts';
import { isChosenType } from '../types/ask-for-type.ts';
import { type TriedStructure, tryType } from '../types/try-type.ts';
import { TypePages } from '../types/type-pages.ts';
import { openTable, showInTable } from './open-table.ts';
import { TABLE, TablePanels } from './table-panels.ts';

/** Registers the tables of structures. */
export function registerTables(context: vscode.ExtensionContext, engine: EngineClient, active: ActiveMemory): void {
  const panels = new TablePanels(engine, active, context.extensionUri);
  const types = new TypePages(active);
  context.subscriptions.push(
    panels,
    types.register(),
    vscode.window.registerWebviewPanelSerializer(TABLE, panels),
    registerCommands({
      'stableMemory.openTable': (row?: MemoryRow) => openTable(row, panels, engine, active),
      'stableMemory.showInTable': (from?: unknown) => showInTable(from, panels, engine, active),
      'stableMemory.tryType': (from?: unknown, type?: unknown) =>
        tryType(engine, active, types, structureFrom(from, panels, active), isChosenType(type) ? type : undefined),
      'stableMemory.showByte': (page?: unknown, offset?: unknown) => types.select(page, offset),
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

/** Returns the structure of a row, or of the table from whose menu the command came. */
function structureFrom(from: unknown, panels: TablePanels, active: ActiveMemory): TriedStructure | undefined {
  if (isRow(from)) return from.row.part === undefined ? undefined : { shown: from.shown, part: from.row.part };
  const source = panels.focused?.source;
  const shown = source && active.find(source.memory);
  return source && shown && { shown, part: source.part };
}

function isRow(from: unknown): from is MemoryRow {
  return typeof from === 'object' && from !== null && 'row' in from && 'shown' in from;
}
