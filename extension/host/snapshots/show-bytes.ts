import * as vscode from 'vscode';
import type { MemoryRef } from '../../../engine/views/protocol.ts';
import { memoryKey } from '../memory-key.ts';
import type { ActiveMemory } from './active-memory.ts';
import { SNAPSHOT_EDITOR } from './snapshot-editor.ts';

/** Time in which an editor that was opened for its bytes draws them. Milliseconds. */
const OPENING = 10_000;

/**
 * Selects bytes in the editor of a memory, and opens it where there is none.
 * @throws Error if it is a step of a debug session that has ended
 */
export async function showBytes(active: ActiveMemory, memory: MemoryRef, offset: number): Promise<void> {
  if (!active.find(memory)) {
    if (memory.kind === 'step')
      throw new Error('The debug session that had this memory has ended. Step through its trace again.');
    const shown = new Promise<void>((resolve) => {
      const waiting = active.onDidChange((current) => {
        if (current === undefined || memoryKey(current.memory) !== memoryKey(memory)) return;
        waiting.dispose();
        resolve();
      });
      setTimeout(() => {
        waiting.dispose();
        resolve();
      }, OPENING);
    });
    const options = { viewColumn: vscode.ViewColumn.Beside };
    await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(memory.path), SNAPSHOT_EDITOR, options);
    await shown;
  }
  active.find(memory)?.select(offset, true);
}
