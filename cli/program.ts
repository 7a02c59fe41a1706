/** Messages of the worker that runs a command to the main thread. */
export type ProgramMessage =
  /** Text for the standard output or the standard error, in UTF-8. */
  | { readonly kind: 'write'; readonly stream: StandardStream; readonly bytes: Uint8Array<ArrayBuffer> }
  /** A file or folder that has to be removed if the program ends now. */
  | { readonly kind: 'temporary'; readonly path: string }
  /** One that was removed, or is no longer temporary. */
  | { readonly kind: 'settled'; readonly path: string };

export type StandardStream = 'stdout' | 'stderr';

/** The word that stands for the standard input in place of a file. */
export const STANDARD_INPUT = '-';

/** Exit status of input that cannot be used, of output that cannot be written, and of a crash. 1 is a command's own bad news, never a crash. */
export const UNUSABLE = 2;

/** Data that the worker starts with. */
export interface ProgramData {
  /** One 32-bit number: bytes of output that were sent and are not written yet. The main thread notifies when it falls. */
  readonly inFlight: Int32Array<SharedArrayBuffer>;
  /** Whether the standard error is a terminal. */
  readonly errorTerminal: boolean;
}

/** Returns the sentence for an error that is the program's own fault. */
export function describeCrash(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return `Something is wrong in stable-memory itself, please report it: ${words}`;
}
