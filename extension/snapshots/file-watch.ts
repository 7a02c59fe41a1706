import { type StatsListener, unwatchFile, watchFile } from 'node:fs';
import type * as vscode from 'vscode';

/** How often a file's size and time are looked at. Milliseconds. */
const INTERVAL = 2000;

/** Tells when a file has another size or time than before, by asking for these: that works on every file system, and locks nothing. */
export function watchForChange(path: string, changed: () => void, interval = INTERVAL): vscode.Disposable {
  const listener: StatsListener = (now, before) => {
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size) changed();
  };
  watchFile(path, { interval, persistent: false }, listener);
  return { dispose: () => unwatchFile(path, listener) };
}
