import { rmSync } from 'node:fs';

/** Listener for temporary files and folders, so that it can remove those that remain when the program is killed. */
export interface TemporaryListener {
  made(path: string): void;
  settled(path: string): void;
}

let listener: TemporaryListener | undefined;

export function listenToTemporary(to: TemporaryListener): void {
  listener = to;
}

/** A file or folder that is about to be created and must not outlive the program. */
export interface Temporary {
  /** Removes it if it exists. May be called more than once. */
  remove(): void;
  /** Keeps it, because it is now permanent or has another name. */
  keep(): void;
}

/** Registers a path before it is created. Its name must be unique. */
export function temporary(path: string): Temporary {
  const remove = (): void => {
    rmSync(path, { recursive: true, force: true });
    settle();
  };
  const settle = (): void => {
    process.off('exit', remove);
    listener?.settled(path);
  };
  process.on('exit', remove);
  listener?.made(path);
  return { remove, keep: settle };
}
