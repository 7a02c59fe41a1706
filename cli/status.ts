import { UserError } from '../engine/core/user-error.ts';
import { printError } from './output.ts';
import { describeCrash, UNUSABLE } from './program.ts';

/** Returns the exit status of `run`. Prints any error as one line to standard error. */
export async function statusOf(run: () => number | Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    printError(error instanceof UserError ? error.message : describeCrash(error));
    return UNUSABLE;
  }
}
