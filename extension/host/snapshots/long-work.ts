import * as vscode from 'vscode';
import type { WorkResult } from '../../../engine/views/protocol.ts';
import type { EngineClient } from '../engine-client.ts';

/**
 * Does long work in the engine's worker, and shows its progress. Returns undefined if the user cancels it. @throws Error with a sentence
 * for the user
 */
export function doLongWork(engine: EngineClient, title: string, begin: () => Promise<number>): Promise<WorkResult | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(
    vscode.window.withProgress(options, async (progress, token) => {
      const work = await begin();
      for (let shown = 0; ; ) {
        if (token.isCancellationRequested) {
          await engine.call('work/stop', { work });
          return undefined;
        }
        const part = await engine.call('work/more', { work });
        if (part.isDone) return part;
        if (part.part === undefined) continue;
        const percent = Math.floor(100 * part.part);
        progress.report({ increment: percent - shown, message: `${percent} %` });
        shown = percent;
      }
    }),
  );
}
