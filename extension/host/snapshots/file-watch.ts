import { type StatsListener, unwatchFile, watchFile } from 'node:fs';
import type * as vscode from 'vscode';

/** How often a file's size and time are looked at. Milliseconds. */
const INTERVAL = 2000;

/** How a file differs from what it was when the watch began. */
export interface FileChange {
  readonly kind: 'changed' | 'shorter' | 'gone';
  /** Bytes that it had at the beginning, and has now. */
  readonly before: number;
  readonly now: number;
}

/**
 * Reports when a file has another size or time than before, by asking for these: that works on every file system, and locks nothing. Each change
 * is told against the file as it was when the watch began.
 */
export function watchForChange(path: string, changed: (change: FileChange) => void, interval = INTERVAL): vscode.Disposable {
  let opened: number | undefined;
  const listener: StatsListener = (now, before) => {
    if (now.mtimeMs === before.mtimeMs && now.size === before.size) return;
    opened ??= before.size;
    // A file that is not there has neither links nor a time.
    const kind = now.nlink === 0 && now.mtimeMs === 0 ? 'gone' : now.size < opened ? 'shorter' : 'changed';
    changed({ kind, before: opened, now: now.size });
  };
  watchFile(path, { interval, persistent: false }, listener);
  return { dispose: () => unwatchFile(path, listener) };
}
