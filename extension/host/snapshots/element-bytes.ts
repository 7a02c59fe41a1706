import * as vscode from 'vscode';
import type { Calls } from '../../../engine/views/protocol.ts';
import type { EngineClient } from '../engine-client.ts';
import type { MemoryRow } from './memory-tree.ts';

/**
 * Scheme of read-only documents with an element's bytes. The language `smhex` (by the file extension) colours and explains them.
 */
export const BYTES_SCHEME = 'stable-memory-bytes';

type ElementParams = Calls['memory/element-text']['params'];

/** Returns the URI of a document. It names the element, so that a restored tab finds it again. */
function uriOf(params: ElementParams): vscode.Uri {
  const name = `${params.part.replaceAll('/', ' ')} ${params.index}.smhex`;
  return vscode.Uri.from({ scheme: BYTES_SCHEME, path: `/${name}`, query: JSON.stringify(params) });
}

export function registerElementBytes(engine: EngineClient): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(BYTES_SCHEME, {
    provideTextDocumentContent: ({ query }) => {
      const params: ElementParams = JSON.parse(query);
      return engine.call('memory/element-text', params);
    },
  });
}

export async function showBytes({ shown, row }: MemoryRow): Promise<void> {
  if (!row.element) return;
  const uri = uriOf({ memory: shown.memory, part: row.element.part, index: row.element.index });
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: true });
}
