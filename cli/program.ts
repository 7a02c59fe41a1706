import { describeBug } from '../engine/core/user-error.ts';

/** Messages to the main thread from the worker that runs a command. */
export type ProgramMessage =
  /** UTF-8 text for standard output or standard error. */
  | { readonly kind: 'write'; readonly stream: StandardStream; readonly bytes: Uint8Array<ArrayBuffer> }
  /** A file or folder that must be removed if the program ends. */
  | { readonly kind: 'temporary'; readonly path: string }
  /** A temporary file or folder that was removed, or that is to stay. */
  | { readonly kind: 'settled'; readonly path: string };

export type StandardStream = 'stdout' | 'stderr';

/** The argument that stands for standard input instead of a file. */
export const STANDARD_INPUT = '-';

/** The command that speaks the debug adapter protocol on standard input and output. */
export const DAP_NAME = 'dap';

/** Exit status for unusable input, unwritable output and crashes. Status 1 is a failure that a command reports, never a crash. */
export const UNUSABLE = 2;

/** Data that the worker starts with. */
export interface ProgramData {
  /** One 32-bit number: the bytes of output that were sent but not written yet. The main thread notifies when it decreases. */
  readonly inFlight: Int32Array<SharedArrayBuffer>;
  /** True if standard error is a terminal. */
  readonly errorTerminal: boolean;
}

/** Returns the message for a bug in this program. */
export function describeCrash(error: unknown): string {
  return describeBug('stable-memory', error);
}
