import { type StatsListener, unwatchFile, watchFile } from 'node:fs';
import type * as vscode from 'vscode';

/** Interval between checks of a file's size and time. Milliseconds. */
const INTERVAL = 2000;

/** Difference between a file now and when the watch began. */
export interface FileChange {
  readonly kind: 'changed' | 'shorter' | 'gone';
  /** Size in bytes when the watch began, and now. */
  readonly before: number;
  readonly now: number;
}

/**
 * Reports when the size or time of a file changes. It polls, which works on every file system and locks nothing. Each change is
 * relative to the file as it was when the watch began.
 */
export function watchForChange(path: string, changed: (change: FileChange) => void, interval = INTERVAL): vscode.Disposable {
  let opened: number | undefined;
  const listener: StatsListener = (now, before) => {
    if (now.mtimeMs === before.mtimeMs && now.size === before.size) return;
    opened ??= before.size;
    // A missing file has neither links nor a time.
    const kind = now.nlink === 0 && now.mtimeMs === 0 ? 'gone' : now.size < opened ? 'shorter' : 'changed';
    changed({ kind, before: opened, now: now.size });
  };
  watchFile(path, { interval, persistent: false }, listener);
  return { dispose: () => unwatchFile(path, listener) };
}
