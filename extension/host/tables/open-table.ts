import * as vscode from 'vscode';
import type { TableSubject } from '../../../engine/views/table/calls.ts';
import type { EngineClient } from '../engine-client.ts';
import type { ActiveMemory } from '../snapshots/active-memory.ts';
import type { MemoryRow } from '../snapshots/memory-tree.ts';
import type { TablePanels } from './table-panels.ts';

/** Opens the structure of a row as a table. Without a row, lets the user choose one of the active memory. */
export async function openTable(
  row: MemoryRow | undefined,
  panels: TablePanels,
  engine: EngineClient,
  active: ActiveMemory,
): Promise<void> {
  const part = row?.row.part;
  if (row !== undefined && part !== undefined) {
    panels.show({ memory: row.shown.memory, part });
    return;
  }
  const shown = active.current;
  if (shown === undefined) throw new Error('No memory is open. Open a snapshot, or step through a trace, first.');
  const subjects = await engine.call('table/subjects', { memory: shown.memory, offset: undefined });
  if (subjects.length === 0)
    throw new Error(`No structure was recognised in ${shown.title}, so there is nothing to list in a table.`);
  const chosen = subjects.length === 1 ? subjects[0] : await choose(subjects, shown.title);
  if (chosen) panels.show({ memory: shown.memory, part: chosen.part });
}

async function choose(subjects: readonly TableSubject[], title: string): Promise<TableSubject | undefined> {
  const items = subjects.map((subject) => ({ label: subject.name, description: subject.description, subject }));
  return (await vscode.window.showQuickPick(items, { title: `Open as a table: ${title}`, matchOnDescription: true }))?.subject;
}

/** Selects the row of an element, or of a byte that the menu of an editor was opened on. */
export async function showInTable(from: unknown, panels: TablePanels, engine: EngineClient, active: ActiveMemory): Promise<void> {
  if (isElement(from)) {
    const { part, index } = from.row.element;
    panels.show({ memory: from.shown.memory, part }).go({ index });
    return;
  }
  const memory = active.current?.memory;
  const offset = offsetOf(from);
  if (memory === undefined || offset === undefined) return;
  const [subject] = await engine.call('table/subjects', { memory, offset });
  if (subject === undefined) throw new Error('This byte is in no structure, so no table has it.');
  panels.show({ memory, part: subject.part }).go({ kind: 'byte', offset });
}

type ElementRow = MemoryRow & { readonly row: { readonly element: NonNullable<MemoryRow['row']['element']> } };

function isElement(from: unknown): from is ElementRow {
  if (typeof from !== 'object' || from === null || !('row' in from && 'shown' in from)) return false;
  const { row } = from;
  return typeof row === 'object' && row !== null && 'element' in row && row.element !== undefined;
}

function offsetOf(from: unknown): number | undefined {
  if (typeof from !== 'object' || from === null || !('offset' in from)) return undefined;
  return typeof from.offset === 'number' ? from.offset : undefined;
}
