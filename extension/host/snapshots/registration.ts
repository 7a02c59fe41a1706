import * as vscode from 'vscode';
import type { ViewName } from '../../../engine/views/protocol.ts';
import { goToBookmark } from '../bookmarks/go-to-bookmark.ts';
import { registerCommands } from '../commands.ts';
import type { EngineClient } from '../engine-client.ts';
import { TextPages } from '../text-pages.ts';
import type { ActiveMemory } from './active-memory.ts';
import { copyBytesAs } from './copy-bytes.ts';
import { decodeAs } from './decode-as.ts';
import { registerElementBytes, showBytes } from './element-bytes.ts';
import { exportPart } from './export-part.ts';
import { showFindings } from './findings.ts';
import { offerHexEditor, openInHexEditor } from './hex-editor.ts';
import type { EditorServices } from './memory-panel.ts';
import { type MemoryRow, MemoryTree } from './memory-tree.ts';
import { openSnapshot } from './open-snapshot.ts';
import { Problems } from './problems.ts';
import { SHAPE_SCHEME, showShape } from './show-shape.ts';
import { BINARY_EDITOR, SNAPSHOT_EDITOR, SnapshotEditors } from './snapshot-editor.ts';

export type MemoryTrees = Readonly<Record<ViewName, MemoryTree>>;

/** Registers the snapshot editor, the four trees, and the commands on their rows. */
export function registerSnapshots(context: vscode.ExtensionContext, services: EditorServices, active: ActiveMemory): MemoryTrees {
  const { engine, bookmarks } = services;
  const editors = new SnapshotEditors(services, active);
  const tree = (view: ViewName) => new MemoryTree(view, engine, active);
  const trees = {
    memories: tree('memories'),
    buckets: tree('buckets'),
    freeLists: tree('freeLists'),
    elements: tree('elements'),
  };
  const shapes = new TextPages(SHAPE_SCHEME);
  const showFaultCount = () => trees.memories.showFaultCount(active.current?.scan);
  context.subscriptions.push(
    active.onDidChange(showFaultCount),
    active.onDidScan(showFaultCount),
    active.onDidSelect(({ part, offset }) => {
      void trees.memories.reveal(part);
      void trees.elements.revealElementAt(offset);
    }),
    ...[SNAPSHOT_EDITOR, BINARY_EDITOR].map((type) =>
      vscode.window.registerCustomEditorProvider(type, editors, { supportsMultipleEditorsPerDocument: true }),
    ),
    registerElementBytes(engine),
    offerHexEditor(),
    shapes.register(),
    new Problems(active),
    ...Object.values(trees),
    registerCommands({
      'stableMemory.openSnapshot': (uri?: vscode.Uri) => openSnapshot(uri, engine),
      'stableMemory.openSample': () => openSnapshot(vscode.Uri.joinPath(context.extensionUri, 'media', 'sample'), engine),
      'stableMemory.reloadSnapshot': () => editors.focused?.reload(),
      'stableMemory.showFindings': () => showFindings(engine, active),
      'stableMemory.copyBytesAs': (from?: unknown) => copyBytesAs(engine, active, from),
      'stableMemory.openInHexEditor': () => openInHexEditor(active, editors.focused?.selected),
      'stableMemory.goToBookmark': () => goToBookmark(bookmarks, active),
      'stableMemory.showShape': (row?: MemoryRow) => showShape(engine, active, shapes, row),
      'stableMemory.exportPart': (row?: MemoryRow) => exportPart(engine, active, row),
      'stableMemory.selectRow': (row: MemoryRow) => select(row, false),
      'stableMemory.revealInEditor': (row: MemoryRow) => select(row, true),
      'stableMemory.decodeAs': (row: MemoryRow) => decodeAs(row, engine, active),
      'stableMemory.showBytes': (row: MemoryRow) => showBytes(row),
      'stableMemory.copyValue': (row: MemoryRow) => copyValue(row, engine),
      'stableMemory.copyAddress': ({ row }: MemoryRow) => vscode.env.clipboard.writeText(row.address ?? ''),
    }),
  );
  return trees;
}

function select({ shown, row }: MemoryRow, open: boolean): void {
  if (row.at) shown.select(row.at.start, open);
}

/** Copies the whole value. The row shows only the beginning of a long value. */
async function copyValue({ shown, row }: MemoryRow, engine: EngineClient): Promise<void> {
  if (!row.element) return;
  const { part, index } = row.element;
  await vscode.env.clipboard.writeText(await engine.call('memory/value', { memory: shown.memory, part, index }));
}
