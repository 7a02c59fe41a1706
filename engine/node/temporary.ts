import { rmSync } from 'node:fs';

/** Hears of temporary files and folders, so that it can remove those that are left when the program is ended from outside. */
export interface TemporaryListener {
  made(path: string): void;
  settled(path: string): void;
}

let listener: TemporaryListener | undefined;

export function listenToTemporary(to: TemporaryListener): void {
  listener = to;
}

/** A file or folder that is about to be made and must not outlive the program. */
export interface Temporary {
  /** Removes it, where it is there; may be called again. */
  remove(): void;
  /** Keeps it: it has become something lasting, or has another name now. */
  keep(): void;
}

/** Registers a path before anything is there. Its name has to be one that nobody else takes. */
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
